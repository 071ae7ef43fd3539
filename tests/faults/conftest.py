"""Stacks for the whole-system tests, and tabs that are stopped when a test ends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.clients.tab import Tab
from chaos.oracle.history import History
from chaos.stack.log_watch import LogWatch
from chaos.stack.stack import Stack
from tests.stacks import Stacks


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.system)
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """Starts what lives as long as the module."""
    stacks = Stacks(tmp_path_factory.mktemp("parley"))
    yield stacks
    stacks.stop()


@pytest.fixture(autouse=True)
def clean_log(stack: Stack) -> Iterator[None]:
    watch = LogWatch(stack)
    yield
    watch.assert_clean()


@pytest.fixture
def history() -> History:
    return History()


class Crew:
    """The tabs of one test."""

    def __init__(self, stack: Stack, history: History, *, seed: str) -> None:
        self.tabs: list[Tab] = []
        self._stack, self._history, self._seed = stack, history, seed

    async def tab(self, name: str, *rooms: int, label: str = "", session: int = 0) -> Tab:
        """A tab that is online and shows the rooms."""
        tab = self._stack.tab(name, history=self._history, seed=self._seed, label=label, session=session)
        self.tabs.append(tab)
        await tab.start()
        for room in rooms:
            await tab.open(room)
        return tab

    async def stop(self) -> None:
        await asyncio.gather(*(tab.stop() for tab in self.tabs))


@pytest_asyncio.fixture
async def crew(request: pytest.FixtureRequest, stack: Stack, history: History) -> AsyncIterator[Crew]:
    crew = Crew(stack, history, seed=request.node.name)
    yield crew
    await crew.stop()
