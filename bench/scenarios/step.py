"""A step of the plan: one contestant, freshly started, and what is measured with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.contestants.serving import Contestant, Serving
from bench.load.measured import Measured


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a step found: the later `Row` without the names of contestant and repeat."""

    scenario: str
    measured: Measured
    setting: dict[str, float | str] = field(default_factory=dict)
    extra: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Step:
    """`measure` is called with the running server, which has a room of each of `sizes`."""

    title: str
    contestant: Contestant
    sizes: Sequence[int]
    measure: Callable[[Serving], Iterator[Finding]]
    workers: int = 1


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long and how often. `repeat` counts from 0; what is slow is measured in the first only when `quick`."""

    quick: bool
    repeat: int

    @property
    def seconds(self) -> float:
        """The length of one measurement."""
        return 1.5 if self.quick else 4.0

    @property
    def warm(self) -> float:
        return 0.4 if self.quick else 1.0

    @property
    def thorough(self) -> bool:
        return self.repeat == 0 or not self.quick
