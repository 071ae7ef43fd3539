"""A worker that takes its time to judge the sockets of somebody whose account changed."""

import asyncio
from collections.abc import Callable
from typing import Any

from chaos.sabotage.deeds import Deeds
from chaos.sabotage.orders import Orders
from chat.queries.identity import people_of, person_of
from chat.reader import Reader

WAIT = "wait-before-judging"
LOOK_EVERY = 0.02


def deed_of(pid: int) -> str:
    """Counts the sockets that this worker was to judge."""
    return f"to-judge-{pid}"


def plant(orders: Orders, deeds: Deeds, *, pid: int) -> None:
    """As long as an order says so, let no socket be judged, and count those that have to be.

    The look at all of them that comes every minute waits, too: it would end some before they are told of anything.
    """
    run = Reader.run

    async def late_run(reader: Reader, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if query is person_of:
            deeds.did(deed_of(pid))
        if query in (person_of, people_of):
            while orders.value(WAIT) is not None:
                await asyncio.sleep(LOOK_EVERY)
        return await run(reader, query, *args, **kwargs)

    Reader.run = late_run  # type: ignore[assignment,method-assign]
