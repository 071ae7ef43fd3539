"""What the suites that start the product have in common."""

import asyncio
import os
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from chaos.stack.database import Database
from chaos.stack.layout import LIFTED, Layout
from chaos.stack.population import Plan
from chaos.stack.stack import Stack

T = TypeVar("T")

# One thread for good: what a thread starts with `Process` ends with that thread.
_thread = ThreadPoolExecutor(1, thread_name_prefix="proof")


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, from code that is none, whatever loop may run in this thread."""
    return _thread.submit(asyncio.run, work).result()


class Stacks:
    """Starts stacks, and stops them all."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._started: list[Stack] = []

    def start(
        self, plan: Plan, env: Mapping[str, str] | None = None, *, nginx: bool = False, sabotage: bool = False
    ) -> Stack:
        """On the PostgreSQL of DATABASE_URL, where that names one, else on SQLite. Rates are lifted."""
        directory = self._directory / str(len(self._started))
        database = Database(directory, server=os.environ.get("DATABASE_URL", ""))
        layout = Layout(nginx=nginx, sabotage=sabotage, env={**LIFTED, **(env or {})})
        stack = Stack(directory, plan, database=database, layout=layout)
        self._started.append(stack)
        run(stack.start())
        return stack

    def stop(self) -> None:
        for stack in self._started:
            run(stack.stop())
