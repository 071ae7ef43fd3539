"""Every standing that somebody can have towards every kind of room.

Neither the clerk, who is staff without any permission, nor the admin, who has all, was ever a member.
"""

from dataclasses import dataclass

from chat.actions import memberships, rooms
from chat.models import Membership, Room, User
from tests.builders import join, make_person, make_room, say

State, Role = Membership.State, Membership.Role

ROLES = ["outsider", "left", "removed", "member", "moderator", "owner", "clerk", "admin"]
KINDS = ["public", "private", "public, archived", "private, archived"]

_STANDINGS = {
    "left": (State.LEFT, Role.MEMBER),
    "removed": (State.REMOVED, Role.MEMBER),
    "member": (State.ACTIVE, Role.MEMBER),
    "moderator": (State.ACTIVE, Role.MODERATOR),
    "owner": (State.ACTIVE, Role.OWNER),
}


@dataclass(frozen=True)
class Cast:
    """One person for each role, and those that things are done to. `founder` owns every room."""

    roles: dict[str, User]
    founder: User
    regular: User
    expelled: User
    stranger: User

    @classmethod
    def make(cls) -> "Cast":
        roles = {role: make_person(role, staff=role == "admin") for role in ROLES}
        User.objects.filter(pk=roles["clerk"].pk).update(is_staff=True)
        return cls(roles, *(make_person(name) for name in ("founder", "regular", "expelled", "stranger")))


@dataclass(frozen=True)
class Scene:
    """A room, and somebody with a standing in it. `own` is their message from when they were a member; 0: never was."""

    cast: Cast
    role: str
    room: Room
    message: int
    own: int

    @property
    def person(self) -> User:
        return self.cast.roles[self.role]


def make_scene(cast: Cast, kind: str, role: str, *, verb: str) -> Scene:
    """A room of its own for each cell of a grid."""
    slug = "-".join([kind.replace(", ", "-"), role, *verb.lower().split()]).translate(str.maketrans("", "", "/.{}():'"))
    private = kind.startswith("private")
    room = make_room(cast.founder, slug[:60], kind=Room.Kind.PRIVATE if private else Room.Kind.PUBLIC)
    join(cast.regular, room)
    memberships.stand(cast.expelled, _fresh(room), state=State.REMOVED, role=Role.MEMBER)
    message, own = say(cast.founder, room, "by the founder").id, 0
    if role in _STANDINGS:
        person = cast.roles[role]
        join(person, room)
        own = say(person, room, f"by the {role}").id
        state, rank = _STANDINGS[role]
        memberships.stand(person, _fresh(room), state=state, role=rank)
    if kind.endswith("archived"):
        rooms.change_room(person_id=cast.founder.pk, room_id=room.pk, archived=True)
    return Scene(cast, role, _fresh(room), message, own)


def make_gathering(cast: Cast, kind: str, *, slug: str) -> Room:
    """One room in which everybody stands at once, each in their role."""
    private = kind.startswith("private")
    room = make_room(cast.founder, slug, kind=Room.Kind.PRIVATE if private else Room.Kind.PUBLIC)
    join(cast.regular, room)
    for role, (state, rank) in _STANDINGS.items():
        join(cast.roles[role], room)
        memberships.stand(cast.roles[role], _fresh(room), state=state, role=rank)
    say(cast.founder, room, "by the founder")
    if kind.endswith("archived"):
        rooms.change_room(person_id=cast.founder.pk, room_id=room.pk, archived=True)
    return _fresh(room)


def _fresh(room: Room) -> Room:
    return Room.objects.get(pk=room.pk)
