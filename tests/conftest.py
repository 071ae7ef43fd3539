"""What every test shares: a database with an epoch, and a runtime that dies with its event loop."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from asgiref.sync import SyncToAsync
from django.db import connection

from chat import runtime
from chat.models import Epoch


@pytest.fixture(autouse=True)
def epoch(request: pytest.FixtureRequest) -> None:
    """The epoch row comes with a migration, and goes with the flush after a transactional test."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None:
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        Epoch.objects.get_or_create(only=True)


@pytest.fixture(scope="session", autouse=True)
def no_session_left_behind(django_db_setup: None) -> Iterator[None]:
    """The thread in which `sync_to_async` runs keeps a connection, and PostgreSQL drops no database in use."""
    yield
    SyncToAsync.single_thread_executor.submit(_close).result()


def _close() -> None:
    connection.close()


@pytest_asyncio.fixture
async def live() -> AsyncIterator[runtime.Runtime]:
    """The runtime of this test's event loop."""
    await runtime.reset()
    yield runtime.current()
    await runtime.reset()
