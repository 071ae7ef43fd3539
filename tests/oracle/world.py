"""A chat that keeps every promise, played from a list of moves: the source of clean histories."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal
from uuid import UUID

from chaos.oracle.history import EMPTY, Change, Frame, History, Interval, Outcome, Row, body_hash

Sending = Literal["send", "retry", "store", "answer", "lose", "refuse"]
Changing = Literal["edit", "delete", "react"]
Reading = Literal["hear", "signal", "advance", "catch_up", "reset", "leave", "forget", "remove"]
Move = Literal[Sending, Changing, Reading]
OPEN, PRIVATE = 1, 2
THUMB = "\N{THUMBS UP SIGN}"
ENDINGS: dict[int, tuple[Outcome | None, bool]] = {
    3: (Outcome.INFO, True),
    4: (Outcome.INFO, False),
    5: (None, True),
    6: (Outcome.FAIL, False),
}
"""How the change of that index ends for its client, and whether it happens; any other is acknowledged."""
CLIENTS = {"ana-1": 1, "ana-2": 1, "ben-1": 2, "cy-1": 3}


@dataclass
class Seat:
    """Where one client stands in one room; `seen` are the ids in its view."""

    seq: int = 0
    owed: int = 1
    follows: bool = False
    opened: bool = False
    seen: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Attempt:
    client: str
    room: int
    key: str


@dataclass
class World:
    """The server, its clients and the history they leave. A move's index picks its subject, modulo what there is."""

    history: History = field(default_factory=History)
    rows: dict[int, dict[int, Row]] = field(default_factory=lambda: {OPEN: {}, PRIVATE: {}})
    heads: dict[int, int] = field(default_factory=lambda: {OPEN: 0, PRIVATE: 0})
    counts: dict[int, int] = field(default_factory=lambda: {OPEN: 0, PRIVATE: 0})
    seats: dict[tuple[str, int], Seat] = field(default_factory=lambda: defaultdict(Seat))
    under_way: list[Attempt] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    frames: Iterator[int] = field(default_factory=count)
    names: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def played(cls, moves: list[tuple[Move, int, int]]) -> "World":
        """The world after the moves, and after everybody has settled and caught up."""
        world = cls()
        ticks = count(1)
        world.history.clock = lambda: float(next(ticks))
        world.history.people = dict(CLIENTS)
        world.history.restricted = {PRIVATE}
        for client in CLIENTS:
            for room in (OPEN, PRIVATE):
                world.reset(client, room, size=3)
        for move, who, what in moves:
            world.play(move, list(CLIENTS)[who % len(CLIENTS)], (OPEN, PRIVATE)[what % 2], what // 2)
        while world.under_way:
            attempt = world.under_way[0]
            world.store(0)
            world.settle(attempt, Outcome.OK)
        for (client, room), seat in list(world.seats.items()):
            if seat.follows:
                world.catch_up(client, room)
        gone = {(person, PRIVATE) for person in world.removed}
        for person in set(CLIENTS.values()) - {person for person, _ in gone}:
            world.history.intervals.append(Interval(person, PRIVATE, None))
        return world

    def play(self, move: Move, client: str, room: int, index: int) -> None:
        may = room == OPEN or CLIENTS[client] not in self.removed
        match move:
            case "send" if may:
                self.invoke(Attempt(client, room, str(UUID(int=next(self.names)))))
            case "retry" if self.under_way:
                self.retry(self.under_way[index % len(self.under_way)])
            case "store":
                self.store(index)
            case "answer" | "lose" | "refuse" if self.under_way:
                self.end(move, self.under_way[index % len(self.under_way)])
            case "edit" | "delete" | "react" if may and self.rows[room]:
                self.alter(move, client, room, index)
            case "hear" if self.seats[client, room].follows:
                self.hear(client, room, limit=1 + index % 4)
            case "signal":
                self.signal(room)
            case "advance" if may:
                self.receive(client, room, Frame.CHANGE, self.heads[room])
            case "catch_up" if may and self.seats[client, room].opened:
                self.catch_up(client, room)
            case "reset" if may:
                self.reset(client, room, size=1 + index % 5)
            case "leave" if self.seats[client, room].follows:
                self.leave(client, room)
            case "forget" if self.seats[client, room].follows:
                self.leave(client, room)
                self.seats[client, room] = Seat()
            case "remove" if room == PRIVATE and index % 4 == 0 and may:
                self.remove(CLIENTS[client])

    def stored(self) -> list[Row]:
        return [row for rows in self.rows.values() for row in rows.values()]

    def invoke(self, attempt: Attempt) -> None:
        self.under_way.append(attempt)
        self.history.invoked(client=attempt.client, room=attempt.room, key=attempt.key, body=attempt.key)

    def retry(self, attempt: Attempt) -> None:
        self.history.invoked(client=attempt.client, room=attempt.room, key=attempt.key, body=attempt.key)
        self.under_way.append(attempt)

    def store(self, index: int) -> None:
        """Commit one attempt, unless its key is stored already."""
        if not self.under_way:
            return
        attempt = self.under_way[index % len(self.under_way)]
        if self.find(attempt) or attempt.key in self.refused:
            return
        self.heads[attempt.room] += 1
        self.counts[attempt.room] += 1
        number = self.counts[attempt.room]
        id = attempt.room * 1000 + number
        body = body_hash(attempt.key)
        self.rows[attempt.room][id] = Row(attempt.room, number, id, self.heads[attempt.room], attempt.key, body)

    def end(self, move: Literal["answer", "lose", "refuse"], attempt: Attempt) -> None:
        if move == "lose":
            self.settle(attempt, Outcome.INFO)
        elif move == "answer" and self.find(attempt):
            self.settle(attempt, Outcome.OK)
        elif move == "refuse" and not self.find(attempt):
            self.refused.add(attempt.key)
            for same in [other for other in self.under_way if other.key == attempt.key]:
                self.settle(same, Outcome.FAIL)

    def settle(self, attempt: Attempt, outcome: Outcome) -> None:
        self.under_way.remove(attempt)
        row = self.find(attempt) if outcome is Outcome.OK else None
        self.history.settled(client=attempt.client, key=attempt.key, outcome=outcome, row=row)

    def find(self, attempt: Attempt) -> Row | None:
        return next((row for row in self.rows[attempt.room].values() if row.key == attempt.key), None)

    def alter(self, move: Changing, client: str, room: int, index: int) -> None:
        row = list(self.rows[room].values())[index % len(self.rows[room])]
        if row.deleted:
            return
        mine = (THUMB, CLIENTS[client])
        text = {"edit": f"again {next(self.names)}", "delete": "", "react": None}[move]
        switch = (THUMB, mine not in row.reactions) if move == "react" else None
        change = self.history.altered(client=client, id=row.id, body=text, reaction=switch)
        ended, happens = ENDINGS.get(index, (Outcome.OK, True))
        if happens:
            self.heads[room] += 1
            others = tuple(each for each in row.reactions if each != mine)
            reactions = row.reactions if switch is None else (*others, mine) if switch[1] else others
            body = row.body if text is None else body_hash(text)
            deleted = body == EMPTY
            self.rows[room][row.id] = replace(
                row, seq=self.heads[room], body=body, deleted=deleted, reactions=() if deleted else reactions
            )
        if ended is not None:
            self.history.answered(change=change, outcome=ended)

    def hear(self, client: str, room: int, *, limit: int) -> None:
        """The next few changes live, one frame each."""
        seat = self.seats[client, room]
        for row in self.missing(seat, room)[:limit]:
            self.receive(client, room, Frame.CHANGE, row.seq)
            self.show(client, seat, [row])
            seat.seq = row.seq

    def signal(self, room: int) -> None:
        """Somebody types, and everybody who has the room open hears of it."""
        for client in CLIENTS:
            if self.seats[client, room].follows:
                self.receive(client, room, Frame.SIGNAL)

    def receive(self, client: str, room: int, frame: Frame, seq: int = 0) -> None:
        self.history.received(client=client, connection=1, room=room, frame=frame, seq=seq)

    def catch_up(self, client: str, room: int) -> None:
        """All that is missing in one frame."""
        self.receive(client, room, Frame.OPENED, self.heads[room])
        seat = self.seats[client, room]
        seat.follows = True
        self.history.marked(client=client, room=room, change=Change.RESUMED)
        self.show(client, seat, self.missing(seat, room))
        seat.seq = self.heads[room]

    def reset(self, client: str, room: int, *, size: int) -> None:
        """The newest page in place of what was shown."""
        self.receive(client, room, Frame.OPENED, self.heads[room])
        page = sorted(self.rows[room].values())[-size:]
        owed = page[0].number if page else self.counts[room] + 1
        before = self.seats[client, room]
        seat = self.seats[client, room] = Seat(seq=self.heads[room], owed=owed, follows=True, opened=True)
        change = Change.RESET if before.opened else Change.OPENED
        self.history.marked(client=client, room=room, change=change, owed=owed, whole=before.seq)
        self.show(client, seat, page)

    def missing(self, seat: Seat, room: int) -> list[Row]:
        return sorted((row for row in self.rows[room].values() if row.seq > seat.seq), key=lambda row: row.seq)

    def show(self, client: str, seat: Seat, rows: list[Row]) -> None:
        frame = next(self.frames)
        for row in sorted(row for row in rows if row.number >= seat.owed):
            self.history.displayed(client=client, frame=frame, row=row, first=row.id not in seat.seen)
            seat.seen.add(row.id)

    def leave(self, client: str, room: int) -> None:
        seat = self.seats[client, room]
        seat.follows = False
        self.history.marked(client=client, room=room, change=Change.AWAY, whole=seat.seq)

    def remove(self, person: int) -> None:
        self.removed.add(person)
        self.heads[PRIVATE] += 1
        self.history.intervals.append(Interval(person, PRIVATE, self.heads[PRIVATE]))
        for client in (name for name, owner in CLIENTS.items() if owner == person):
            if self.seats[client, PRIVATE].follows:
                self.receive(client, PRIVATE, Frame.CLOSED)
                self.leave(client, PRIVATE)
        for attempt in [a for a in self.under_way if CLIENTS[a.client] == person and a.room == PRIVATE]:
            self.settle(attempt, Outcome.INFO)
