"""One client's view of one room: the page's message list, and the change rule that keeps it true."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from chaos.oracle.history import Change, History, Row, body_hash

KEPT = 1_000


def row_of(room: int, message: dict[str, Any]) -> Row:
    """A message of the wire as the oracle compares it."""
    return Row(
        room=room,
        number=message["number"],
        id=message["id"],
        seq=message["seq"],
        key=str(UUID(message["key"])),
        body=body_hash(message["body"]),
        deleted=message["deleted"],
        reactions=tuple((each["emoji"], person["id"]) for each in message["reactions"] for person in each["people"]),
    )


class Timeline:
    """A message list keyed by id, ordered by number; a row changes only to a newer seq.

    `request(timeline)` is called to send a `room.open`; its answer goes to `opened`. Changes that come meanwhile wait.
    `stored` is called with every row heard of, for whoever waits for a key.
    """

    def __init__(
        self,
        *,
        room: int,
        client: str,
        history: History,
        frames: Iterator[int],
        request: Callable[["Timeline"], None],
        stored: Callable[[Row], None],
    ) -> None:
        self.room = room
        self.rows: dict[int, Row] = {}
        self.messages: dict[int, dict[str, Any]] = {}
        """The newest wire shape by id, of those that came last."""
        self.epoch: str | None = None
        self.mine = 0
        self.settled = asyncio.Event()
        """Set while the room is live, and for good once it has ended."""
        self.ended = False
        """Whether the server ended the view: the person may not read the room."""
        self.resets = 0
        """After the first page."""
        self._client, self._history, self._frames = client, history, frames
        self._request, self._stored = request, stored
        self._asking = False
        self._owed = 1
        self._waiting: list[dict[str, Any]] = []

    def catch_up(self) -> None:
        """Ask for what was missed, unless that is under way or the room is live."""
        if not self.settled.is_set() and not self._asking:
            self._ask()

    def disconnected(self) -> None:
        """The connection is gone, and with it what it had promised."""
        if not self.ended:
            self.settled.clear()
        self._asking = False
        self._waiting.clear()

    def changed(self, event: dict[str, Any]) -> None:
        """A change of the room's stream: dropped, applied, or a reason to ask for what is missing."""
        if self._asking:
            self._waiting.append(event)
        elif self.settled.is_set():
            self._history.repeats += event["seq"] <= self.mine
            self._apply(event)

    def opened(self, data: dict[str, Any]) -> None:
        """The answer to a `room.open`: a page of changes, or a reset with the newest page."""
        self._asking = False
        if data["reset"]:
            self._reset(data)
        elif not self.settled.is_set():
            self._mark(Change.RESUMED)
        self.epoch = data["epoch"]
        self.mine = data["head"] if data["next"] is None else data["next"]
        self._show(data["changes"])
        if data["next"] is not None:
            self._ask()
            return
        self.settled.set()
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._apply(event)

    def closed(self) -> None:
        """The server ended the view."""
        self.leave()
        self.ended = True
        self.settled.set()

    def leave(self) -> None:
        """Nobody looks any more: nothing is owed until the next connection."""
        if not self.ended:
            self.disconnected()
            self._mark(Change.AWAY, whole=self.mine)

    def _apply(self, event: dict[str, Any]) -> None:
        if event["seq"] <= self.mine:
            return
        if event["prev"] <= self.mine:
            self.mine = event["seq"]
            if "message" in event:
                self._show([event["message"]])
        elif self._asking:
            self._waiting.append(event)
        else:
            self._waiting.append(event)
            self._ask()

    def _ask(self) -> None:
        self._asking = True
        self._request(self)

    def _reset(self, data: dict[str, Any]) -> None:
        numbers = [message["number"] for message in data["changes"]]
        self._owed = min(numbers, default=data["room"]["message_count"] + 1)
        self.resets += self.epoch is not None
        # Positions of another epoch say nothing about the rows of this one.
        whole = self.mine if data["epoch"] == self.epoch else 0
        self._mark(Change.OPENED if self.epoch is None else Change.RESET, whole=whole)
        self.rows.clear()
        self.messages.clear()

    def _show(self, messages: Iterable[dict[str, Any]]) -> None:
        frame = next(self._frames)
        for message in sorted(messages, key=lambda message: message["number"]):
            row, shown = self._history.known(row_of(self.room, message)), self.rows.get(message["id"])
            self._stored(row)
            if row.number < self._owed or (shown and row.seq <= shown.seq):
                continue
            self.rows[row.id], self.messages[row.id] = row, message
            if len(self.messages) > KEPT:
                del self.messages[next(iter(self.messages))]
            self._history.displayed(client=self._client, frame=frame, row=row, first=shown is None)

    def _mark(self, change: Change, *, whole: int = 0) -> None:
        self._history.marked(client=self._client, room=self.room, change=change, owed=self._owed, whole=whole)
