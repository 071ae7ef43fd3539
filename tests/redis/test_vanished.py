"""The host of Redis vanishes: no refusal, no reset, not a word. In a network namespace of its own."""

from tests.redis.going_on import goes_on, is_as_before
from tests.redis.host import beside
from tests.redis.server import Server
from tests.redis.workers import Workers


async def test_the_host_vanishes_and_comes_back() -> None:
    with beside() as host:
        server, workers = Server(address=host.address, netns=host.name), Workers()
        server.start()
        try:
            await workers.start(server.url, server.url)
            host.vanish()
            await goes_on(workers, seconds=8)
            assert workers.unwell()
            host.appear()
            await is_as_before(workers)
        finally:
            await workers.stop()
            server.remove()
