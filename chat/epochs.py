"""Learning of a restored backup while running: whoever restores one renews the epoch."""

import asyncio
from collections.abc import Callable

from chat.errors import Unavailable
from chat.queries.epoch import stored_epoch
from chat.reader import Reader

LOOK_SECONDS = 5.0
RETRY_SECONDS = 1.0


async def follow(reader: Reader, *, begun: Callable[[str], None], renewed: Callable[[], None]) -> None:
    """Call `begun` with the epoch at first and whenever it changed, after `renewed` if so; until cancelled."""
    known: str | None = None
    while True:
        try:
            stored = await reader.run(stored_epoch)
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
            continue
        if stored != known:
            if known is not None:
                renewed()
            begun(stored)
            known = stored
        await asyncio.sleep(LOOK_SECONDS)
