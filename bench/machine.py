"""What the measurements were made on."""

import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench.contestants.stores import postgres_programs
from bench.places import PEER_PYTHON

PACKAGES = (
    "Django",
    "channels",
    "channels-redis",
    "daphne",
    "Twisted",
    "autobahn",
    "redis",
    "uvloop",
    "gunicorn",
    "psycopg",
)
PEER_PACKAGES = ("fastapi", "uvicorn", "httptools", "websockets")
WATCH_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Machine:
    """`busy_before` is the share of all cores that others used just before the run."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    versions: dict[str, str]
    busy_before: float


def describe() -> Machine:
    cpuinfo = Path("/proc/cpuinfo").read_text()
    names = [line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=names[0] if names else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(pages / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        versions=_versions(),
        busy_before=round(_busy(), 3),
    )


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in PACKAGES}
    code = f"from importlib.metadata import version\nfor each in {PEER_PACKAGES!r}: print(each, version(each))"
    found |= dict(line.split() for line in _said(str(PEER_PYTHON), "-c", code).splitlines())
    programs = postgres_programs()
    for name, program in {
        "node": shutil.which("node"),
        "redis-server": shutil.which("redis-server"),
        "postgres": str(programs / "postgres") if programs else None,
    }.items():
        if program:
            found[name] = _said(program, "--version").strip()
    return found


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


def _busy() -> float:
    before, begun = _idle_seconds(), time.monotonic()
    time.sleep(WATCH_SECONDS)
    available = (time.monotonic() - begun) * len(os.sched_getaffinity(0))
    return max(0.0, 1 - (_idle_seconds() - before) / available)


def _idle_seconds() -> float:
    ticks = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name.removeprefix("cpu").isdigit() and int(name[3:]) in os.sched_getaffinity(0):
            ticks += int(fields[3]) + int(fields[4])
    return ticks / os.sysconf("SC_CLK_TCK")
