"""A hop on the way that can be slow, silent, broken or gone: what a kernel without traffic control cannot do."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from chaos.flow import Flow, Line, arrived, deliver, read

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(eq=False)
class Pair:
    """A client's connection and ours to the server."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_marked: bool = False
    """Whether the next answer is to be cut off."""
    is_lost: bool = False
    """Whether the way forgot it: what either end sends is swallowed."""


class FaultProxy:
    """Listens on a free loopback port and hands on to what `connect` reaches, through `up` and `down`."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self.up, self.down = Flow(), Flow()
        self.refuses = False
        """New connections are reset."""
        self.cuts = 0
        """Connections cut by a rule of a flow."""
        self._connect = connect
        self.pairs: set[Pair] = set()
        """The connections to the server that are open."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def host(self) -> str:
        """`address:port`."""
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Reset what is open and listen no more."""
        if self._server is not None:
            self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def redirect(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        """Lead new connections elsewhere; those that are open stay."""
        self._connect = connect

    def reset(self) -> None:
        """Break every connection with a RST to both ends."""
        for pair in list(self.pairs):
            _reset(pair)

    def half_close(self) -> None:
        """Tell every client that no more will come, and go on taking what it sends."""
        for pair in self.pairs:
            with suppress(OSError):
                pair.client.write_eof()
                self.down.half_closed.add(pair.client)

    def lose(self) -> None:
        """Forget every connection that is open, for good and without a word to either end; new ones pass."""
        for pair in self.pairs:
            pair.is_lost = True

    def heal(self) -> None:
        """No fault from now on."""
        self.refuses = False
        for flow in (self.up, self.down):
            flow.heal()

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.refuses:
                raise ConnectionRefusedError
            far_reader, far_writer = await self._connect()
        except OSError:
            _abort(writer)
            return
        pair = Pair(client=writer, server=far_writer)
        self.pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(pair, reader, far_writer, self.up))
                both.create_task(self._carry(pair, far_reader, writer, self.down))
        finally:
            self.pairs.discard(pair)
            writer.close()
            far_writer.close()

    async def _carry(self, pair: Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        # Bounded: an end that does not read holds up the other, as without us.
        line: Line = asyncio.Queue(16)
        async with asyncio.TaskGroup() as both:
            delivery = both.create_task(deliver(line, writer, flow))
            while True:
                await flow.flowing.wait()
                data = await read(reader)
                await flow.flowing.wait()
                last = self._last(pair, data, flow) if data and not pair.is_lost else None
                if last is not None:
                    await self._cut(pair, last, line, writer, flow)
                    data = b""
                if not flow.swallows and not pair.is_lost:
                    await line.put((loop.time() + flow.delay, data))
                if not data:
                    break
            if flow.swallows or pair.is_lost:
                delivery.cancel()

    def _last(self, pair: Pair, data: bytes, flow: Flow) -> bytes | None:
        """What passes of this before the connection is cut; None where it is not."""
        if flow is self.down and pair.is_marked:
            return b""
        if flow.cut_on is not None and flow.cut_on in data:
            pair.is_marked = True
        return flow.passing(data)

    async def _cut(self, pair: Pair, last: bytes, line: Line, writer: asyncio.StreamWriter, flow: Flow) -> None:
        if last and not flow.swallows:
            await line.put((asyncio.get_running_loop().time() + flow.delay, last))
            await line.join()
        if await arrived(writer) and flow.reaches(writer):
            flow.last_pieces.append(last)
        self.cuts += 1
        _reset(pair)


def _reset(pair: Pair) -> None:
    _abort(pair.client)
    _abort(pair.server)


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    # Without lingering, closing sends a RST. A UNIX socket has none.
    if raw is not None and raw.fileno() >= 0 and raw.family != socket.AF_UNIX:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
