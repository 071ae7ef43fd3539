"""People talking: a steady stream of messages from many tabs, some submitted twice, some changed afterwards."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from itertools import count
from random import Random
from typing import Any

from chaos.clients.tab import Tab
from chaos.clients.wire import Disconnected, Refused
from chaos.oracle.history import Row

SETTLING = 55.0
"""Seconds: the longest wait of a tab to connect again, and what then piled up."""


class Load:
    """Use as a context manager: it sends from entry to exit, and exit waits until every send is settled.

    Sends `rate` messages a second from tabs and to rooms chosen by `seed`. A tenth of them is submitted once more under
    the same key, by any tab of the same person. With each tenth one, somebody edits or deletes a message of their own
    or reacts to one. Exit also raises what kept it from sending; a message that was refused to its sender is on record
    in the history, and no reason to stop.
    """

    def __init__(self, tabs: Sequence[Tab], rooms: Sequence[int], *, rate: float = 50, seed: int) -> None:
        self.sent = 0
        self.due = 0.0
        """How many there should be, by the clock; known at the exit."""
        self.longest = 0.0
        """Seconds from the wish to send a message to its acknowledgement, waiting for a connection included."""
        self._tabs, self._rooms, self._rate = tabs, rooms, rate
        self._stored: dict[Tab, list[Row]] = defaultdict(list)
        self._random = Random(seed)
        self._sends: set[asyncio.Task[object]] = set()
        self._pace: asyncio.Task[None] | None = None
        self._begun = 0.0

    async def __aenter__(self) -> "Load":
        self._begun = asyncio.get_running_loop().time()
        self._pace = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *failure: object) -> None:
        assert self._pace is not None
        self.due = self._rate * (asyncio.get_running_loop().time() - self._begun)
        self._pace.cancel()
        await asyncio.wait([self._pace])
        async with asyncio.timeout(SETTLING):
            await asyncio.gather(*self._sends)
        if not self._pace.cancelled():
            self._pace.result()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in count():
            await asyncio.sleep(self._begun + number / self._rate - loop.time())
            self._send(number)

    def _send(self, number: int) -> None:
        tab, room = self._random.choice(self._tabs), self._random.choice(self._rooms)
        key, body = tab.outbox.new_key(), f"message {number} of {tab.name}"
        self._start(self._stored_by(tab, room, body, key))
        self.sent += 1
        if self._random.random() < 0.1:
            siblings = [other for other in self._tabs if other.account.id == tab.account.id]
            self._start(_once_more(self._random.choice(siblings), room, body, key))
        if self._random.random() < 0.1 and self._stored[tab]:
            # Taken out while it is being changed: one change of a message at a time, and none after its deletion.
            row = self._stored[tab].pop(self._random.randrange(len(self._stored[tab])))
            self._start(self._change(tab, row, number))

    async def _stored_by(self, tab: Tab, room: int, body: str, key: str) -> None:
        begun = asyncio.get_running_loop().time()
        try:
            row = await tab.outbox.send(room, body, key=key)
        except Refused:
            return
        self._stored[tab].append(row)
        self.longest = max(self.longest, asyncio.get_running_loop().time() - begun)

    async def _change(self, tab: Tab, row: Row, number: int) -> None:
        if number % 4 == 0:
            await tab.outbox.delete(row.id)
            return
        if number % 4 == 1:
            await tab.outbox.react(row.id, "\N{THUMBS UP SIGN}", on=number % 3 > 0)
        else:
            await tab.outbox.edit(row.id, f"edit {number}")
        self._stored[tab].append(row)

    def _start(self, send: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(send)
        self._sends.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[object]) -> None:
        # One that failed stays for the exit to raise.
        if not task.cancelled() and task.exception() is None:
            self._sends.discard(task)


async def _once_more(tab: Tab, room: int, body: str, key: str) -> None:
    with suppress(Disconnected, Refused):
        await tab.outbox.attempt(room, body, key=key)
