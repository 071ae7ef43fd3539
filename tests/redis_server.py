"""A real Redis for a test, which can die, freeze and come back empty."""

from collections.abc import Iterator

import pytest

from chaos.stack.redis_server import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A running one, for this test alone."""
    server = RedisServer()
    server.start()
    yield server
    server.remove()
