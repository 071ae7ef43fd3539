"""The judge of the fuzzer."""

import pytest

from audit.fuzz.feeding import SETTLED_KIB, Fed, late_growth
from audit.judges.frames import LONG, ROUNDS, Fuzzed, judged

# As measured: the allocator takes its memory in steps, ever fewer of them.
SETTLING = [100_000 + min(round_ * 100, 8_000) for round_ in range(ROUNDS)]


def fuzzed(sizes: list[int], *, odd: tuple[str, ...] = (), died: tuple[int, ...] = ()) -> Fuzzed:
    return Fuzzed(LONG.max_examples, Fed({7: sizes, 8: SETTLING}, list(odd)), set(died))


def test_workers_that_settle_pass() -> None:
    verdict = judged(fuzzed(SETTLING))
    assert (verdict.faults, late_growth(SETTLING)) == ([], 0)


def test_a_leak_of_two_kib_a_socket_fails() -> None:
    sockets_a_round = 29
    leaking = [size + round_ * sockets_a_round * 2 for round_, size in enumerate(SETTLING)]
    assert leaking[-1] - leaking[0] < 24 * 1024
    assert judged(fuzzed(leaking)).faults == [f"worker 7 still grew by {late_growth(leaking)} KiB in the end"]


def test_a_step_of_the_allocator_passes() -> None:
    assert judged(fuzzed([*SETTLING[:-1], SETTLING[-1] + SETTLED_KIB])).passed


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        (fuzzed(SETTLING, odd=("nothing: 1006",)), "nothing: 1006"),
        (fuzzed(SETTLING, died=(7,)), "worker 7 died"),
        (fuzzed(SETTLING[:10]), f"not every worker was there for {ROUNDS} rounds"),
        (Fuzzed(LONG.max_examples, Fed({}, []), set()), f"not every worker was there for {ROUNDS} rounds"),
        (Fuzzed(0, Fed({7: SETTLING}, []), set()), f"0 of {LONG.max_examples} random clients were there"),
    ],
)
def test_anything_less_fails(seen: Fuzzed, fault: str) -> None:
    assert judged(seen).faults == [fault]
