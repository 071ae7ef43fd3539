"""Clients that do not read, and clients whose bytes take their time."""

import asyncio
import re
import socket
import time
from collections.abc import Awaitable, Callable
from math import inf

from chaos import measures
from chaos.faults.fault import Fault
from chaos.faults.network import ThroughProxy, sent_by
from chaos.figure import quantile
from chaos.proxy import Streams
from chaos.scene import Scene, every
from chat.limits import Limits

NARROW, SEGMENT = 4_096, 536
SLOW = 0.4
"""Seconds that no slow client's send is answered in: a quarter for the command's bytes, and the delay of the answer."""
LET_GO = 50.0
"""Seconds in which the server must have let go of all who do not read, or hardly."""
READ_OUT = 20.0
"""Seconds in which they have read what is left: after 25 they leave by themselves."""
BACK = 60.0
"""Seconds in which they are level again."""
LIMIT = Limits().outbound_bytes
WAY = 800_000
"""Bytes between a worker and us: a UNIX socket's 213 kB, nginx, a narrow TCP connection, and one frame more."""
FLOOD = 4 * (LIMIT + WAY)
"""Bytes that each is sent: what would wait if anything might."""
LONG = "\u9418" * 7_500
"""Three bytes a character on the way to clients, and no more than fit in a frame on the way from one."""
TOLD = 2 * len(LONG.encode())
"""Bytes of it that each client is told: text and HTML."""
KEPT = 6_000_000
"""Bytes that workers take besides: batches under way, and what the allocator does not give back."""


class SlowReaders(ThroughProxy):
    number, title = 23, "ten clients that do not read, and then read a byte at a time, in busy rooms"
    promise = "what waits for a slow reader is bounded: it is closed, and comes back; the others do not notice"
    shown = ("closed for not reading", "closed while dripping", "workers grew by", "delivery p95 of the others")
    seconds = 4.0
    """Of long messages that everybody reads: what they fill is there before, and no part of what is measured."""
    stale_after = 100.0
    """They are behind for as long as they do not read."""

    async def strike(self, scene: Scene) -> None:
        await every(0.5, scene.seconds, lambda: self._long_messages(scene))
        await self._come_by(scene, narrow)
        self._grown = 0
        async with scene.fault("nobody reads"):
            for proxy in self.proxies:
                proxy.down.flowing.clear()
            self._closed = await self._flood(scene)
            for proxy in self.proxies:
                proxy.down.flowing.set()
            await self._read_out()
        # By a narrow way they would fall behind again: they have megabytes to catch up on.
        await self._come_by(scene, wide)
        await self._come_by(scene, narrow)
        async with scene.fault("one byte at a time"):
            for proxy in self.proxies:
                proxy.down.rate = 200.0
            begun = time.monotonic()
            self._dripped = await self._flood(scene)
            self._let_go = time.monotonic() - begun
            for proxy in self.proxies:
                proxy.heal()
            await self._come_by(scene, wide)

    async def _long_messages(self, scene: Scene) -> int:
        """One from each of the others, at once: who takes nothing for ten seconds is closed, however little waits.

        How many bytes of them each client is told.
        """
        await asyncio.gather(*(tab.outbox.send(scene.random.choice(scene.rooms), LONG) for tab in self.near))
        return TOLD * len(self.near)

    async def _come_by(self, scene: Scene, way: Callable[[Scene], Awaitable[Streams]]) -> None:
        """Have those who are slow connect anew by this way, and return when they are level."""
        for proxy in self.proxies:
            proxy.redirect(lambda: way(scene))
        await asyncio.gather(*(tab.drop() for tab in self.far))
        for tab in self.far:
            tab.hurry()
        rooms = [timeline for tab in self.far for timeline in tab.rooms.values()]
        await scene.until(lambda: all(room.settled.is_set() for room in rooms), within=BACK, what="they are back")

    async def _flood(self, scene: Scene) -> float:
        """How many of those who are slow the server lets go of; they doze meanwhile."""
        # Awake they would miss the server's signs of life, and leave by themselves.
        for tab in self.far:
            tab.doze()
        begun, before, sent, left = time.monotonic(), scene.stack.memory(), 0, inf
        while sent < FLOOD or (left > len(self.near) and time.monotonic() - begun < LET_GO):
            sent += await self._long_messages(scene)
            left = await _sockets(scene)
            self._grown = max(self._grown, scene.stack.memory() - before)
        return len(self.near) + len(self.far) - left

    async def _read_out(self) -> None:
        """Those who did not read go on with what is left, and come to the end that the server made."""
        wires = {tab: tab.wire for tab in self.far}
        begun = time.monotonic()
        for tab in self.far:
            tab.wake()
        while any(tab.wire is wire for tab, wire in wires.items()) and time.monotonic() - begun < READ_OUT:
            await asyncio.sleep(0.05)
        self._read = sum(tab.wire is not wire for tab, wire in wires.items())

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure("closed for not reading", self._closed, at_least=len(self.far))
        scene.measure("came to the end", self._read, at_least=len(self.far))
        scene.measure("closed while dripping", self._dripped, at_least=len(self.far))
        scene.measure("dripping clients closed after", self._let_go, unit="s", at_most=LET_GO)
        bound = len(self.far) * LIMIT + KEPT
        scene.measure("workers grew by", self._grown / 1e6, unit="MB", at_most=bound / 1e6)


class SlowSenders(ThroughProxy):
    number, title = 31, "clients whose every byte takes its time"
    promise = "a drop in the bucket: only they are slow"
    shown = ("ack p50 of the slow", "delivery p95 of the others", "slowest delivery", "recovery p95")
    seconds = 12.0

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("600 bytes a second up, 0.2 s delay"):
            for proxy in self.proxies:
                proxy.up.rate, proxy.down.delay = 600.0, 0.2
            await asyncio.sleep(scene.seconds)
            for proxy in self.proxies:
                proxy.heal()

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        [spell] = scene.result.spells
        acks = measures.acks(sent_by(scene.case, self.far))
        slow = measures.within(acks, scene.begun + spell.begin, scene.begun + spell.end)
        scene.measure("ack p50 of the slow", quantile(slow, 0.5), unit="s", at_least=SLOW)


async def _sockets(scene: Scene) -> float:
    """How many sockets the workers count."""
    answer = await scene.stack.site.call("GET", "/metrics")
    found = re.search(r"^parley_sockets (\S+)$", answer.body.decode(), re.MULTILINE)
    assert found is not None
    return float(found[1])


async def wide(scene: Scene) -> Streams:
    """The way to the server that others have."""
    address, _, port = scene.stack.host.rpartition(":")
    return await asyncio.open_connection(address, int(port))


async def narrow(scene: Scene) -> Streams:
    """A way to the server on which little is under way: the kernel's buffers hold megabytes else."""
    address, _, port = scene.stack.host.rpartition(":")
    raw = socket.socket()
    raw.setblocking(False)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
    # On the loopback a segment is 64 kB, and the sender's buffer room for twenty.
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    await asyncio.get_running_loop().sock_connect(raw, (address, int(port)))
    return await asyncio.open_connection(sock=raw, limit=NARROW)


ALL: list[type[Fault]] = [SlowReaders, SlowSenders]
