"""One run of one fault: people who talk, something that breaks, and what came of it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random

from chaos import measures
from chaos.clients.load import Load
from chaos.clients.tab import Account, Tab
from chaos.clients.timeline import row_of
from chaos.figure import Figure, quantile
from chaos.oracle.anew import differences
from chaos.oracle.case import Case
from chaos.oracle.history import History, Interval, Row
from chaos.oracle.judge import judge
from chaos.pulse import Pulse
from chaos.quiet import converged
from chaos.result import Result, Spell
from chaos.sabotage.orders import Orders
from chaos.stack.stack import Stack

PEOPLE = [f"person-{n}" for n in range(10)]
ROOMS = 3
LEVEL_WITHIN = 40.0
"""Seconds: a handshake that hangs, the longest wait of a tab to connect again, and catching up."""


def rooms_of(seed: int) -> list[str]:
    """The slugs of the rooms that a run with this seed has for itself."""
    return [f"seed-{seed}-{n}" for n in range(ROOMS)]


def secret_of(seed: int) -> str:
    """The slug of the private room of that run."""
    return f"secret-{seed}"


class Scene:
    """`seconds`: how long the fault is to last. `say` tells the person who waits what happens."""

    def __init__(self, stack: Stack, result: Result, *, seconds: float, say: Callable[[str], None]) -> None:
        self.stack, self.result, self.seconds, self.say = stack, result, seconds, say
        self.seed = result.seed
        self.random = Random(f"{result.number}/{result.seed}")
        self.history = History()
        self.rooms = [stack.room(slug) for slug in rooms_of(self.seed)]
        self.secret = stack.room(secret_of(self.seed))
        self.tabs: list[Tab] = []
        self.loads: list[Load] = []
        """Those whose messages are judged."""
        self.pulse = Pulse()
        self.orders = Orders(stack.directory)
        self.begun = time.monotonic()
        self.healed: list[float] = []
        """The moments from which recovery is measured."""
        self._stood_still: float | None = None
        self._case: Case | None = None

    # -- people ------------------------------------------------------------------------------------------------------

    async def tab(
        self, name: str, *, rooms: Sequence[int] = (), label: str = "", session: int = 0, host: str = ""
    ) -> Tab:
        """A tab that is online and shows the rooms; the scene stops it in the end."""
        seed = f"{self.result.number}/{self.seed}"
        tab = self.stack.tab(name, history=self.history, seed=seed, label=label, session=session, host=host)
        self.tabs.append(tab)
        await tab.start()
        for room in rooms:
            await tab.open(room)
        return tab

    async def gather(self, people: Sequence[str] = PEOPLE, *, tabs: int = 2, host: str = "") -> list[Tab]:
        """Some tabs of each of the people, in all three rooms."""
        names = [(name, n) for name in people for n in range(tabs)]
        mark = f"@{host}" if host else ""
        return list(
            await asyncio.gather(
                *(
                    self.tab(name, rooms=self.rooms, label=f"{name}/{n}{mark}", session=n % 2, host=host)
                    for name, n in names
                )
            )
        )

    def load(self, rate: float, *, tabs: Sequence[Tab] = (), rooms: Sequence[int] = ()) -> Load:
        """See `Load`; from everybody, in all rooms, where nothing else is said."""
        load = Load(tabs or list(self.tabs), rooms or self.rooms, rate=rate, seed=self.seed)
        self.loads.append(load)
        return load

    async def close(self, tab: Tab) -> None:
        """Close a tab for good: nothing is owed to it from now on."""
        await tab.stop()
        self.tabs.remove(tab)

    async def leave(self) -> None:
        await asyncio.gather(*(tab.stop() for tab in self.tabs))

    # -- faults ------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def fault(self, label: str, *, heals: bool = True) -> AsyncIterator[None]:
        """A spell of the timeline. With `heals`, recovery is measured from its end, otherwise from its begin."""
        self.say(label)
        begin = time.monotonic()
        if not heals:
            self.healed.append(begin)
        try:
            yield
        finally:
            end = time.monotonic()
            self.result.spells.append(Spell(label, begin - self.begun, end - self.begun))
            if heals:
                self.healed.append(end)

    async def keep_session(self, *accounts: Account, seconds: float) -> None:
        """Have these sessions expire so many seconds from now, also those that did already."""
        await self.stack.manage(
            "shell",
            "-c",
            "from datetime import timedelta\nfrom django.utils import timezone\n"
            "from django.contrib.sessions.models import Session\n"
            f"Session.objects.filter(session_key__in={[account.session for account in accounts]})"
            f".update(expire_date=timezone.now() + timedelta(seconds={seconds}))",
        )

    async def until(self, truth: Callable[[], bool], *, within: float, what: str) -> float:
        """Seconds until it is true. Raises TimeoutError that says what did not happen."""
        begun = time.monotonic()
        while not truth():
            if time.monotonic() - begun > within:
                raise TimeoutError(f"after {within:g} s still not: {what}")
            await asyncio.sleep(0.02)
        return time.monotonic() - begun

    async def until_replaced(self, gone: set[int]) -> None:
        """Wait until none of these workers is left, and others serve in their place."""
        await self.until(lambda: not gone & set(self.stack.workers()), within=60, what=f"workers {gone} replaced")
        await self.stack.until_served()

    @property
    def stall(self) -> float:
        """Seconds that the machine may have held anybody up: the longest send, or a standstill of the clients.

        It tells of the machine only where sends wait for nothing that is broken, and nothing of the time after
        everybody caught up: the oracle lets nobody else run.
        """
        stood_still = self.pulse.longest if self._stood_still is None else self._stood_still
        return max(stood_still, self.longest_send)

    @property
    def longest_send(self) -> float:
        """See `Load.longest`."""
        return max((load.longest for load in self.loads), default=0.0)

    # -- outcome -----------------------------------------------------------------------------------------------------

    async def settle(self, *, stale_after: float) -> None:
        """Everybody catches up; then the oracle and the database have the last word."""
        self.say("catching up")
        level = await converged(self.stack, self.tabs, within=LEVEL_WITHIN)
        self._stood_still = self.pulse.longest
        rooms = {*self.rooms, self.secret}
        stored = [row for row in self.stack.database.rows() if row.room in rooms]
        self.result.judged(judge(self.history, stored, stale_after=stale_after))
        await self._read_anew(stored)
        case = self._case = Case.of(self.history, stored)
        self.result.curves = measures.curves(case, self.begun)
        # Two cores that others want too make everything late: without this, nobody could tell.
        self.measure("machine load", os.getloadavg()[0])
        self.measure("clients stood still", self._stood_still, unit="s")
        self.measure("level", level, unit="s")
        self.measure("slowest delivery", max((each.took for each in measures.displays(case)), default=0.0), unit="s")

    @property
    def case(self) -> Case:
        """The evidence; there once the run is settled."""
        assert self._case is not None
        return self._case

    def displays(self) -> list[measures.Arrival]:
        """Every message at every client that was there when it was sent."""
        return list(measures.displays(self.case))

    def intervals(self, room: int) -> list[Interval]:
        """Who may see the room's changes up to where, from the memberships in the database."""
        rows = self.stack.database.select(
            f"SELECT user_id, state, room_seq FROM chat_membership WHERE room_id = {room}"
        )
        return [Interval(person, room, None if state == "active" else seq) for person, state, seq in rows]

    def measure(
        self, name: str, value: float, *, unit: str = "", at_most: float | None = None, at_least: float | None = None
    ) -> None:
        self.result.figures.append(Figure(name=name, value=value, unit=unit, at_most=at_most, at_least=at_least))

    def measure_recovery(self, *, at_most: float | None = None, longest_at_most: float | None = None) -> None:
        """The 50th and 95th percentile, which `at_most` is for, and the longest, over moments and clients."""
        times = measures.recoveries(self.case, self.healed)
        self.measure("recovery p50", quantile(times, 0.5), unit="s")
        self.measure("recovery p95", quantile(times, 0.95), unit="s", at_most=at_most)
        self.measure("recovery max", max(times, default=0.0), unit="s", at_most=longest_at_most)

    def measure_spells(self, *, delivery_at_most: float | None = None, ack_at_most: float | None = None) -> None:
        """How long acknowledgements and deliveries took for what was sent while something was broken."""
        taken: list[float] = []
        shown: list[float] = []
        for spell in self.result.spells:
            begin, end = self.begun + spell.begin, self.begun + spell.end
            taken += measures.within(measures.acks(self.case), begin, end)
            shown += measures.within(measures.displays(self.case), begin, end)
        self.measure("ack p50 meanwhile", quantile(taken, 0.5), unit="s")
        self.measure("ack p99 meanwhile", quantile(taken, 0.99), unit="s", at_most=ack_at_most)
        self.measure("delivery p95 meanwhile", quantile(shown, 0.95), unit="s", at_most=delivery_at_most)

    def measure_sends(self, *, unanswered_at_most: float | None = None, longest_at_most: float | None = None) -> None:
        """How many were acknowledged, the share of all in the end, how long that took, and attempts left unanswered."""
        self.measure_acknowledged()
        self.result.figures.append(measures.acknowledged_in_the_end(self.case))
        self.measure("longest send", self.longest_send, unit="s", at_most=longest_at_most)
        self.measure("attempts unanswered", measures.unanswered(self.case), at_most=unanswered_at_most)

    def measure_acknowledged(self) -> None:
        """How many messages were: a run in which nobody talked proves nothing. And none was refused for good."""
        due = sum(load.due for load in self.loads)
        self.result.figures += [measures.acknowledged(self.case, due=due), measures.not_sent(self.case)]

    async def _read_anew(self, stored: list[Row]) -> None:
        """What a newcomer reads over HTTP is what is stored."""
        reader = self.stack.account(PEOPLE[0], session=1)
        for room in self.rooms:
            read = await self.stack.site.history(reader, room)
            rows = [row for row in stored if row.room == room]
            wrong = list(differences([row_of(room, message) for message in read], rows))
            if wrong:
                self.result.problems.append(
                    f"room {room} over HTTP has {len(read)} of {len(rows)} messages; {len(wrong)} differ: {wrong[:3]}"
                )


async def every(seconds: float, during: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do the work again and again, with a pause between, for as long as said."""
    end = time.monotonic() + during
    while time.monotonic() < end:
        await work()
        await asyncio.sleep(seconds)
