"""The rows of a room by number, and since when each was there."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from chaos.oracle.history import Row


class Ledger:
    """The stored rows of one room, by number. `first`: the lowest seq that anybody saw of each, by id."""

    def __init__(self, rows: Sequence[Row], first: Mapping[int, int]) -> None:
        self._rows = rows
        self._numbers = [row.number for row in rows]
        # A message that was changed before anybody saw it was there before the next one was.
        self._born = list(accumulate((first[row.id] for row in reversed(rows)), min))[::-1]

    def held(self, *, number: int, upto: float) -> Sequence[Row]:
        """Those from that number on that were surely there when the room's stream had reached that position."""
        return self._rows[bisect_left(self._numbers, number) : bisect_right(self._born, upto)]
