"""The fuzzer of tests/security/frames, for longer: is the worker alive, its memory flat, its log clean?"""

from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from audit.fuzz.corpus import CORPUS
from audit.fuzz.feeding import Fed, feed, late_growth
from audit.fuzz.machine import machine
from audit.fuzz.target import Target
from audit.stacks import running
from audit.verdict import Verdict
from chaos.stack.log_watch import LogWatch

LONG = settings(
    max_examples=400,
    stateful_step_count=50,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ROUNDS = 240


@dataclass(frozen=True)
class Fuzzed:
    """How many random clients there were, what became of the corpus, and the workers that are no longer there."""

    clients: int
    fed: Fed
    died: set[int]


def judge(work: Path, reports: Path) -> Verdict:
    """Nothing that a client sends costs a worker its life, its memory or its composure."""
    with running(work) as stack:
        target, watch, workers = Target(stack.host, stack.account("rogue").session), LogWatch(stack), stack.workers()
        clients = _let_loose(target)
        fed = feed(target, workers, rounds=ROUNDS)
        watch.assert_clean()
        return judged(Fuzzed(clients, fed, set(workers) - set(stack.workers())))


def judged(seen: Fuzzed) -> Verdict:
    """The verdict on what was seen of `ROUNDS` rounds."""
    faults = [*seen.fed.odd, *(f"worker {pid} died" for pid in seen.died), *seen.fed.leaks()]
    if seen.clients < LONG.max_examples:
        faults.append(f"{seen.clients} of {LONG.max_examples} random clients were there")
    if not seen.fed.sizes or any(len(sizes) != ROUNDS for sizes in seen.fed.sizes.values()):
        faults.append(f"not every worker was there for {ROUNDS} rounds")
    late = max((late_growth(sizes) for sizes in seen.fed.sizes.values() if sizes), default=0)
    steps = LONG.stateful_step_count
    return Verdict(
        f"{ROUNDS * len(CORPUS):,} malformed frames, {seen.clients} random clients of {steps} steps",
        f"workers live, log clean, grew by {late / 1024:.1f} MiB in the later half",
        faults,
    )


def _let_loose(target: Target) -> int:
    """How many random clients there were. Raises what went wrong with one of them."""
    client, count = machine(target), 0

    def another() -> RuleBasedStateMachine:
        nonlocal count
        count += 1
        return client()

    run_state_machine_as_test(another, settings=LONG)
    return count
