"""What a newcomer reads of a room, against what is stored."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from chaos.oracle.history import Row


def differences(read: Sequence[Row], stored: Sequence[Row]) -> Iterator[str]:
    """Each place, by number, at which one is not the other: missing, foreign, twice, in another order or state."""
    for place, (one, other) in enumerate(zip_longest(read, stored)):
        if one != other:
            yield f"at place {place + 1} {one} was read, stored is {other}"
