"""A slope is told from noise, whichever of them is planted."""

from random import Random

import pytest

from chaos.drift import Drift

SAMPLES = 2_400
"""Of twenty minutes, two a second."""
SEEDS = range(20)


def samples(seed: int, *, slope: float = 0.0, noise: float = 0.0) -> list[float]:
    """About 200, rising by `slope` over all of them, and trembling by `noise`, a standard deviation."""
    random = Random(seed)
    return [200 + slope * n / SAMPLES + random.gauss(0, noise) for n in range(SAMPLES)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("noise", [0.1, 1.0, 5.0])
def test_noise_is_no_slope(seed: int, noise: float) -> None:
    drift = Drift.of(samples(seed, noise=noise))
    assert drift.beyond_noise <= 1
    assert drift.noise == pytest.approx(3.3 * noise, rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("noise", [0.0, 0.1, 1.0])
def test_a_slope_beyond_the_noise_is_found(seed: int, noise: float) -> None:
    drift = Drift.of(samples(seed, slope=16.0, noise=noise))
    assert drift.rise == pytest.approx(4.0, abs=0.3)
    assert drift.beyond_noise > 1


def test_a_slope_is_no_noise_by_which_it_could_excuse_itself() -> None:
    drift = Drift.of(samples(1, slope=100.0, noise=1.0))
    assert drift.noise == pytest.approx(3.3, rel=0.1)
    assert drift.beyond_noise > 5


@pytest.mark.parametrize("slope", [0.0, 16.0])
def test_a_peak_is_neither(slope: float) -> None:
    spoiled = samples(1, slope=slope, noise=0.5)
    spoiled[-100:-40] = [400.0] * 60
    spoiled[-700:-690] = [0.0] * 10
    assert (Drift.of(spoiled).beyond_noise > 1) is (slope > 0)


def test_what_sinks_or_stands_still_is_flat() -> None:
    assert Drift.of(samples(1, slope=-50.0)).beyond_noise == 0
    assert Drift.of([7.0] * 8).beyond_noise == 0


def test_what_came_before_the_second_half_was_wearing_in() -> None:
    worn_in = [float(n) for n in range(SAMPLES // 2)] + samples(1, noise=1.0)[: SAMPLES // 2]
    assert Drift.of(worn_in).beyond_noise <= 1
