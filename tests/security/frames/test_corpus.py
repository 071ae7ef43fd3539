"""Malformed frames of every kind, against a live worker."""

import pytest

from audit.fuzz.corpus import CORPUS
from audit.fuzz.target import Target
from chaos.stack.stack import Stack
from tests.serving.gunicorns import resident_kib

pytestmark = [pytest.mark.system, pytest.mark.timeout(180), pytest.mark.usefixtures("clean_log")]
ROUNDS = 5
GROWTH_KIB = 16 * 1024


@pytest.fixture
def target(stack: Stack) -> Target:
    return Target(stack.host, stack.account("mal").session)


@pytest.mark.parametrize("name", CORPUS)
def test_a_malformed_frame_is_answered_by_the_right_end(target: Target, name: str) -> None:
    assert target.end_after(CORPUS[name]) in CORPUS[name].ends


def test_no_frame_costs_a_worker_its_life_or_its_memory(stack: Stack, target: Target) -> None:
    workers = stack.workers()
    for entry in CORPUS.values():
        target.end_after(entry)
    before = {pid: resident_kib(pid) for pid in workers}
    for _ in range(ROUNDS):
        for entry in CORPUS.values():
            target.end_after(entry)
    assert stack.workers() == workers
    assert {
        pid: resident_kib(pid) - before[pid] for pid in workers if resident_kib(pid) - before[pid] > GROWTH_KIB
    } == {}
