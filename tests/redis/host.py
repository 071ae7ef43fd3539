"""A machine beside this one, for a Redis whose host can vanish."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Host:
    """Another network namespace, on a network with ours; its cable can be pulled: no refusal, no reset, not a word."""

    def __init__(self) -> None:
        mark = uuid.uuid4().hex[:6]
        self.name, self._ours, self._theirs = f"parley-{mark}", f"pa{mark}", f"pb{mark}"
        octet = int(mark[:2], 16)
        self.address, ours = f"10.213.{octet}.2", f"10.213.{octet}.1"
        self._ip("netns", "add", self.name)
        try:
            self._ip("link", "add", self._ours, "type", "veth", "peer", "name", self._theirs, "netns", self.name)
            self._ip("address", "add", f"{ours}/30", "dev", self._ours)
            self._ip("link", "set", self._ours, "up")
            self._ip("-n", self.name, "address", "add", f"{self.address}/30", "dev", self._theirs)
            self._ip("-n", self.name, "link", "set", self._theirs, "up")
            self._ip("-n", self.name, "link", "set", "lo", "up")
        except subprocess.CalledProcessError:
            self.remove()
            raise

    def vanish(self) -> None:
        self._ip("-n", self.name, "link", "set", self._theirs, "down")

    def appear(self) -> None:
        self._ip("-n", self.name, "link", "set", self._theirs, "up")

    def remove(self) -> None:
        self._ip("netns", "delete", self.name)

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=10)


@contextmanager
def beside() -> Iterator[Host]:
    """Such a machine; the test is left out where there can be none, and fails where nothing may be left out."""
    try:
        host = Host()
    except (OSError, subprocess.CalledProcessError):
        if os.environ.get("REQUIRE_ALL") == "1":
            raise
        pytest.skip("needs root, iproute2 and a kernel with network namespaces")
    try:
        yield host
    finally:
        host.remove()
