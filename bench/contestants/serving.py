"""What every contestant offers."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A server that runs: how to talk to it, and whose CPU to count.

    `people` has a list for each room of the population, and in it a line for each person: the room's name in the
    dialect and a cookie header or `-`.
    """

    dialect: dict[str, str]
    ports: Sequence[int]
    pids: Sequence[int]
    people: Sequence[Sequence[str]]
    stores: Sequence[int] = field(default=())


class Contestant(Protocol):
    """A chat server to be measured.

    `window` bounds the messages under way where more would only fill queues.
    """

    @property
    def name(self) -> str: ...

    @property
    def window(self) -> int: ...

    def serve(self, sizes: Sequence[int], *, workers: int = 1) -> AbstractContextManager[Serving]:
        """Run it, freshly set up, with rooms of these sizes. Raises `DidNotStart`."""
        ...
