"""Where messages are rendered: what is quick at once, the rest beside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from chat import markup

T = TypeVar("T")


class Composer:
    """One thread a worker for long and elaborate messages: they wait for each other, and nobody else for them."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="composer")

    async def run(self, compose: Callable[[], T], *, body: str) -> T:
        """What `compose` returns or raises, which renders this body; waits for nothing where that is quick."""
        if markup.is_quick(body):
            return compose()
        return await asyncio.get_running_loop().run_in_executor(self._thread, compose)

    def close(self) -> None:
        """End the thread. Waits for a message under way."""
        self._thread.shutdown()
