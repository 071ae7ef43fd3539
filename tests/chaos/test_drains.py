"""How long workers took to leave is told from the moment from which that was all they had to do."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from chaos import drains
from chaos.drains import GRACE, Drains, hears
from tests.architecture.sources import ROOT

DEAF = "print(flush=True); input()"
HEARING = "import signal; signal.signal(signal.SIGTERM, print); print(flush=True); input()"
NOW = 0.5
"""Seconds within which a machine that runs tests has noticed."""


class Worker:
    """A process that runs until it is ended here."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._process.stdout.readline()
        self.pid = self._process.pid

    def end(self) -> None:
        self._process.communicate(b"\n")


@pytest.fixture
def deaf() -> Iterator[Worker]:
    worker = Worker(DEAF)
    yield worker
    worker.end()


@pytest.fixture
def hearing() -> Iterator[Worker]:
    worker = Worker(HEARING)
    yield worker
    worker.end()


def test_a_process_that_handles_the_signal_is_told_from_one_that_does_not_and_one_that_is_gone(
    deaf: Worker, hearing: Worker
) -> None:
    gone = Worker(HEARING)
    gone.end()
    assert [hears(each.pid) for each in (deaf, hearing, gone)] == [False, True, False]


def test_the_grace_is_the_product_s() -> None:
    conf = (ROOT / "chatproject" / "serving" / "gunicorn_conf.py").read_text()
    assert re.findall(r"^graceful_timeout = (\d+)$", conf, re.MULTILINE) == [f"{GRACE:g}"]


async def test_whoever_is_told_alone_is_timed_from_there_on() -> None:
    workers = {1}
    watched = Drains(lambda: workers)
    watched.watch({1})
    await asyncio.sleep(1)
    workers.clear()
    assert 0.9 < (await watched.figure()).value < 1 + NOW


async def test_in_a_roll_it_is_the_time_from_when_the_last_successor_serves(deaf: Worker, hearing: Worker) -> None:
    workers = {1, 2, hearing.pid}
    watched = Drains(lambda: workers)
    watched.watch({1, 2}, rolled=True)
    await asyncio.sleep(1)
    workers.add(deaf.pid)
    await asyncio.sleep(1)
    also = Worker(HEARING)
    workers ^= {deaf.pid, also.pid}
    workers.discard(1)
    await asyncio.sleep(1)
    workers.discard(2)
    figure = await watched.figure()
    also.end()
    assert 0.9 < figure.value < 1 + NOW


async def test_whoever_is_gone_before_the_successors_serve_took_no_time(deaf: Worker) -> None:
    workers = {1, deaf.pid}
    watched = Drains(lambda: workers)
    watched.watch({1}, rolled=True)
    await asyncio.sleep(0.1)
    workers.discard(1)
    assert (await watched.figure()).value < NOW


async def test_a_worker_that_takes_longer_than_its_grace_is_a_missed_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "GRACE", 0.5)
    workers = {1}
    watched = Drains(lambda: workers)
    watched.watch({1})
    await asyncio.sleep(0.7)
    workers.clear()
    assert not (await watched.figure()).ok


async def test_one_that_never_leaves_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "GRACE", 0.1)
    watched = Drains(lambda: {1})
    watched.watch({1})
    with pytest.raises(TimeoutError):
        await watched.figure()
