"""A server that goes on telling a removed person is caught by what their client received, not only by what it shows."""

from typing import Any

import pytest

from chaos.clients.frames import rooms_in
from chaos.clients.tab import Account, Tab
from chaos.oracle.history import Displayed, Frame, History, Interval, Received
from chaos.oracle.judge import judge
from chaos.oracle.verdict import Fault
from tests.chaos.server import ROOM, FakeServer, fake_server, until
from tests.protocol.vocabulary import EVENTS

PERSON = 3
REMOVED_AT = 11
"""The seq of the removal: the first that never reaches who is removed."""


def message(seq: int) -> dict[str, Any]:
    key = "0b9c1f6e-57d4-4c0e-8f3a-6f1f3a0e2b17"
    row = {"id": seq, "number": seq, "seq": seq, "key": key, "body": "secret", "deleted": False, "reactions": []}
    return {"type": "message.changed", "prev": seq - 1, "seq": seq, "message": row}


LEAKS: dict[str, dict[str, Any]] = {
    "message": message(REMOVED_AT + 1),
    "member": {"type": "member.changed", "prev": REMOVED_AT, "seq": REMOVED_AT + 1, "member": {}, "member_count": 1},
    "room": {"type": "room.changed", "prev": REMOVED_AT, "seq": REMOVED_AT + 1, "details": {}},
    "advance": {"type": "room.advanced", "head": REMOVED_AT + 1, "message_count": 9},
    "typing": {"type": "typing.changed", "people": [{"id": 1, "name": "ana"}]},
    "presence": {"type": "presence.changed", "count": 1, "people": [{"id": 1, "name": "ana"}]},
}


async def removed(history: History, server: FakeServer) -> Tab:
    """A tab that had the room open until the server closed it."""
    history.restricted = {ROOM}
    tab = Tab("eve", account=Account(PERSON, "eve", "s"), host=server.host, history=history, seed="1")
    await tab.start()
    timeline = await tab.open(ROOM)
    await server.say(type="typing.changed", room=ROOM, people=[])
    await server.say(type="room.closed", room=ROOM, reason="not_allowed")
    await until(lambda: timeline.ended)
    history.intervals = [Interval(PERSON, ROOM, REMOVED_AT)]
    return tab


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
async def test_what_comes_after_the_removal_is_a_leak_though_no_screen_shows_it(leak: dict[str, Any]) -> None:
    history = History()
    async with fake_server() as server:
        tab = await removed(history, server)
        assert not judge(history, []).verdicts
        await server.say(**leak, room=ROOM)
        # The answer comes after it.
        await tab.ask({"type": "ping"})
        await tab.stop()
    assert not [event for event in history.events if isinstance(event, Displayed)]
    assert judge(history, []).faults == {Fault.LEAK}


async def test_a_room_that_may_not_be_read_is_no_part_of_a_hello() -> None:
    history = History()
    async with fake_server() as server:
        tab = await removed(history, server)
        await server.say(
            type="hello", epoch="e", inbox=0, heartbeat=25,
            rooms=[{"room": {"id": ROOM, "head": REMOVED_AT + 1}, "membership": {}}],
        )  # fmt: skip
        await tab.ask({"type": "ping"})
        await tab.stop()
    assert judge(history, []).faults == {Fault.LEAK}


async def test_what_is_open_to_all_leaves_no_record_of_its_frames() -> None:
    history = History()
    async with fake_server() as server:
        tab = Tab("eve", account=Account(PERSON, "eve", "s"), host=server.host, history=history, seed="1")
        await tab.start()
        await tab.open(ROOM)
        await server.say(type="typing.changed", room=ROOM, people=[])
        await tab.ask({"type": "ping"})
        await tab.stop()
    assert not [event for event in history.events if isinstance(event, Received)]


def test_every_event_that_names_a_room_is_placed() -> None:
    def placed(kind: str) -> Frame | None:
        fields = EVENTS[kind].__dataclass_fields__
        event: dict[str, Any] = {"type": kind} | {name: 1 for name in fields if name in ("seq", "prev", "head", "room")}
        if fields["room"].type != "int":
            event["room"] = {"id": 1, "head": 1}
        found = list(rooms_in(event))
        return found[0][1] if found else None

    frames = {kind: placed(kind) for kind, event in EVENTS.items() if "room" in event.__dataclass_fields__}
    assert {kind for kind, frame in frames.items() if frame is Frame.SIGNAL} == {"typing.changed", "presence.changed"}
    assert {kind for kind, frame in frames.items() if frame is Frame.CLOSED} == {"room.closed"}
    assert all(frames.values())
