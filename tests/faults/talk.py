"""People who talk over both workers while Redis suffers, and what that may cost them."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from chaos import measures
from chaos.clients.load import Load
from chaos.clients.tab import Tab
from chaos.figure import quantile
from chaos.lone import WITHIN, take_turns
from chaos.oracle.case import Case
from chaos.oracle.history import History
from chaos.quiet import converged, judged
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew

PEOPLE = [f"person-{n}" for n in range(6)]
ROOMS = 5
WORKERS = 2
# The promises, in seconds, beside what the same machine took just before.
ACKNOWLEDGED_LATER = 1.0
DELIVERED_LATER = 2.0
WELL_AFTER = 3.0
STALE = 4.0
# Hints carry again: what comes by the database's poll comes up to a second late.
LIVE_LATER = 0.5
# A last message that no later one betrays is found by the slow poll of the heads.
LEVEL_WITHIN = 20.0
NOTICED_WITHIN = 20.0
SPELL = 3.0
RATE = 30.0
FEWEST = 200

Harm = Callable[[], Awaitable[object]]


def rooms_of(talk: str) -> list[str]:
    """The rooms that are kept for one talk."""
    return [f"{talk}-{n}" for n in range(ROOMS)]


async def gather(stack: Stack, crew: Crew, talk: str) -> tuple[list[Tab], list[int]]:
    """Twelve tabs in five rooms, several on each worker."""
    rooms = [stack.room(slug) for slug in rooms_of(talk)]
    tabs = await asyncio.gather(
        *(crew.tab(name, *rooms, label=f"{name}/{n}", session=n) for name in PEOPLE for n in range(2))
    )
    await stack.spread_out(tabs)
    return tabs, rooms


@dataclass(frozen=True)
class Spell:
    """A part of a talk, by the monotonic clock."""

    begin: float
    end: float

    def seconds(self) -> Iterator["Spell"]:
        """Those that lie wholly within it."""
        for n in range(int(self.end - self.begin)):
            yield Spell(self.begin + n, self.begin + n + 1)

    def sent(self, arrivals: list[measures.Arrival]) -> list[float]:
        """How long those took that were sent within it."""
        return measures.within(arrivals, self.begin, self.end)


class Talk:
    """Thirty messages a second of twelve tabs in five rooms, and what the product says of Redis meanwhile."""

    def __init__(self, stack: Stack, crew: Crew, history: History, name: str) -> None:
        self._stack, self._crew, self._history, self._name = stack, crew, history, name
        self._heard = len(stack.log())

    async def suffer(self, harm: Harm) -> None:
        """Talk before, while and after `harm` breaks Redis and mends it, and hold the product to every promise."""
        tabs, rooms = await gather(self._stack, self._crew, self._name)
        async with Load(tabs, rooms, rate=RATE, seed=sum(self._name.encode())):
            before = await _spell(asyncio.sleep(SPELL))
            meanwhile = await _spell(harm())
            await self._well()
            await asyncio.sleep(WELL_AFTER)
            afterwards = await _spell(asyncio.sleep(SPELL))
        await converged(self._stack, tabs, within=LEVEL_WITHIN)
        judged(self._stack, self._history, rooms, stale_after=STALE).assert_clean(acked=FEWEST)
        self._hold_to_times(before, meanwhile, afterwards)
        await self._nobody_is_deaf(tabs, rooms)

    async def alerted(self) -> None:
        """Return when every worker has raised the alert: not before ten seconds, and soon after."""
        begun = time.monotonic()
        await self._said("redis_unwell_for_10s", times=WORKERS)
        assert time.monotonic() - begun >= 10

    @property
    def alerts(self) -> tuple[int, int]:
        """How many alerts were raised since this talk began, and how many ended."""
        log = self._stack.log()[self._heard :]
        return log.count("redis_unwell_for_10s"), log.count("redis_well_again")

    def _hold_to_times(self, before: Spell, meanwhile: Spell, afterwards: Spell) -> None:
        case = Case.of(self._history, [])
        acks, displays = list(measures.acks(case)), list(_displays(case))
        for name, spell in {"before": before, "meanwhile": meanwhile, "afterwards": afterwards}.items():
            print(f"{name}: acknowledged in {_took(acks, spell):.2f} s, shown in {_took(displays, spell):.2f} s")
        assert _took(acks, meanwhile) < _took(acks, before) + ACKNOWLEDGED_LATER
        assert _took(displays, meanwhile) < _took(displays, before) + DELIVERED_LATER
        # Any second will do: if nothing carried hints, what comes by the poll would be late in all of them. In some the
        # machine may stand still.
        seconds = [second for second in afterwards.seconds() if second.sent(displays)]
        assert min(_took(displays, second) for second in seconds) < _took(displays, before) + LIVE_LATER

    async def _nobody_is_deaf(self, tabs: list[Tab], rooms: list[int]) -> None:
        turn = await take_turns(self._stack, tabs, rooms)
        print(turn)
        assert turn.unheard == 0
        assert turn.slowest < WITHIN + turn.stall

    async def _well(self) -> None:
        """Return when the probes of all workers come back."""
        async with asyncio.timeout(NOTICED_WITHIN):
            while await self._redis_well() != {"1.0"}:
                await asyncio.sleep(0.2)

    async def _redis_well(self) -> set[str]:
        metrics = (await self._stack.site.call("GET", "/metrics")).body.decode()
        return set(re.findall(r"^parley_redis_well\{.*\} (\S+)$", metrics, re.MULTILINE))

    async def _said(self, words: str, *, times: int) -> None:
        async with asyncio.timeout(NOTICED_WITHIN):
            while self._stack.log()[self._heard :].count(words) < times:
                await asyncio.sleep(0.1)


def _displays(case: Case) -> Iterator[measures.Arrival]:
    """The first display of each message at each client, and the seconds since its acknowledgement."""
    for event in case.displays:
        acked = case.acked.get(event.row.key)
        if event.first and acked:
            yield measures.Arrival(event.at, event.client, max(0.0, event.at - acked[0].at))


async def _spell(work: Awaitable[object]) -> Spell:
    begin = time.monotonic()
    await work
    return Spell(begin, time.monotonic())


def _took(arrivals: list[measures.Arrival], spell: Spell) -> float:
    """Seconds in which what was sent within the spell arrived, nine of ten: a busy machine stops now and then."""
    found = spell.sent(arrivals)
    assert found
    return quantile(found, 0.9)
