"""Workers that hang."""

import asyncio
import os
import signal
import time

from chaos import measures
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.oracle.history import Outcome
from chaos.scene import Scene
from chaos.stack.held import is_held

QUIET = 2.0
"""Seconds after the stop from which a client that is shown anything is served by another worker."""
ATTEMPTS = 20
PATIENCE = 9.0
"""Seconds after the stop before which none of its clients has given up."""


class Hanging(Fault):
    number, title = 5, "SIGSTOP of a worker, then SIGCONT"
    promise = (
        "clients of the other worker do not notice, unless it stopped within a commit and holds locks; those of the "
        "stopped one wait until it goes on, which acknowledges nothing stale, or is replaced after 30 s"
    )
    shown = ("ack p99 meanwhile", "ack p99 of the others", "slowest ack", "stale acks", "recovery p95")
    seconds = 20.0
    stale_after = 100.0
    """Whoever waits for the worker that is replaced is connected to it, and behind."""
    # gunicorn says at length that it replaces a worker.
    log_is_judged = False

    async def strike(self, scene: Scene) -> None:
        victim, other = scene.stack.workers()
        async with scene.fault("worker stopped"):
            await self._stop_between_commits(scene, victim)
            try:
                await asyncio.sleep(scene.seconds)
            finally:
                self._woken = time.monotonic()
                os.kill(victim, signal.SIGCONT)
        # Long enough for everybody to be well again, and to show it.
        await asyncio.sleep(8)
        async with scene.fault("the other stopped for good"):
            os.kill(other, signal.SIGSTOP)
            await scene.until_replaced({other})

    async def _stop_between_commits(self, scene: Scene, victim: int) -> None:
        for _ in range(ATTEMPTS):
            self._stopped = time.monotonic()
            os.kill(victim, signal.SIGSTOP)
            if not await asyncio.to_thread(is_held, scene.stack.database):
                return
            os.kill(victim, signal.SIGCONT)
            # Time to do what piled up: who has more to do than they can is always within a commit.
            await asyncio.sleep(scene.random.uniform(1, 2))
        raise AssertionError("the worker stopped within a commit again and again")

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=5.0)
        scene.measure_spells()
        self._measure_both_sides(scene)
        slowest = max((each.took for each in measures.acks(scene.case)), default=0.0)
        scene.measure("slowest ack", slowest, unit="s", at_most=45.0)
        scene.measure("stale acks", self._stale(scene), at_most=0)
        scene.measure_sends()

    def _measure_both_sides(self, scene: Scene) -> None:
        """Who was shown nothing at first is a client of the stopped worker."""
        begin, end = self._stopped + QUIET, self._stopped + min(PATIENCE, scene.seconds)
        served = {event.client for event in scene.case.displays if begin < event.at < end}
        waiting = {tab.name for tab in scene.tabs} - served
        acks = [each for each in measures.acks(scene.case) if each.client in served]
        calm = measures.within(acks, self._stopped, self._woken)
        scene.measure("clients of the stopped worker", len(waiting), at_least=1)
        scene.measure("acks of the others", len(calm), at_least=scene.seconds)
        scene.measure("ack p99 of the others", quantile(calm, 0.99), unit="s", at_most=1.0)
        left = [
            each
            for attempts in scene.case.settled.values()
            for each in attempts
            if each.outcome is Outcome.INFO and each.client in waiting and each.at > self._stopped
        ]
        scene.measure("attempts left with the stopped worker", len(left), at_least=1)

    def _stale(self, scene: Scene) -> int:
        """Acknowledgements, since the worker went on, of anything else than what is stored."""
        acked = [
            (key, each) for key, attempts in scene.case.acked.items() for each in attempts if each.at > self._woken
        ]
        stored = scene.case.by_key
        return sum(
            key not in stored
            or each.row is None
            or (each.row.id, each.row.number) != (stored[key].id, stored[key].number)
            for key, each in acked
        )


ALL: list[type[Fault]] = [Hanging]
