"""One direction of a way that can be slow, silent, broken or gone."""

import asyncio
import fcntl
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakSet

CHUNK = 65_536
LOOK_EVERY = 0.001

Line = asyncio.Queue[tuple[float, bytes]]
"""What is under way, each with the moment at which it is due; nothing is the end."""


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
    """Reset the connection at whose end the last of so many more bytes has arrived; once."""
    aim: Callable[[bytes], int | None] | None = None
    """Asked of what comes, until it names a number for `cut_after`, counted from the first byte of that."""
    cut_on: bytes | None = None
    """Let the bytes that contain this through, and reset the connection at the first answer to them."""
    last_pieces: list[bytes] = field(default_factory=list)
    """What came as one and still passed, of the bytes before each of those cuts."""
    half_closed: "WeakSet[asyncio.StreamWriter]" = field(default_factory=WeakSet)
    """Ends that were told that no more will come."""
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: nothing is read any more, and the sender's buffers fill."""

    def __post_init__(self) -> None:
        self.flowing.set()

    def heal(self) -> None:
        """No fault from now on."""
        self.delay, self.rate, self.swallows = 0.0, None, False
        self.cut_after = self.aim = self.cut_on = None
        self.flowing.set()

    def passing(self, data: bytes) -> bytes | None:
        """What passes of this before a cut; None where none comes yet."""
        if self.aim is not None and (place := self.aim(data)) is not None:
            self.aim, self.cut_after = None, place
        if self.cut_after is None:
            return None
        passed, self.cut_after = data[: self.cut_after], self.cut_after - len(data)
        if self.cut_after > 0:
            return None
        self.cut_after = None
        return passed

    def reaches(self, writer: asyncio.StreamWriter) -> bool:
        """Whether what is written to this end arrives there."""
        return not self.swallows and writer not in self.half_closed


async def read(reader: asyncio.StreamReader) -> bytes:
    """What comes next; nothing at the end, of whatever kind."""
    try:
        return await reader.read(CHUNK)
    except OSError:
        return b""


async def deliver(line: Line, writer: asyncio.StreamWriter, flow: Flow) -> None:
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
        line.task_done()
    if writer.can_write_eof() and not writer.transport.is_closing():
        with suppress(OSError):
            writer.write_eof()


async def arrived(writer: asyncio.StreamWriter) -> bool:
    """Wait until the other end's kernel has all that was written: a RST overtakes it. False where it ended before."""
    while not writer.transport.is_closing():
        if not writer.transport.get_write_buffer_size() and not _under_way(writer):
            return True
        # The kernel tells nobody.
        await asyncio.sleep(LOOK_EVERY)
    return False


def _under_way(writer: asyncio.StreamWriter) -> int:
    """Bytes that the kernel has sent to nobody, or that nobody has acknowledged."""
    raw = writer.get_extra_info("socket")
    return int.from_bytes(fcntl.ioctl(raw.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
