"""Malformed frames of every kind, against a live worker."""

import pytest

from audit.fuzz.corpus import CORPUS
from audit.fuzz.feeding import feed
from audit.fuzz.target import Target
from chaos.stack.stack import Stack

pytestmark = [pytest.mark.system, pytest.mark.timeout(300), pytest.mark.usefixtures("clean_log")]
WORN_IN = 60
"""Rounds after which caches and the allocator have what they keep."""
ROUNDS = 60
"""In the later half of them a socket that leaves 8 KiB behind is found."""


@pytest.fixture
def target(stack: Stack) -> Target:
    return Target(stack.host, stack.account("mal").session)


@pytest.mark.parametrize("name", CORPUS)
def test_a_malformed_frame_is_answered_by_the_right_end(target: Target, name: str) -> None:
    assert target.end_after(CORPUS[name]) in CORPUS[name].ends


def test_no_frame_costs_a_worker_its_life_or_its_memory(stack: Stack, target: Target) -> None:
    workers = stack.workers()
    feed(target, workers, rounds=WORN_IN)
    fed = feed(target, workers, rounds=ROUNDS)
    assert fed.odd == []
    assert stack.workers() == workers
    assert fed.leaks() == []
