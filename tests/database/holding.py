"""What must hold while the database suffers, and afterwards."""

import asyncio
import time

from chaos.stack.database import Database
from tests.database.teller import Teller, Told

# The database's own patience (five seconds) twice, and a busy machine.
ANSWERED_WITHIN = 15.0


async def is_refused_politely(teller: Teller, *, count: int = 20) -> Told:
    """Many people send: each is told in time that it did not work, in words, and that trying again makes sense."""
    told = await teller.send(count)
    assert told.codes == {"unavailable"}
    assert told.detail == "The server cannot store this right now. Try again in a moment."
    assert told.seconds < ANSWERED_WITHIN
    assert "Traceback" not in teller.log()
    return told


async def is_back(teller: Teller, refused: Told, database: Database, *, within: float = 10.0) -> float:
    """The same commands work again without a restart, and what was acknowledged is there once. Seconds it took."""
    begun = time.monotonic()
    while (await teller.send()).codes != {"ok"}:
        assert time.monotonic() - begun < within
        await asyncio.sleep(0.1)
    took = time.monotonic() - begun
    assert (await teller.read()).codes == {"ok"}
    assert (await teller.send(keys=list(refused.ends))).codes == {"ok"}
    keeps_its_word(teller, database)
    return took


def keeps_its_word(teller: Teller, database: Database) -> None:
    """Everything acknowledged is stored, everything is stored once, and numbers have no hole."""
    rows = database.rows()
    assert teller.heard <= {row.key for row in rows}
    assert len({row.key for row in rows}) == len(rows)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
