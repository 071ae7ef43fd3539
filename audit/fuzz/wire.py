"""A WebSocket client that sends what no client should."""

import os
import socket
import struct
from collections.abc import Callable
from types import TracebackType

SECONDS = 10.0


class Rude:
    """A connection that has been upgraded, on which any bytes can be sent."""

    def __init__(self, host: str, *, session: str) -> None:
        address, _, port = host.rpartition(":")
        self._stream = socket.create_connection((address, int(port)), SECONDS)
        self._stream.sendall(
            f"GET /ws/ HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: sessionid={session}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n".encode()
        )
        self._file = self._stream.makefile("rb")
        status = self._file.readline()
        if b" 101 " not in status:
            raise ConnectionError(f"not upgraded: {status!r}")
        while self._file.readline() != b"\r\n":
            pass

    def send(self, data: bytes) -> bool:
        """Send bytes as they are. False where the other side takes no more."""
        try:
            self._stream.sendall(data)
        except OSError:
            return False
        return True

    def receive(self) -> tuple[int, bytes]:
        """The opcode and payload of the next frame. Raises EOFError at the end, TimeoutError after ten seconds."""
        head = self._exactly(2)
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
        return head[0] & 0x0F, self._exactly(size)

    def end(self, *, until: Callable[[bytes], bool] = lambda _: False) -> int:
        """The close code that comes in the end, 1006 where the connection breaks without one; 0 at a text like that."""
        try:
            while True:
                opcode, payload = self.receive()
                if opcode == 1 and until(payload):
                    return 0
                if opcode == 8:
                    return int(struct.unpack("!H", payload[:2])[0]) if payload else 1005
        except (EOFError, ConnectionError):
            return 1006

    def close(self) -> None:
        """Go without a word."""
        self._file.close()
        self._stream.close()

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def __enter__(self) -> "Rude":
        return self

    def __exit__(self, kind: type | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def frame(payload: bytes, *, opcode: int = 1, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A frame that may break any rule but the one on how its length is written."""
    head = bytes([(fin << 7) | (rsv << 4) | opcode])
    size, mark = len(payload), 0x80 if masked else 0
    if size < 126:
        head += bytes([mark | size])
    elif size < 65536:
        head += bytes([mark | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([mark | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    pad = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")
