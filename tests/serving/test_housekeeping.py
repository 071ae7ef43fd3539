"""What a worker does for all connections every second or two goes on whatever one of them does."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chat.limits import Limits
from chatproject.serving import server as module
from chatproject.serving.server import Server


class Clock:
    def __init__(self) -> None:
        self.later: list[Callable[[], None]] = []

    def callLater(self, delay: float, call: Callable[[], None]) -> None:
        self.later.append(call)


class Connection:
    """Fails at whatever is asked of it, or counts."""

    def __init__(self, *, fails: bool) -> None:
        self.fails, self.looked_at, self.closed = fails, 0, False
        self.transport = self

    def loseConnection(self) -> None:
        self.closed = True

    def check_timeouts(self) -> None:
        self._answer()

    def handle_exception(self, failure: BaseException) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.fails:
            raise RuntimeError("planted")
        self.looked_at += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "reactor", clock)
    monkeypatch.setattr("daphne.server.reactor", clock)
    return clock


@pytest.fixture
def server() -> Server:
    return Server(
        None,
        listeners=[],
        limits=Limits(),
        trusted_proxy=False,
        is_crowded=lambda: False,
        on_ready=lambda: None,
    )


def test_time_outs_are_looked_for_behind_one_that_fails_and_again_later(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Connection(fails=True), Connection(fails=False)
    server.connections = {bad: {}, good: {}}
    server.timeout_checker()
    assert good.looked_at == 1
    assert clock.later == [server.timeout_checker]
    assert "planted" in caplog.text


async def test_applications_are_looked_for_again_after_a_failure(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ValueError("an application")

    task: asyncio.Task[Any] = asyncio.create_task(fail())
    await asyncio.wait([task])
    bad, good = Connection(fails=True), Connection(fails=False)
    server.connections = {bad: {"application_instance": task}, good: {"application_instance": task}}
    server.application_checker()
    assert clock.later == [server.application_checker]
    assert "planted" in caplog.text
    assert bad.closed
    server.application_checker()
    assert (good.looked_at, good.closed) == (1, False)
