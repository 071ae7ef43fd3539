"""What must hold while Redis suffers, and afterwards."""

import time

from tests.redis.workers import Workers

# The promise is two seconds; a busy machine gets half a second more.
SOON = 2.5
LIVE = 1.0
TRIES = 3


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
    assert max(workers.delays(since=begun)) < SOON
    await are_live(workers, since=begun)


async def are_live(workers: Workers, *, since: float = 0.0) -> None:
    """Where something came late since a moment, the next comes at once: Redis carries it.

    A busy machine stops now and then; where nothing is carried, each of them waits for the poll.
    """
    late = workers.late(LIVE, since=since)
    for _ in range(TRIES):
        if not late:
            return
        since = time.monotonic()
        workers.say(late)
        await workers.level()
        late = workers.late(LIVE, since=since)
    assert not late
