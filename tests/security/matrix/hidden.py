"""Rooms that somebody may not know of, and ids that name nothing."""

from dataclasses import dataclass

from chat.actions import memberships, messages, rooms
from chat.models import Membership, Message, Room, User
from tests.builders import join, make_person, make_room, say

State, Role = Membership.State, Membership.Role

WAYS = ["never a member", "left", "removed", "removed from a public one", "archived", "of a deleted message"]


@dataclass(frozen=True)
class Hidden:
    """Somebody, a room, a message in it and one of its members."""

    person: User
    room: int
    message: int
    member: int

    @property
    def unknown(self) -> "Hidden":
        """The same names of nothing."""
        return Hidden(self.person, self.room + 10**6, self.message + 10**6, self.member)


def make_hidden(way: str) -> Hidden:
    """A room that the person may not know of, for this reason."""
    founder, person = make_person("founder"), make_person("person")
    public = way == "removed from a public one"
    room = make_room(founder, "plans", kind=Room.Kind.PUBLIC if public else Room.Kind.PRIVATE)
    message = say(founder, room, "nobody else may know").id
    if way in ("left", "removed", "removed from a public one"):
        join(person, room)
        say(person, room, "my own")
        state = State.LEFT if way == "left" else State.REMOVED
        memberships.stand(person, Room.objects.get(pk=room.pk), state=state, role=Role.MEMBER)
        message = Message.objects.get(author=person).pk
    if way == "archived":
        rooms.change_room(person_id=founder.pk, room_id=room.pk, archived=True)
    if way == "of a deleted message":
        messages.delete_message(person_id=founder.pk, message_id=message)
    return Hidden(person, room.pk, message, founder.pk)
