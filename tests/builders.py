"""Rows for tests, made the way the product makes them."""

from uuid import UUID, uuid4

from chat.actions import memberships, messages, rooms
from chat.models import Membership, Room, User
from chat.protocol import shapes


def make_person(name: str, *, staff: bool = False) -> User:
    return User.objects.create_user(username=name, email=f"{name}@example.org", is_staff=staff, is_superuser=staff)


def make_room(owner: User, slug: str = "general", *, kind: Room.Kind = Room.Kind.PUBLIC) -> Room:
    return rooms.create_room(person_id=owner.pk, name=slug.title(), topic="", kind=kind, slug=slug)[0]


def join(person: User, room: Room) -> Membership:
    return memberships.stand(
        person, Room.objects.get(pk=room.pk), state=Membership.State.ACTIVE, role=Membership.Role.MEMBER
    )


def say(author: User, room: Room, body: str = "hello", *, key: UUID | None = None) -> shapes.Message:
    submission = messages.compose(author_id=author.pk, room_id=room.pk, key=key or uuid4(), body=body)
    [answer] = messages.send_messages([submission])
    if isinstance(answer, Exception):
        raise answer
    return answer
