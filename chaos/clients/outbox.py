"""What a tab's person does, tried until it is answered, with every attempt on record."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID

from chaos.clients.timeline import row_of
from chaos.clients.wire import Disconnected, Refused, Unanswered
from chaos.oracle.history import History, Outcome, Row

UNKNOWN = {"unavailable", "internal"}
PASSING = {"rate_limited", "unavailable"}
"""What is asked again, as the page does. A message that gets any other refusal it shows as not sent."""
RETRY = 2.0
"""Seconds after which to ask again, where the server names none."""

Ask = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Outbox:
    """Sends in the order of calls in each room; a message is retried under its key until it is settled."""

    def __init__(self, *, client: str, history: History, random: Random, online: asyncio.Event, ask: Ask) -> None:
        self._client, self._history, self._random = client, history, random
        self._online, self._ask = online, ask
        self._settled: dict[str, asyncio.Future[Row]] = {}
        self._turns: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def new_key(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    async def send(self, room: int, body: str, *, key: str | None = None) -> Row:
        """Send until it is stored. Raises `Refused` where the page would show it as not sent."""
        key = key or self.new_key()
        async with self._turns[room]:
            settled = self._settled.setdefault(key, asyncio.get_running_loop().create_future())
            while True:
                try:
                    return await self.attempt(room, body, key=key)
                except Refused as refusal:
                    if refusal.code not in PASSING:
                        raise
                    await asyncio.sleep(refusal.retry_after or RETRY)
                except Disconnected as failure:
                    if settled.done():
                        # It came back as a change of the room: that settles it as well as a reply does.
                        self._history.settled(client=self._client, key=key, outcome=Outcome.OK, row=settled.result())
                        return settled.result()
                    await _pause_after(failure)

    async def attempt(self, room: int, body: str, *, key: str) -> Row:
        """Send a message once, when online. Raises `Refused`, `Disconnected`."""
        await self._online.wait()
        self._history.invoked(client=self._client, room=room, key=key, body=body)
        try:
            data = await self._ask({"type": "message.send", "room": room, "key": key, "body": body})
        except Refused as refusal:
            outcome = Outcome.INFO if refusal.code in UNKNOWN else Outcome.FAIL
            self._history.settled(client=self._client, key=key, outcome=outcome, code=refusal.code)
            raise
        except (Disconnected, asyncio.CancelledError):
            self._history.settled(client=self._client, key=key, outcome=Outcome.INFO)
            raise
        row = row_of(room, data["message"])
        self._history.settled(client=self._client, key=key, outcome=Outcome.OK, row=row)
        return row

    async def edit(self, message: int, body: str) -> None:
        """Edit until it is answered. Raises `Refused` where it cannot be."""
        change = self._history.altered(client=self._client, id=message, body=body)
        await self._change(change, {"type": "message.edit", "message": message, "body": body})

    async def delete(self, message: int) -> None:
        """See `edit`."""
        change = self._history.altered(client=self._client, id=message, body="")
        await self._change(change, {"type": "message.delete", "message": message})

    async def react(self, message: int, emoji: str, *, on: bool = True) -> None:
        """See `edit`."""
        change = self._history.altered(client=self._client, id=message, reaction=(emoji, on))
        await self._change(change, {"type": "reaction.set", "message": message, "emoji": emoji, "on": on})

    async def _change(self, change: int, command: dict[str, Any]) -> None:
        ended = Outcome.FAIL
        try:
            while True:
                await self._online.wait()
                try:
                    await self._ask(command)
                    ended = Outcome.OK
                    return
                except Disconnected as failure:
                    ended = Outcome.INFO
                    await _pause_after(failure)
                except Refused as refusal:
                    if refusal.code in UNKNOWN:
                        ended = Outcome.INFO
                    if refusal.code not in PASSING:
                        raise
                    await asyncio.sleep(refusal.retry_after or RETRY)
                except asyncio.CancelledError:
                    ended = Outcome.INFO
                    raise
        finally:
            # What an earlier attempt did is not undone by a later refusal.
            self._history.answered(change=change, outcome=ended)

    def seen(self, row: Row) -> None:
        """A row arrived by whatever way; one of ours under that key is settled by it."""
        settled = self._settled.get(row.key)
        if settled is not None and not settled.done():
            settled.set_result(row)


async def _pause_after(failure: Disconnected) -> None:
    """On a new connection it goes out again at once, on one that stands after a while."""
    if isinstance(failure, Unanswered):
        await asyncio.sleep(RETRY)
