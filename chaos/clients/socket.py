"""One connection after another: the page's way of coming back by itself."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from websockets.exceptions import InvalidHandshake

from chaos.clients.backoff import Backoff
from chaos.clients.wire import Wire

STAY_AWAY = {4400, 4401, 4403}


@dataclass(frozen=True)
class Closed:
    """How a connection ended."""

    code: int
    reason: str


class Socket:
    """Connects, and connects again whenever that ends, until the server says not to come back.

    `host` is the server's `address:port`. `on_event` gets every frame that answers nothing; `on_lost` is called when a
    connection has ended.
    """

    def __init__(
        self,
        *,
        host: str,
        session: str,
        random: Random,
        on_event: Callable[[dict[str, Any]], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.host, self.session = host, session
        self.wire: Wire | None = None
        self.generation = 0
        """Numbers the connections, attempts among them."""
        self.closes: list[Closed] = []
        self.turned_away = asyncio.Event()
        """Set where the server said not to come back."""
        self._on_event, self._on_lost = on_event, on_lost
        self._backoff = Backoff(random)
        self._retry_after = 0.0
        self._hurried = asyncio.Event()

    async def live(self) -> None:
        """Return when the server said not to come back."""
        self._backoff.begin()
        while not self.turned_away.is_set():
            self.generation += 1
            held = 0.0
            with suppress(OSError, TimeoutError, InvalidHandshake):
                held = await self._connection()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._backoff.next(held=held, told=self._retry_after)):
                    await self._hurried.wait()
            self._retry_after = 0.0

    def hurry(self) -> None:
        """The network is back, says the browser: connect now, unless the server named a time; or look if it is so."""
        if self.wire is not None:
            self.wire.probe()
        elif not self._retry_after:
            self._hurried.set()

    async def _connection(self) -> float:
        """Connect, and return how many seconds the connection was live when it has ended."""
        try:
            wire = await Wire.open(
                f"ws://{self.host}/ws/", session=self.session, origin=f"http://{self.host}", on_event=self._heard
            )
        finally:
            # What is said while it connects hurries nothing.
            self._hurried.clear()
        self.wire = wire
        try:
            await wire.run()
        finally:
            held = wire.held
            self.wire = None
            self._on_lost()
            await wire.close()
            self.closes.append(Closed(*wire.closed_with))
            if self.closes[-1].code in STAY_AWAY:
                self.turned_away.set()
        return held

    def _heard(self, event: dict[str, Any]) -> None:
        if event["type"] == "hello":
            self._retry_after = 0.0
        elif event["type"] == "goodbye":
            self._retry_after = event["retry_after"]
        self._on_event(event)
