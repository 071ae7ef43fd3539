"""Whether Redis carries hints again is told by Redis, not by those who send them."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import redis

from chaos.stack.hints import Hints, carried_by
from chaos.stack.redis_server import RedisServer
from tests.chaos.server import until
from tests.redis_server import server

__all__ = ["server"]

GROUPS = {1: "parley__group__room.1", 11: "parley__group__room.11"}


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    with server.client() as client:
        yield client


async def test_they_flow_once_all_workers_hear_of_every_room(server: RedisServer, client: redis.Redis) -> None:
    with ExitStack() as open_, Hints(server, GROUPS, workers=2) as hints:

        def worker_joins(*rooms: int) -> None:
            pubsub = open_.enter_context(closing(client.pubsub()))
            pubsub.subscribe(*(GROUPS[room] for room in rooms))
            assert pubsub.get_message(timeout=5)

        def flow_after(*rooms: int) -> bool:
            for room in rooms:
                client.publish(GROUPS[room], "a hint")
            # What was published before is there when this has been answered.
            client.ping()
            return hints.flow()

        assert not hints.flow()
        assert not flow_after(1, 11)
        worker_joins(1, 11)
        assert not flow_after(1, 11)
        worker_joins(11)
        assert not flow_after(1, 11)
        worker_joins(1)
        assert not hints.flow(), "nothing was sent since"
        client.publish(GROUPS[1], "a hint")
        await until(hints.flow)


def test_a_server_carries_the_rooms_of_which_somebody_hears_through_it(
    server: RedisServer, client: redis.Redis
) -> None:
    assert carried_by(server, GROUPS) == []
    with closing(client.pubsub()) as pubsub:
        pubsub.subscribe(GROUPS[11])
        assert pubsub.get_message(timeout=5)
        assert carried_by(server, GROUPS) == [11]
