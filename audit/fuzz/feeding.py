"""The corpus fed to a server again and again: how its sockets end, and what stays in its memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.fuzz.corpus import CORPUS
from audit.fuzz.target import Target
from tests.serving.gunicorns import resident_kib

SETTLED_KIB = 5 * 1024
"""What the later half of the rounds may add to a worker; a leak adds as much in each round as in the one before."""


@dataclass(frozen=True)
class Fed:
    """`sizes`: what each worker held after each round, in KiB. `odd`: how sockets ended that should not end so."""

    sizes: dict[int, list[int]]
    odd: list[str]

    def leaks(self) -> list[str]:
        """The workers that still grew in the later half, one a line."""
        grown = {pid: late_growth(sizes) for pid, sizes in self.sizes.items()}
        return [f"worker {pid} still grew by {kib} KiB in the end" for pid, kib in grown.items() if kib > SETTLED_KIB]


def feed(target: Target, workers: Sequence[int], *, rounds: int) -> Fed:
    """Every entry once a round. Raises FileNotFoundError where a worker has died."""
    fed = Fed({pid: [] for pid in workers}, [])
    for _ in range(rounds):
        ends = {name: target.end_after(entry) for name, entry in CORPUS.items()}
        fed.odd.extend(f"{name}: {end}" for name, end in ends.items() if end not in CORPUS[name].ends)
        for pid, sizes in fed.sizes.items():
            sizes.append(resident_kib(pid))
    return fed


def late_growth(sizes: Sequence[int]) -> int:
    """What the later half of the rounds added, in KiB; the earlier half is for caches and the allocator to fill."""
    return sizes[-1] - sizes[(len(sizes) - 1) // 2]
