"""What must hold while Redis suffers, and afterwards."""

import time

from tests.redis.workers import Workers

# The promise is two seconds; a busy machine gets half a second more.
SOON = 2.5
LIVE = 1.0


async def goes_on(workers: Workers, *, seconds: float) -> None:
    """Whatever was just done, talk arrives in time."""
    await workers.talk(seconds)
    await workers.level()
    workers.assert_in_order()
    assert max(workers.delays()) < SOON


async def is_as_before(workers: Workers) -> None:
    """Nobody is deaf: all groups work again, live."""
    await workers.well()
    begun = time.monotonic()
    await workers.talk(3)
    await workers.level()
    workers.assert_in_order()
    assert max(workers.delays(since=begun)) < LIVE
