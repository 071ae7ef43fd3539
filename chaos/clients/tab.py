"""A browser tab without the browser: the page's protocol and patience, with everything on record."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from chaos.clients.frames import rooms_in
from chaos.clients.inbox import Inbox
from chaos.clients.outbox import RETRY, Outbox
from chaos.clients.socket import Socket
from chaos.clients.timeline import Timeline
from chaos.clients.wire import Disconnected, Refused, Unanswered, Wire
from chaos.oracle.history import Frame, History

LOST = {"not_found", "not_allowed"}
HOPELESS = 15.0
"""Seconds after which a room is asked for again that was refused for anything else, without a time to come back."""
PATIENCE = 40.0
"""Seconds for connecting or opening a room: a handshake that hangs, the longest wait, another handshake."""


@dataclass(frozen=True)
class Account:
    """A person and the session a tab of theirs uses."""

    id: int
    name: str
    session: str


class Tab:
    """Stays connected from `start` to `stop` and catches up after every break.

    `name` identifies it in the history, `host` is the server's `address:port`. Keys and pauses follow from the seed.
    """

    def __init__(self, name: str, *, account: Account, host: str, history: History, seed: str) -> None:
        self.name, self.account, self.history = name, account, history
        history.people[name] = account.id
        self.online = asyncio.Event()
        self.hello: dict[str, Any] = {}
        self.rooms: dict[int, Timeline] = {}
        self.inbox = Inbox(self._open_inbox)
        self.advanced: dict[int, dict[str, Any]] = {}
        self.typing: dict[int, list[str]] = defaultdict(list)
        self.presence: dict[int, list[str]] = defaultdict(list)
        random = Random(f"{seed}/{name}")
        self._socket = Socket(
            host=host, session=account.session, random=random, on_event=self._heard, on_lost=self._lost
        )
        self.closes, self.turned_away = self._socket.closes, self._socket.turned_away
        self.outbox = Outbox(client=name, history=history, random=random, online=self.online, ask=self.ask)
        self._frames = count(1)
        self._life: asyncio.Task[None] | None = None

    @property
    def wire(self) -> Wire | None:
        """The connection, while there is one."""
        return self._socket.wire

    async def start(self) -> "Tab":
        """Connect, and return when the server has said hello."""
        self._life = asyncio.create_task(self._socket.live())
        async with asyncio.timeout(PATIENCE):
            await self.online.wait()
        return self

    async def stop(self) -> None:
        """Leave on purpose: nothing is owed to this tab until it starts again."""
        for timeline in self.rooms.values():
            timeline.leave()
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None

    async def drop(self) -> None:
        """Lose the connection without a word, and return when it is lost; the tab comes back by itself."""
        wire = self.wire
        if wire is not None:
            wire.abort()
            while self.wire is wire:
                await asyncio.sleep(0.001)

    def hurry(self) -> None:
        """See `Socket.hurry`."""
        self._socket.hurry()

    def doze(self) -> None:
        """Neither read nor say anything from now on, as when the lid is closed."""
        if self.wire is not None:
            self.wire.freeze()

    def wake(self) -> None:
        """Go on where it dozed off."""
        if self.wire is not None:
            self.wire.thaw()

    async def open(self, room: int) -> Timeline:
        """Show a room, and return when it is live. Raises `Refused`."""
        timeline = self.rooms.get(room)
        if timeline is None:
            timeline = self.rooms[room] = Timeline(
                room=room,
                client=self.name,
                history=self.history,
                frames=self._frames,
                request=self._open_room,
                stored=self.outbox.seen,
            )
        if self.online.is_set():
            timeline.catch_up()
        async with asyncio.timeout(PATIENCE):
            await timeline.settled.wait()
        if timeline.ended:
            raise Refused(code="not_found", detail="the room may not be read", retry_after=None)
        return timeline

    async def forget(self, room: int) -> None:
        """Stop showing a room, and keep nothing of it."""
        await self.hide(room)
        del self.rooms[room]

    async def hide(self, room: int) -> None:
        """Stop showing a room, and keep what was shown for when it is opened again."""
        self.rooms[room].leave()
        # A connection that ends takes the server's side of the view with it.
        with suppress(Disconnected):
            await self.ask({"type": "room.close", "room": room})

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """The reply's data. Raises `Refused`, or `Disconnected` where the answer is unknown."""
        if self.wire is None:
            raise Disconnected
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.wire.ask(command, lambda answer: _resolve(future, answer))
        return await future

    def _lost(self) -> None:
        self.online.clear()
        for timeline in self.rooms.values():
            timeline.disconnected()

    def _heard(self, event: dict[str, Any]) -> None:
        self._note(event)
        timeline = self.rooms.get(event["room"]) if isinstance(event.get("room"), int) else None
        match event["type"]:
            case "hello":
                self._greeted(event)
            case "message.changed" | "room.changed" | "member.changed" if timeline:
                timeline.changed(event)
            case "room.closed" if timeline:
                timeline.closed()
            case "membership.changed" | "account.changed":
                self.inbox.changed(event)
            case "room.advanced":
                self.advanced[event["room"]] = event
            case "typing.changed":
                self.typing[event["room"]] = [person["name"] for person in event["people"]]
            case "presence.changed":
                self._present(event)

    def _greeted(self, hello: dict[str, Any]) -> None:
        self.hello = hello
        self.inbox.greeted(hello)
        self.online.set()
        for timeline in self.rooms.values():
            timeline.catch_up()

    def _open_room(self, timeline: Timeline) -> None:
        if self.wire is not None:
            since = None if timeline.epoch is None else {"epoch": timeline.epoch, "seq": timeline.mine}
            command = {"type": "room.open", "room": timeline.room, "since": since}
            self.wire.ask(command, lambda answer: self._opened(timeline, answer))

    def _opened(self, timeline: Timeline, answer: dict[str, Any] | Exception) -> None:
        if isinstance(answer, dict):
            self._received(timeline.room, Frame.OPENED, answer["head"])
        if self.rooms.get(timeline.room) is not timeline:
            return
        if isinstance(answer, Refused) and answer.code in LOST:
            timeline.closed()
        elif isinstance(answer, Unanswered | Refused):
            seconds = answer.retry_after or (HOPELESS if isinstance(answer, Refused) else RETRY)
            asyncio.get_running_loop().call_later(seconds, self._open_again, timeline, self.wire)
        elif isinstance(answer, dict):
            if answer["presence"] is not None:
                self._present(answer["presence"])
            timeline.opened(answer)

    def _open_again(self, timeline: Timeline, wire: Wire | None) -> None:
        # A new connection has asked already.
        if self.wire is wire:
            self._open_room(timeline)

    def _open_inbox(self, since: dict[str, Any]) -> None:
        if self.wire is not None:
            self.wire.ask({"type": "inbox.open", "since": since}, lambda answer: self._inbox_opened(since, answer))

    def _inbox_opened(self, since: dict[str, Any], answer: dict[str, Any] | Exception) -> None:
        if isinstance(answer, Unanswered | Refused):
            seconds = answer.retry_after or RETRY
            asyncio.get_running_loop().call_later(seconds, self._open_inbox_again, since, self.wire)
        elif isinstance(answer, dict):
            for change in answer["changes"]:
                self._note(change)
            self.inbox.opened(answer)

    def _open_inbox_again(self, since: dict[str, Any], wire: Wire | None) -> None:
        if self.wire is wire:
            self._open_inbox(since)

    def _note(self, event: dict[str, Any]) -> None:
        for room, frame, seq in rooms_in(event):
            self._received(room, frame, seq)

    def _received(self, room: int, frame: Frame, seq: int) -> None:
        self.history.received(client=self.name, connection=self._socket.generation, room=room, frame=frame, seq=seq)

    def _present(self, event: dict[str, Any]) -> None:
        self.presence[event["room"]] = [person["name"] for person in event["people"]]


def _resolve(future: asyncio.Future[dict[str, Any]], answer: dict[str, Any] | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
