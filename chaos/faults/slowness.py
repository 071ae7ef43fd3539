"""Clients that do not read, and clients whose bytes take their time."""

import asyncio
import re
import socket
import time

from chaos import measures
from chaos.faults.fault import Fault
from chaos.faults.network import ThroughProxy, sent_by
from chaos.figure import quantile
from chaos.proxy import Streams
from chaos.scene import Scene, every

NARROW, SEGMENT = 4_096, 536
SLOW = 0.4
"""Seconds that no slow client's send is answered in: a quarter for the command's bytes, and the delay of the answer."""
LET_GO = 60.0
"""Seconds more in which the server must have let go of all who do not read."""


class SlowReaders(ThroughProxy):
    number, title = 23, "ten clients that do not read, and then read a byte at a time, in busy rooms"
    promise = "what waits for a slow reader is bounded: it is closed, and comes back; the others do not notice"
    shown = ("closed for not reading", "workers grew by", "delivery p95 of the others")
    seconds = 25.0
    stale_after = 100.0
    """They are behind for as long as they do not read."""

    async def gather(self, scene: Scene) -> None:
        for proxy in self.proxies:
            proxy.redirect(lambda: narrow(scene))
        await super().gather(scene)

    async def strike(self, scene: Scene) -> None:
        before = scene.stack.memory()
        told = {tab: len(tab.closes) for tab in self.far}
        async with scene.fault("nobody reads"):
            for proxy in self.proxies:
                proxy.down.flowing.clear()
            # Awake they would miss the server's signs of life, and leave by themselves.
            for tab in self.far:
                tab.doze()
            served = await _sockets(scene)
            await every(0.05, scene.seconds, lambda: self._long_message(scene))
            end = time.monotonic() + LET_GO
            while await _sockets(scene) > served - len(self.far) and time.monotonic() < end:
                await self._long_message(scene)
            self._grown = scene.stack.memory() - before
            for proxy in self.proxies:
                proxy.down.flowing.set()
            for tab in self.far:
                tab.wake()
            # They read what is left, and come to the end that the server made.
            await asyncio.sleep(5)
            self._closed = sum(len(tab.closes) > count for tab, count in told.items())
        async with scene.fault("one byte at a time"):
            for proxy in self.proxies:
                proxy.down.rate = 200.0
            await asyncio.sleep(4)
            for proxy in self.proxies:
                proxy.reset()
                proxy.heal()

    async def _long_message(self, scene: Scene) -> None:
        await scene.random.choice(self.near).outbox.send(scene.random.choice(scene.rooms), "long" * 1500)

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure("closed for not reading", self._closed, at_least=len(self.far))
        scene.measure("workers grew by", self._grown / 1e6, unit="MB", at_most=64.0)


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
