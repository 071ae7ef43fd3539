"""Which worker holds which connection, read from the kernel."""

import os
from contextlib import suppress
from pathlib import Path

ESTABLISHED = "01"
ACCEPTED = "03"


def peers_of(pid: int, port: int) -> set[int]:
    """The remote ports of a process's established IPv4 connections on a local port; empty where it has ended."""
    inodes = _socket_inodes(pid)
    peers: set[int] = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote, state, inode = fields[1], fields[2], fields[3], fields[9]
        if state == ESTABLISHED and _port(local) == port and inode in inodes:
            peers.add(_port(remote))
    return peers


def accepted_at(path: Path) -> int:
    """How many connections to a UNIX socket are open that its server has accepted."""
    lines = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return sum(fields[5] == ACCEPTED and fields[7:] == [str(path)] for fields in lines)


def _socket_inodes(pid: int) -> set[str]:
    inodes: set[str] = set()
    # The process, or any of its files, may be gone by the time it is looked at.
    with suppress(FileNotFoundError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(FileNotFoundError):
                target = os.readlink(f"/proc/{pid}/fd/{name}")
                if target.startswith("socket:["):
                    inodes.add(target[len("socket:[") : -1])
    return inodes


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
