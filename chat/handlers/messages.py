"""Commands on messages. Each makes one call to an action, through the journal."""

from functools import partial

from chat import runtime
from chat.actions import messages, reactions
from chat.actions.streams import Moves
from chat.connection import Connection
from chat.handlers.registry import Answer, handles
from chat.protocol.commands import DeleteMessage, EditMessage, SendMessage, SetReaction
from chat.protocol.replies import MessageStored


@handles(SendMessage)
async def on_send(connection: Connection, command: SendMessage) -> Answer:
    # No await before the journal has it: so the messages of one socket are stored in the order they came.
    submission = messages.compose(
        author_id=connection.person.id, room_id=command.room, key=command.key, body=command.body
    )
    return Answer(MessageStored(message=await runtime.current().journal.send(submission)))


@handles(EditMessage)
async def on_edit(connection: Connection, command: EditMessage) -> Answer:
    action = partial(
        messages.edit_message, person_id=connection.person.id, message_id=command.message, body=command.body
    )
    moves = Moves(message=command.message)
    return Answer(MessageStored(message=await runtime.current().journal.act(action, moves=moves)))


@handles(DeleteMessage)
async def on_delete(connection: Connection, command: DeleteMessage) -> Answer:
    action = partial(messages.delete_message, person_id=connection.person.id, message_id=command.message)
    moves = Moves(message=command.message)
    return Answer(MessageStored(message=await runtime.current().journal.act(action, moves=moves)))


@handles(SetReaction)
async def on_react(connection: Connection, command: SetReaction) -> Answer:
    action = partial(
        reactions.set_reaction,
        person_id=connection.person.id,
        message_id=command.message,
        emoji=command.emoji,
        on=command.on,
    )
    moves = Moves(message=command.message)
    return Answer(MessageStored(message=await runtime.current().journal.act(action, moves=moves)))
