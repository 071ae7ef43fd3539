"""Several servers share the streams, and each lives and dies for itself."""

from collections.abc import Iterator

import pytest

from chat.delivery.change import StreamKey
from chat.delivery.links import place
from tests.redis.going_on import are_live, goes_on, is_as_before
from tests.redis.server import Server
from tests.redis.workers import ROOMS, Workers


@pytest.fixture
def trio() -> Iterator[list[Server]]:
    servers = [Server() for _ in range(3)]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.remove()


def test_streams_spread_over_the_servers() -> None:
    places = [place(StreamKey(kind, number), 3) for kind in ("room", "inbox") for number in range(300)]
    assert all(150 < places.count(each) < 250 for each in range(3))


async def test_each_stream_is_on_one_server_and_one_that_dies_hurts_its_own_streams_only(trio: list[Server]) -> None:
    workers = Workers()
    try:
        urls = ",".join(server.url for server in trio)
        await workers.start(urls, urls)
        await workers.talk(2, every=0.05)  # in every room
        await goes_on(workers, seconds=0.5)
        await are_live(workers)
        for number, server in enumerate(trio):
            keys = sorted(key.decode() for key in server.execute("KEYS", "parley:*"))
            assert keys == sorted(f"parley:test:{room}" for room in ROOMS if place(room, 3) == number)
        trio[1].kill()
        await goes_on(workers, seconds=3)
        assert [link.well for link in workers.all[0].links] == [True, False, True]
        trio[1].start()
        await is_as_before(workers)
    finally:
        await workers.stop()
