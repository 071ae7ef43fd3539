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


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The computer and the versions of what takes part."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    versions: dict[str, str]


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


class Others:
    """How much of the processors programs other than this one and its children use, from now on."""

    def __init__(self) -> None:
        self._begun, self._idle, self._own = time.monotonic(), _idle_seconds(), _own_seconds()

    def share(self) -> float:
        """Of all cores, until now; children count once they have ended."""
        available = (time.monotonic() - self._begun) * len(os.sched_getaffinity(0))
        used = available - (_idle_seconds() - self._idle) - (_own_seconds() - self._own)
        return min(1.0, max(0.0, used / available))


def _idle_seconds() -> float:
    ticks = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name.removeprefix("cpu").isdigit() and int(name[3:]) in os.sched_getaffinity(0):
            ticks += int(fields[3]) + int(fields[4])
    return ticks / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
