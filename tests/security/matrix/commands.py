"""How each command is tried against a scene. A command in several ways has several names."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from chat.models import Message
from tests.consumers.test_socket import Socket
from tests.security.matrix.scenes import Scene

Attempt = Callable[[Socket, Scene], Awaitable[dict[str, Any]]]
NOT_TRIED = {"ok": False, "error": {"code": "-"}}


def _asks(command: str, **fields: Callable[[Scene], Any]) -> Attempt:
    async def attempt(socket: Socket, scene: Scene) -> dict[str, Any]:
        values = {name: value(scene) for name, value in fields.items()}
        if 0 in values.values():
            return NOT_TRIED
        return await socket.ask(command, **values)

    return attempt


async def _types(socket: Socket, scene: Scene) -> dict[str, Any]:
    await socket.ask("room.open", room=scene.room.pk)
    answer = await socket.ask("typing.set", room=scene.room.pk)
    await socket.ask("room.close", room=scene.room.pk)
    return answer


async def _resumes(socket: Socket, scene: Scene) -> dict[str, Any]:
    epoch = (await socket.ask("inbox.open"))["data"]["epoch"]
    return await socket.ask("room.open", room=scene.room.pk, since={"epoch": epoch, "seq": 1})


async def _sends_again(socket: Socket, scene: Scene) -> dict[str, Any]:
    if scene.own == 0:
        return NOT_TRIED
    own = await Message.objects.aget(pk=scene.own)
    return await socket.ask("message.send", room=scene.room.pk, key=str(own.key), body=own.body)


def _room(scene: Scene) -> int:
    return scene.room.pk


def _message(scene: Scene) -> int:
    return scene.message


def _own(scene: Scene) -> int:
    return scene.own


ATTEMPTS: dict[str, Attempt] = {
    "room.open": _asks("room.open", room=_room),
    "room.open since a cursor": _resumes,
    "room.close": _asks("room.close", room=_room),
    "room.join": _asks("room.join", room=_room),
    "room.leave": _asks("room.leave", room=_room),
    "message.send": _asks("message.send", room=_room, key=lambda _: str(uuid4()), body=lambda _: "hello"),
    "message.send again": _sends_again,
    "message.edit of one's own": _asks("message.edit", message=_own, body=lambda _: "changed"),
    "message.edit of another's": _asks("message.edit", message=_message, body=lambda _: "changed"),
    "message.delete of one's own": _asks("message.delete", message=_own),
    "message.delete of another's": _asks("message.delete", message=_message),
    "reaction.set": _asks("reaction.set", message=_message, emoji=lambda _: "👍", on=lambda _: True),
    "reaction.set on one's own": _asks("reaction.set", message=_own, emoji=lambda _: "👍", on=lambda _: True),
    "read.set": _asks("read.set", room=_room, number=lambda _: 1),
    "typing.set": _types,
}
# What is nobody's room.
PERSONAL = {"inbox.open", "ping"}
