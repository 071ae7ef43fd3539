"""Workers that die and leave."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from math import inf

from chaos.clients.outbox import RETRY
from chaos.clients.tab import Tab
from chaos.drains import Drains
from chaos.faults.fault import Fault
from chaos.oracle.case import Case
from chaos.oracle.history import Invoked, Outcome, Row, Settled
from chaos.sabotage import deaths
from chaos.scene import PEOPLE, Scene
from chaos.stack.dates import dates
from chaos.stack.held import nobody_else_writes
from chaos.stack.layout import Layout

AFTER_A_KILL = 3.0
A_DRAIN, AN_ANSWER = 0.5, 0.02
"""Seconds within which the kill comes: while commands wait, and once they may be answered."""
LONGEST_SEND = AFTER_A_KILL + RETRY
"""Seconds: whose attempt is refused for now asks again after a pause, and may then have to come back first."""


class KilledMidSend(Fault):
    number, title = 1, "kill -9 before COMMIT, between COMMIT and ack, and between ack and hint"
    promise = "one row, one number; the retry gets the stored row; the client is back within 3 s"
    shown = ("retries that got the stored row", "recovery p95", "recovery max")
    layout = Layout(nginx=True, sabotage=True)

    async def strike(self, scene: Scene) -> None:
        for point in deaths.POINTS:
            before = set(scene.stack.workers())
            scene.orders.give(point)
            async with scene.fault(point, heals=False):
                await scene.until(lambda b=before: b != set(scene.stack.workers()), within=20, what=point)  # type: ignore[misc]
                await scene.stack.until_served()
            await asyncio.sleep(4)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL, longest_at_most=AFTER_A_KILL)
        scene.measure_sends()
        scene.measure("retries that got the stored row", self._found(scene), at_least=1)

    def _found(self, scene: Scene) -> int:
        """Messages whose sender did not hear that they were stored, asked again after that, and was told so."""
        ahead = time.time() - scene.history.clock()
        found = 0
        for key, written in dates(scene.stack.database).items():
            attempts = scene.case.settled.get(key, [])
            unknown = min((each.at for each in attempts if each.outcome is Outcome.INFO), default=inf)
            retried = [each.at for each in scene.case.invoked.get(key, []) if each.at > unknown]
            answered = any(each.at > retried[0] for each in scene.case.acked.get(key, [])) if retried else False
            found += answered and written < retried[0] + ahead
        return found


class RollingRestart(Fault):
    number, title = 3, "SIGTERM to one worker, then a rolling restart of all"
    promise = "everybody is told 1012 and when to come back; every send is acknowledged in the end, within 5 s"
    shown = ("recovery p95", "closes with 1012", "begun and not answered", "attempts unanswered", "longest send")

    async def strike(self, scene: Scene) -> None:
        self._before = {tab: len(tab.closes) for tab in scene.tabs}
        self._drains = Drains(scene.stack.workers)
        first = scene.stack.workers()[0]
        async with scene.fault("SIGTERM to one worker", heals=False):
            os.kill(first, signal.SIGTERM)
            self._drains.watch({first})
            await scene.until_replaced({first})
        await asyncio.sleep(3)
        # Whoever is not back yet would not be there to be told again.
        await asyncio.gather(*(tab.online.wait() for tab in scene.tabs))
        self._between = {tab: len(tab.closes) for tab in scene.tabs}
        assert scene.stack.gunicorn is not None
        old = set(scene.stack.workers())
        scene.stack.gunicorn.signal(signal.SIGHUP)
        self._drains.watch(old, rolled=True)
        # Before the successors serve nobody is sent away: how long they take to begin is nobody's wait.
        await scene.until(lambda: self._told(scene) > 0, within=60, what="a first client sent away by the roll")
        async with scene.fault("rolling restart", heals=False):
            await scene.until_replaced(old)

    def _told(self, scene: Scene) -> int:
        """Clients that the roll sent away by telling them."""
        return sum(any(close.code == 1012 for close in tab.closes[self._between[tab] :]) for tab in scene.tabs)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL)
        closes = [close.code for tab in scene.tabs for close in tab.closes[self._before[tab] :]]
        first = sum(count > self._before[tab] for tab, count in self._between.items())
        scene.measure("clients of the first worker to leave", first, at_least=1)
        scene.measure("clients told 1012 by the roll", self._told(scene), at_least=len(scene.tabs))
        scene.measure("closes with 1012", closes.count(1012), at_least=first + len(scene.tabs))
        scene.measure("other closes", len(closes) - closes.count(1012), at_most=0)
        # What is on its way to a worker while its close is on the way back is unanswered, and not begun.
        ahead = time.time() - scene.history.clock()
        written = {key: at - ahead for key, at in dates(scene.stack.database).items()}
        scene.measure("begun and not answered", stored_unheard(scene.case, written), at_most=0)
        scene.result.figures.append(await self._drains.figure())
        scene.measure_sends(longest_at_most=LONGEST_SEND)


class KilledWhileDraining(Fault):
    number, title = 4, "SIGKILL in the middle of a drain"
    promise = "as 1"
    shown = ("told 1012 before the kill", "cut untold", "recovery p95", "recovery max")

    def talkers(self, scene: Scene) -> list[Tab]:
        """Every other person only listens: nothing of theirs keeps the worker from telling them to go."""
        return [tab for tab in scene.tabs if tab.account.name in PEOPLE[::2]]

    async def strike(self, scene: Scene) -> None:
        self._told = self._cut = self._middles = 0
        # One worker has answered what it began when it dies, two have not.
        for answers in scene.random.sample([True, False, False], 3):
            await asyncio.gather(*(tab.online.wait() for tab in scene.tabs))
            await self._leave_and_die(scene, scene.stack.workers()[0], answers=answers)
            await asyncio.sleep(3)

    async def _leave_and_die(self, scene: Scene, victim: int, *, answers: bool) -> None:
        """Commands that wait for a lock hold the drain open; the kill comes when others were told to go."""
        before = {tab: len(tab.closes) for tab in scene.tabs}

        def closes(code: int) -> int:
            return sum(any(close.code == code for close in tab.closes[count:]) for tab, count in before.items())

        with ExitStack() as lock:
            lock.enter_context(nobody_else_writes(scene.stack.database, scene.rooms))
            sends = await self._under_way(scene)
            os.kill(victim, signal.SIGTERM)
            await scene.until(lambda: closes(1012) > 0, within=20, what="somebody told to go")
            if answers:
                lock.close()
            await asyncio.sleep(scene.random.uniform(0, AN_ANSWER if answers else A_DRAIN))
            told = closes(1012)
            async with scene.fault("SIGTERM, then SIGKILL", heals=False):
                scene.stack.kill_worker(victim)
                lock.close()
                await scene.until_replaced({victim})
        await asyncio.gather(*sends)
        cut = closes(1006)
        self._told += told
        self._cut += cut
        self._middles += told > 0 and cut > 0

    async def _under_way(self, scene: Scene) -> list[asyncio.Task[Row]]:
        """A message of each who talks, read by their worker: it answers a ping in turn, whatever waits for a commit."""
        talkers = self.talkers(scene)
        room = scene.random.choice(scene.rooms)
        sends = [asyncio.create_task(tab.outbox.send(room, f"the last words of {tab.name}")) for tab in talkers]
        await asyncio.gather(*(tab.ask({"type": "ping"}) for tab in talkers))
        return sends

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL, longest_at_most=AFTER_A_KILL)
        scene.measure("kills in the middle of a drain", self._middles, at_least=2)
        scene.measure("told 1012 before the kill", self._told, at_least=2)
        scene.measure("cut untold", self._cut, at_least=2)
        scene.measure_sends()


def stored_unheard(case: Case, written: Mapping[str, float]) -> int:
    """Messages that were `written`, by the history's clock, before their sender lost the connection without an answer.

    The sender was alone with that key, and had no earlier answer to it: what is submitted again may be lost on its way.
    Nor does a refusal count while another attempt is under way: a leaving worker refuses what is submitted again before
    it has stored, and answered, the first.
    """
    unheard = 0
    for key, at in written.items():
        invoked, settled = case.invoked.get(key, []), case.settled.get(key, [])
        answered = min((each.at for each in case.acked.get(key, [])), default=inf)
        lost = [
            each.at
            for each in settled
            if each.outcome is Outcome.INFO
            and each.at < answered
            and not (each.code and _under_way(invoked, settled, each.at) > 1)
        ]
        unheard += len({each.client for each in invoked}) == 1 and bool(lost) and at < max(lost)
    return unheard


def _under_way(invoked: Sequence[Invoked], settled: Sequence[Settled], at: float) -> int:
    """Attempts that had not ended before this moment."""
    return sum(each.at < at for each in invoked) - sum(each.at < at for each in settled)


ALL: list[type[Fault]] = [KilledMidSend, RollingRestart, KilledWhileDraining]
