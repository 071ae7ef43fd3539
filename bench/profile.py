"""Where a process spends its CPU time, sampled by py-spy."""

import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import cores
from bench.places import PEER_PYTHON

SAMPLES_PER_SECOND = 200
SHOWN = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Hot:
    """A function and its share of the samples: in itself, and with what it calls."""

    function: str
    own: float
    total: float


@dataclass
class Profile:
    """Filled when the sampling ends; stays empty where the system does not let a process be looked into."""

    hot: list[Hot] = field(default_factory=list)
    why_not: str = ""


@contextmanager
def sampling(pid: int, *, seconds: float, delay: float = 0.0) -> Iterator[Profile]:
    """Sample the process for so long, after a delay; the profile is complete when the block ends.

    Only what runs Python is sampled: a thread that waits, or is in the kernel, is not.
    """
    profile = Profile()
    with tempfile.NamedTemporaryFile(suffix=".folded") as stacks:
        command = [str(PEER_PYTHON.with_name("py-spy")), "record", "--pid", str(pid), "--format", "raw"]
        command += [
            "--rate",
            str(SAMPLES_PER_SECOND),
            "--duration",
            str(max(1, round(seconds))),
            "--nonblocking",
            "--gil",
        ]
        where = [
            "sh",
            "-c",
            'sleep "$1"; shift; exec taskset -c "$@"',
            "sh",
            str(delay),
            ",".join(map(str, cores.for_load())),
        ]
        spy = subprocess.Popen(  # noqa: S603
            [*where, *command, "--output", stacks.name], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        yield profile
        _, said = spy.communicate(timeout=seconds + delay + 60)
        if spy.returncode == 0:
            profile.hot = hottest(Path(stacks.name).read_text())
        else:
            profile.why_not = said.strip()[-300:]


def hottest(folded: str) -> list[Hot]:
    """From stacks in the folded format: the functions with the most samples of their own, and the product's own
    functions with the most in all; by their samples in all.
    """
    own, total, samples = Counter[str](), Counter[str](), 0
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [_function(frame) for frame in stack.split(";")]
        samples += int(count)
        own[frames[-1]] += int(count)
        total.update({frame: int(count) for frame in set(frames)})
    product = Counter({function: count for function, count in total.items() if _is_product(function)})
    shown = {function for counter in (own, product) for function, _ in counter.most_common(SHOWN)}
    return [
        Hot(function=function, own=own[function] / samples, total=total[function] / samples)
        for function in sorted(shown, key=lambda each: (-total[each], each))
    ]


def _function(frame: str) -> str:
    """`write (chatproject/serving/protocol.py:44)` without the line."""
    name, _, place = frame.partition(" (")
    return (
        f"{name or 'native code'} ({place.rpartition(':')[0] or place.rstrip(')')})" if place else name or "native code"
    )


def _is_product(function: str) -> bool:
    # Everything on the event loop is called by the worker's own few functions.
    return " (chat/" in function or (" (chatproject/" in function and "serving/worker.py" not in function)
