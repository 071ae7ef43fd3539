"""SQLite's write-ahead log goes back into the database between commits, not in the middle of one.

By itself SQLite does that in whatever commit finds a thousand pages in the log: one message in a hundred waited for two
more flushes of the disk.
"""

import asyncio

from chat.database import fold_log
from chat.errors import Unavailable
from chat.journal import Journal
from chat.reader import Reader

EVERY = 1.0


async def keep_short(journal: Journal, reader: Reader) -> None:
    """Look every second whether something was stored, until cancelled."""
    seen = 0
    while True:
        await asyncio.sleep(EVERY)
        stored = journal.batches
        if stored == seen:
            continue
        try:
            await reader.run(fold_log)
        except Unavailable:
            continue
        seen = stored
