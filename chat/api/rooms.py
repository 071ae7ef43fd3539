"""Rooms and the people in them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field

from chat.actions import memberships, rooms
from chat.api.asking import Id, person_id
from chat.api.root import api
from chat.models import Room
from chat.payloads import rooms as payloads
from chat.protocol import shapes
from chat.queries import rooms as queries


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewRoom(Strict):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    slug: Annotated[str, Field(max_length=200)] = ""
    topic: Annotated[str, Field(max_length=1000)] = ""
    kind: Literal["public", "private"] = "public"


class RoomPatch(Strict):
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    topic: Annotated[str, Field(max_length=1000)] | None = None
    archived: bool | None = None


class Invitation(Strict):
    username: Annotated[str, Field(min_length=1, max_length=150)]


@dataclass
class Rooms:
    rooms: list[shapes.Room]


@dataclass
class RoomStored:
    room: shapes.Room


@dataclass
class RoomCreated:
    room: shapes.Room
    membership: shapes.Membership


@dataclass
class Members:
    members: list[shapes.Member]


@dataclass
class MemberStored:
    member: shapes.Member


@api.get("/rooms")
def list_rooms(request: HttpRequest) -> Rooms:
    """Every room you may open, archived ones last."""
    return Rooms(queries.visible_rooms(person_id(request)))


@api.post("/rooms")
def create_room(request: HttpRequest, new: NewRoom) -> RoomCreated:
    """Make a room and become its owner."""
    room, membership = rooms.create_room(
        person_id=person_id(request), name=new.name, slug=new.slug, topic=new.topic, kind=Room.Kind(new.kind)
    )
    return RoomCreated(payloads.room(room), payloads.membership(membership, message_count=room.message_count))


@api.patch("/rooms/{int:room_id}")
def change_room(request: HttpRequest, room_id: Id, patch: RoomPatch) -> RoomStored:
    """Rename, describe, archive or reopen a room that you moderate."""
    room = rooms.change_room(
        person_id=person_id(request), room_id=room_id, name=patch.name, topic=patch.topic, archived=patch.archived
    )
    return RoomStored(payloads.room(room))


@api.get("/rooms/{int:room_id}/members")
def list_members(request: HttpRequest, room_id: Id) -> Members:
    """The active members, by name."""
    return Members(queries.members(person_id(request), room_id))


@api.post("/rooms/{int:room_id}/members")
def invite(request: HttpRequest, room_id: Id, invitation: Invitation) -> MemberStored:
    """Make somebody a member, by username."""
    _, membership = memberships.invite(person_id=person_id(request), room_id=room_id, username=invitation.username)
    return MemberStored(payloads.member(membership))


@api.delete("/rooms/{int:room_id}/members/{int:user_id}")
def remove_member(request: HttpRequest, room_id: Id, user_id: Id) -> MemberStored:
    """Put somebody out of a room that you moderate; from then on nothing of it reaches them."""
    _, membership = memberships.remove_member(person_id=person_id(request), room_id=room_id, user_id=user_id)
    return MemberStored(payloads.member(membership))
