"""SQLite's write-ahead log goes back into the database between commits, not in the middle of one.

By itself SQLite does that in whatever commit finds a thousand pages in the log: one message in a hundred waited for two
more flushes of the disk.
"""

import asyncio

from django.db import connection

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
            await reader.run(checkpoint)
        except Unavailable:
            continue
        seen = stored


def checkpoint() -> None:
    """Copy what no reader needs in the log any more, waiting for nobody. Without effect on PostgreSQL."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
