"""Another connection to the database than the test's own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def elsewhere(work: Callable[[], T]) -> T:
    """What it returns, done by a thread with a connection of its own; for tests that commit."""

    def done() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(done).result()
