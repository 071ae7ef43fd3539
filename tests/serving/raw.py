"""A WebSocket client that reads when it is told to, and no more than that."""

import os
from pathlib import Path
from types import TracebackType

from tests.serving.gunicorns import connect

HANDSHAKE = (
    b"GET /raw HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class RawSocket:
    """Open when made. `receive` returns the payload of one frame; `opcode` is that frame's."""

    def __init__(self, target: Path | int, *, path: str = "/raw", receive_buffer: int | None = None) -> None:
        self.stream = connect(target, receive_buffer=receive_buffer)
        self.stream.sendall(HANDSHAKE.replace(b"/raw", path.encode()))
        self.file = self.stream.makefile("rb", buffering=1024)
        while self.file.readline() != b"\r\n":
            pass
        self.opcode = 0

    def send(self, text: str) -> None:
        payload, mask = text.encode(), os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        assert len(payload) < 126
        self.stream.sendall(bytes([0x81, 0x80 | len(payload)]) + mask + masked)

    def send_much(self, text: str) -> None:
        """One frame of 126 to 65,535 bytes, under a mask that changes nothing."""
        payload = text.encode()
        self.stream.sendall(b"\x81\xfe" + len(payload).to_bytes(2, "big") + bytes(4) + payload)

    def receive(self) -> bytes:
        """Raises ConnectionError or EOFError when there is no more."""
        head = self._exactly(2)
        self.opcode, size = head[0] & 0x0F, head[1]
        if size == 126:
            size = int.from_bytes(self._exactly(2), "big")
        elif size == 127:
            size = int.from_bytes(self._exactly(8), "big")
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        data = self.file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, kind: type | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.file.close()
        self.stream.close()
