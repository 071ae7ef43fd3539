"""What every test shares: a database with an epoch, and a runtime that dies with its event loop."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chat import runtime
from chat.models import Epoch


@pytest.fixture(autouse=True)
def epoch(request: pytest.FixtureRequest) -> None:
    """The epoch row comes with a migration, and goes with the flush after a transactional test."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None:
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        Epoch.objects.get_or_create(only=True)


@pytest_asyncio.fixture
async def live() -> AsyncIterator[runtime.Runtime]:
    """The runtime of this test's event loop."""
    await runtime.reset()
    yield runtime.current()
    await runtime.reset()
