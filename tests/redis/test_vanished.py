"""The host of Redis vanishes: no refusal, no reset, not a word. In a network namespace of its own."""

import os
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from tests.redis.going_on import goes_on, is_as_before
from tests.redis.server import Server
from tests.redis.workers import Workers


class Host:
    """A machine beside this one, on a network of the two; its cable can be pulled."""

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


@pytest.fixture
def host() -> Iterator[Host]:
    try:
        host = Host()
    except (OSError, subprocess.CalledProcessError):
        if os.environ.get("REQUIRE_ALL") == "1":
            raise
        pytest.skip("needs root, iproute2 and a kernel with network namespaces")
    yield host
    host.remove()


async def test_the_host_vanishes_and_comes_back(host: Host) -> None:
    server, workers = Server(address=host.address, netns=host.name), Workers()
    server.start()
    try:
        await workers.start(server.url, server.url)
        host.vanish()
        await goes_on(workers, seconds=8)
        assert workers.unwell()
        host.appear()
        await is_as_before(workers)
    finally:
        await workers.stop()
        server.remove()
