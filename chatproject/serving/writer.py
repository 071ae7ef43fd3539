from typing import Any


class Writer:
    """The way out of one socket for what many get; the application has it as `scope["extensions"]["parley.socket"]`.

    Whole WebSocket frames go straight into the kernel while it takes them: one call and no look at the protocol's
    state, which is what a busy room would otherwise spend most of its time on. `clear` says that this is possible: the
    socket is open and nothing waits before what is written now.
    """

    __slots__ = ("_protocol", "_send", "clear")

    def __init__(self, protocol: Any) -> None:
        self._protocol, self._send = protocol, protocol.transport.socket.send
        self.clear = False

    def write(self, frames: bytes) -> None:
        """Send the frames as they are, in order, without waiting. No effect while closing.

        Raises ValueError before the socket is accepted.
        """
        if self.clear:
            try:
                sent = self._send(frames)
            except OSError:
                sent = 0  # what failed is found out again below
            if sent == len(frames):
                return
            self.clear, frames = False, frames[sent:]
        self._protocol.write(frames)

    def close(self, code: int, reason: str) -> None:
        """Close with any code and up to 123 bytes of reason; before accepting: reject. No effect while closing."""
        self._protocol.close(code, reason)

    def buffered(self) -> int:
        """Bytes the kernel has not taken yet."""
        waiting: int = self._protocol.buffered()
        return waiting
