"""Whether a series of samples goes on rising, or only trembles."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from chaos.figure import quantile

MOST = (0.05, 0.95)
"""Nine tenths of the samples: a peak by itself is neither drift nor noise."""


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What the second half of the samples did; both in their unit."""

    rise: float
    """From the median of the third quarter to that of the last."""
    noise: float
    """How far apart most samples are that stray from the line through both medians: a steady rise is none."""

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Drift":
        """Of samples taken at even intervals, eight at least."""
        quarter = len(samples) // 4
        half = samples[-2 * quarter :]
        early, late = median(half[:quarter]), median(half[quarter:])
        astray = [sample - (late - early) * place / quarter for place, sample in enumerate(half)]
        low, high = (quantile(astray, share) for share in MOST)
        return cls(rise=late - early, noise=high - low)

    @property
    def beyond_noise(self) -> float:
        """The rise as a multiple of the noise: what does not go above 1 is flat as far as anybody can tell."""
        if self.rise <= 0:
            return 0.0
        return self.rise / self.noise if self.noise else inf
