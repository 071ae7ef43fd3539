"""Joining, leaving and reading rooms."""

from functools import partial

from chat import runtime
from chat.actions import memberships
from chat.actions.streams import Moves
from chat.connection import Connection
from chat.handlers.registry import Answer, handles
from chat.models import Membership, Room
from chat.payloads import rooms
from chat.protocol.commands import JoinRoom, LeaveRoom, SetRead
from chat.protocol.replies import MembershipStored


@handles(JoinRoom)
async def on_join(connection: Connection, command: JoinRoom) -> Answer:
    action = partial(memberships.join_room, person_id=connection.person.id, room_id=command.room)
    moves = Moves(room=command.room, inbox=connection.person.id)
    return _stored(*await runtime.current().journal.act(action, moves=moves))


@handles(LeaveRoom)
async def on_leave(connection: Connection, command: LeaveRoom) -> Answer:
    action = partial(memberships.leave_room, person_id=connection.person.id, room_id=command.room)
    moves = Moves(room=command.room, inbox=connection.person.id)
    return _stored(*await runtime.current().journal.act(action, moves=moves))


@handles(SetRead)
async def on_read(connection: Connection, command: SetRead) -> Answer:
    action = partial(memberships.set_read, person_id=connection.person.id, room_id=command.room, number=command.number)
    moves = Moves(inbox=connection.person.id)
    return _stored(*await runtime.current().journal.act(action, moves=moves))


def _stored(room: Room, membership: Membership) -> Answer:
    standing = rooms.membership(membership, message_count=room.message_count)
    return Answer(MembershipStored(room=rooms.room_of(room, membership), membership=standing))
