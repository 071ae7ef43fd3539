"""What a process holds."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def address_space(pid: int) -> int:
    """Bytes of addresses in use; 0 where the process has ended."""
    return _statm(pid, 0)


def resident(pid: int) -> int:
    """Bytes in memory; 0 where the process has ended."""
    return _statm(pid, 1)


def open_files(pid: int, *, beside: Path | None = None) -> int:
    """File descriptors, `beside` those of files in that directory; 0 where the process has ended."""
    return sum(beside is None or not target.startswith(f"{beside}/") for target in _targets(pid))


def files_limit(pid: int, *, room: int) -> int:
    """The RLIMIT_NOFILE under which it can open so many more files: a new one takes the lowest number that is free."""
    taken = {int(number) for number in os.listdir(f"/proc/{pid}/fd")}
    free = (number for number in count() if number not in taken)
    return next(islice(free, room, None))


def _targets(pid: int) -> Iterator[str]:
    directory = Path(f"/proc/{pid}/fd")
    with suppress(FileNotFoundError):
        for each in directory.iterdir():
            with suppress(FileNotFoundError):
                yield os.readlink(each)


def _statm(pid: int, field: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[field]) * PAGE
    except FileNotFoundError:
        return 0
