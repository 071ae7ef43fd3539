from chat import runtime
from chat.connection import Connection
from chat.errors import NotAMember, NotFound
from chat.handlers.registry import Answer, handles
from chat.protocol.commands import SetTyping
from chat.protocol.replies import Done


@handles(SetTyping)
async def on_typing(connection: Connection, command: SetTyping) -> Answer:
    view = connection.opened.get(command.room)
    if view is None or view.position is None:  # whoever is still opening it may turn out not to see it
        raise NotFound("Open the room before you type in it.")
    if command.room not in connection.watched:
        raise NotAMember
    runtime.current().awareness.types(command.room, connection.person)
    return Answer(Done())
