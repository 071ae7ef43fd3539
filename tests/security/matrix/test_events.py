"""Who hears of what happens in a room: events are held to the same rules as requests."""

from collections.abc import Iterable

import pytest
from asgiref.sync import sync_to_async

from chat.actions import rooms
from tests.builders import say
from tests.consumers.test_socket import Socket, connected
from tests.security.matrix.grid import drawn, promised
from tests.security.matrix.scenes import KINDS, ROLES, Cast, Scene, make_scene

PROMISED = promised("What is heard")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

# A cell names them by letters, in this order.
LETTERS = {"message.changed": "M", "room.changed": "D", "room.advanced": "A", "typing.changed": "T"}


def happens(scene: Scene) -> None:
    """A message where there can be one, and new details."""
    if not scene.room.archived:
        say(scene.cast.founder, scene.room, "news")
    rooms.change_room(person_id=scene.cast.founder.pk, room_id=scene.room.pk, topic="news")


async def heard(socket: Socket, room: int) -> str:
    """What reached the socket about the room until now."""
    await socket.ask("inbox.open")
    types = {event["type"] for event in _about(socket.events, room)}
    socket.events.clear()
    return " ".join(letter for type_, letter in LETTERS.items() if type_ in types) or "-"


def _about(events: Iterable[dict[str, object]], room: int) -> Iterable[dict[str, object]]:
    return (event for event in events if event.get("room") == room)


@pytest.mark.parametrize("audience", PROMISED)
async def test_what_happens_in_a_room_reaches_those_who_may_read_it(audience: str) -> None:
    cast = await sync_to_async(Cast.make)()
    answers = {}
    for kind in KINDS:
        for role in ROLES:
            scene = await sync_to_async(make_scene)(cast, kind, role, verb=audience)
            async with connected(cast.founder) as founder, connected(scene.person) as socket:
                await founder.ask("room.open", room=scene.room.pk)
                await socket.event("hello")
                if audience == "who asked to open the room":
                    await socket.ask("room.open", room=scene.room.pk)
                await sync_to_async(happens)(scene)
                await founder.event("room.changed")
                await founder.ask("typing.set", room=scene.room.pk)
                answers[kind, role] = await heard(socket, scene.room.pk)
    assert drawn(answers) == PROMISED[audience]
