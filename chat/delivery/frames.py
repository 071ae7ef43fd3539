from functools import cached_property


class Frame:
    """One encoded event, framed for the WebSocket once, however many sockets it goes to."""

    __slots__ = ("__dict__", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text

    @cached_property
    def wire(self) -> bytes:
        """The text as one unmasked, final text frame (RFC 6455, section 5.2)."""
        size = len(self.text)
        if size < 126:
            return bytes((0x81, size)) + self.text
        if size < 65536:
            return b"\x81\x7e" + size.to_bytes(2, "big") + self.text
        return b"\x81\x7f" + size.to_bytes(8, "big") + self.text
