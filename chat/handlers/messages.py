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
    live = runtime.current()
    compose = partial(
        messages.compose, author_id=connection.person.id, room_id=command.room, key=command.key, body=command.body
    )
    # Held until the journal has it: so the messages of one socket are stored in the order they came.
    async with connection.writing:
        stored = live.journal.send(await live.composer.run(compose, body=command.body))
    return Answer(MessageStored(message=await stored))


@handles(EditMessage)
async def on_edit(connection: Connection, command: EditMessage) -> Answer:
    live, moves = runtime.current(), Moves(message=command.message)
    async with connection.writing:
        text = await live.composer.run(partial(messages.written, command.body), body=command.body)
        action = partial(messages.edit_message, person_id=connection.person.id, message_id=command.message, text=text)
        stored = live.journal.act(action, moves=moves)
    return Answer(MessageStored(message=await stored))


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
