from collections.abc import Sequence


class Frame:
    """One or more encoded events, framed for the WebSocket once, however many sockets they go to.

    `wire` has each text as one unmasked, final text frame (RFC 6455, section 5.2), one after the other.
    """

    __slots__ = ("texts", "wire")

    def __init__(self, *texts: bytes) -> None:
        self.texts: Sequence[bytes] = texts
        self.wire = b"".join([part for text in texts for part in (_header(len(text)), text)])


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((0x81, size))
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big")
    return b"\x81\x7f" + size.to_bytes(8, "big")
