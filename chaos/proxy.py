"""A hop on the way that can be slow, silent, broken or gone: what a kernel without traffic control cannot do."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakSet

CHUNK = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Flow:
    """What happens to bytes in one direction. Changes take effect at once, on connections that are open too."""

    delay: float = 0.0
    """Seconds each byte is under way."""
    rate: float | None = None
    """Bytes a second, one at a time; None: as they come."""
    swallows: bool = False
    """A black hole: bytes are taken and never arrive, and nobody is told."""
    cut_after: int | None = None
    """Reset the connection when this many more bytes have passed."""
    cut_on: bytes | None = None
    """Let the bytes that contain this through, and reset the connection at the first answer to them."""
    half_closed: "WeakSet[asyncio.StreamWriter]" = field(default_factory=WeakSet)
    """Ends that were told that no more will come."""
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: nothing is read any more, and the sender's buffers fill."""

    def __post_init__(self) -> None:
        self.flowing.set()


@dataclass(eq=False)
class Pair:
    """A client's connection and ours to the server."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_marked: bool = False
    """Whether the next answer is to be cut off."""


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

    def heal(self) -> None:
        """No fault from now on."""
        self.refuses = False
        for flow in (self.up, self.down):
            flow.delay, flow.rate, flow.swallows, flow.cut_after, flow.cut_on = 0.0, None, False, None, None
            flow.flowing.set()

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
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(16)
        async with asyncio.TaskGroup() as both:
            delivery = both.create_task(_deliver(line, writer, flow))
            while True:
                await flow.flowing.wait()
                data = await _read(reader)
                await flow.flowing.wait()
                if data and self._is_cut(pair, data, flow):
                    self.cuts += 1
                    _reset(pair)
                    data = b""
                if not flow.swallows:
                    await line.put((loop.time() + flow.delay, data))
                if not data:
                    break
            if flow.swallows:
                delivery.cancel()

    def _is_cut(self, pair: Pair, data: bytes, flow: Flow) -> bool:
        if flow is self.down and pair.is_marked:
            return True
        if flow.cut_on is not None and flow.cut_on in data:
            pair.is_marked = True
        if flow.cut_after is not None:
            flow.cut_after -= len(data)
            return flow.cut_after <= 0
        return False


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(CHUNK)
    except OSError:
        return b""


async def _deliver(line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, flow: Flow) -> None:
    """Until the end comes down the line. What cannot be written any more is dropped, as on a cut wire."""
    loop = asyncio.get_running_loop()
    while True:
        due, data = await line.get()
        await asyncio.sleep(due - loop.time())
        if not data:
            break
        pieces = [data] if flow.rate is None else [data[n : n + 1] for n in range(len(data))]
        for piece in pieces:
            # An end that we half-closed takes nothing more; the other does not know.
            if not writer.transport.is_closing() and writer not in flow.half_closed:
                writer.write(piece)
                with suppress(OSError):
                    await writer.drain()
            if flow.rate is not None:
                await asyncio.sleep(1 / flow.rate)
    if writer.can_write_eof() and not writer.transport.is_closing():
        with suppress(OSError):
            writer.write_eof()


def _reset(pair: Pair) -> None:
    _abort(pair.client)
    _abort(pair.server)


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    # Without lingering, closing sends a RST. A UNIX socket has none.
    if raw is not None and raw.fileno() >= 0 and raw.family != socket.AF_UNIX:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
