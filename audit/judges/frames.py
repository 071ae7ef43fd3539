"""The fuzzer of tests/security/frames, for longer: is the worker alive, its memory flat, its log clean?"""

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from audit.fuzz.corpus import CORPUS
from audit.fuzz.machine import machine
from audit.fuzz.target import Target
from audit.stacks import running
from audit.verdict import Verdict
from chaos.stack.log_watch import LogWatch
from tests.serving.gunicorns import resident_kib

LONG = settings(
    max_examples=400,
    stateful_step_count=50,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ROUNDS = 30
GROWTH_KIB = 40 * 1024


def judge(work: Path, reports: Path) -> Verdict:
    """Nothing that a client sends costs a worker its life, its memory or its composure."""
    with running(work) as stack:
        target, watch, workers = Target(stack.host, stack.account("rogue").session), LogWatch(stack), stack.workers()
        for entry in CORPUS.values():
            target.end_after(entry)
        before = {pid: resident_kib(pid) for pid in workers}
        faults = [f"{name}: {end}" for name, end in _odd_ends(target)]
        try:
            run_state_machine_as_test(machine(target), settings=LONG)
            watch.assert_clean()
        except Exception as failure:
            faults.append(f"{type(failure).__name__}: {failure}")
        if stack.workers() != workers:
            faults.append("a worker died")
            return Verdict("the fuzzer", faults)
        growth = {pid: resident_kib(pid) - before[pid] for pid in workers}
    faults += [f"worker {pid} grew by {kib} KiB" for pid, kib in growth.items() if kib > GROWTH_KIB]
    sent = f"{ROUNDS * len(CORPUS)} malformed frames and {LONG.max_examples} random clients of 50 steps"
    return Verdict(f"{sent}; the workers grew by {max(growth.values()) / 1024:.1f} MiB at most", faults)


def _odd_ends(target: Target) -> list[tuple[str, int]]:
    ends = [(name, target.end_after(entry)) for _ in range(ROUNDS) for name, entry in CORPUS.items()]
    return [(name, end) for name, end in ends if end not in CORPUS[name].ends]
