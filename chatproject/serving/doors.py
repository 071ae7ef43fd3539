"""Which workers' UNIX sockets let a proxy in: those that somebody serves.

The master keeps every socket open, and with it the queue of those who connect. To a proxy the queue of a worker that is
gone looks like a worker with nothing to do: least_conn would send everybody there, to wait for a successor to load. So
while another worker serves, such a socket's path leads to one that nobody listens on: the proxy is refused at once and
tries the other. Where nobody serves at all a queue is better than a refusal.
"""

import logging
import mmap
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatproject.serving import slots

MOST = 256

logger = logging.getLogger(__name__)


class Doors:
    """The paths of the sockets, and who serves them, in memory that the master shares with its workers.

    Whoever changes something there arranges all paths anew, and workers do so every second besides: those who disagree
    for a moment leave too few paths open, never none, for whoever closes the last one opens all. Does nothing where
    workers share what they listen on.
    """

    def __init__(self) -> None:
        self._paths: list[Path] = []
        # The age of the youngest worker that serves each; 0: nobody.
        self._serving = memoryview(mmap.mmap(-1, 8 * MOST)).cast("Q")
        self._told = False

    def build(self, addresses: Sequence[Any]) -> None:
        """In the master, when its sockets listen and before it forks anybody."""
        self._paths = [Path(address).absolute() for address in addresses] if slots.are_apart(addresses) else []
        for path in self._paths:
            _kept(path).unlink(missing_ok=True)
            os.link(path, _kept(path))

    def open(self, worker: Any) -> None:
        """This worker serves its socket. To be said again every second."""
        if (number := self._number(worker)) is not None:
            self._serving[number] = max(self._serving[number], worker.age)
            self._arrange()

    def close(self, worker: Any) -> None:
        """This worker leaves, or is gone. A younger one's door stays open."""
        if (number := self._number(worker)) is not None:
            if self._serving[number] == worker.age:
                self._serving[number] = 0
            self._arrange()

    def remove(self) -> None:
        """In the master, at its end."""
        for path in self._paths:
            _kept(path).unlink(missing_ok=True)

    def _number(self, worker: Any) -> int | None:
        return self._paths.index(Path(worker.sockets[0].cfg_addr).absolute()) if self._paths else None

    def _arrange(self) -> None:
        served = [bool(self._serving[number]) for number in range(len(self._paths))]
        try:
            for path, is_served in zip(self._paths, served, strict=True):
                _lead(path, in_=is_served or not any(served))
        except FileNotFoundError:
            # The master removes its sockets before its workers leave.
            return
        except OSError as failure:
            if not self._told:
                self._told = True
                logger.warning("A proxy may wait for workers that are gone: %s", failure)


def _lead(path: Path, *, in_: bool) -> None:
    kept = _kept(path)
    if path.samefile(kept) == in_:
        return
    spare = path.with_name(f"{path.name}.{os.getpid()}")
    # A process of this number may have been killed before it was done.
    spare.unlink(missing_ok=True)
    if in_:
        os.link(kept, spare)
    else:
        os.mknod(spare, stat.S_IFSOCK)
        # The mode a successor will find there, and give to what is there by then.
        spare.chmod(stat.S_IMODE(kept.stat().st_mode))
    # In one step: a proxy that looks meanwhile finds the one or the other.
    spare.replace(path)
    # Where somebody else was quicker, both are names of the same socket, and the replacing did nothing.
    spare.unlink(missing_ok=True)


def _kept(path: Path) -> Path:
    """Another name of the socket, which it keeps."""
    return path.with_name(f"{path.name}.kept")


# Made once, in the master, by whoever imports this first.
doors = Doors()
