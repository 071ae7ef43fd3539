"""What the suites that start the product have in common."""

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from tests.proof.population import Plan
from tests.proof.stack import Stack

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

    def start(self, plan: Plan, env: Mapping[str, str] | None = None) -> Stack:
        stack = Stack(self._directory / str(len(self._started)), plan, env=env)
        self._started.append(stack)
        run(stack.start())
        return stack

    def stop(self) -> None:
        for stack in self._started:
            run(stack.stop())


class LogWatch:
    """The part of a stack's log written since this was made."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._begin = stack, len(stack.log())

    def assert_clean(self) -> None:
        """Whatever is done to the product, its log may not tell of a bug. Raises AssertionError with the place."""
        lines = self._stack.log()[self._begin :].splitlines()
        bugs = [n for n, line in enumerate(lines) if "Traceback" in line or "CRITICAL" in line]
        assert not bugs, "\n".join(lines[max(0, bugs[0] - 5) : bugs[0] + 40])
