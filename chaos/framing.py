"""A WebSocket's bytes as frames, also where they end in the middle of one."""

from collections.abc import Iterator
from dataclasses import dataclass

KINDS = {0x81, 0x82, 0x88, 0x89, 0x8A}
"""The first byte of an unfragmented text, binary, close, ping and pong frame."""
MASKED = 0x80
WIDE = {126: 2, 127: 8}
"""How many bytes the length has, where its first byte says that more follow."""


@dataclass(frozen=True, kw_only=True)
class WireFrame:
    """Begins and ends so many bytes from the first. `text`: what it carries, unmasked, as far as it is there."""

    begin: int
    end: int
    text: bytes
    whole: bool


def frames(data: bytes) -> Iterator[WireFrame]:
    """The frames of bytes that begin with one, the last of which may be torn; none from bytes on that begin none."""
    begin = 0
    while begin < len(data) and data[begin] in KINDS:
        frame = _frame(data, begin)
        yield frame
        begin = frame.end


def middle_of(word: bytes, data: bytes) -> int | None:
    """How many bytes there are up to the middle of what follows that word in its frame.

    None where nothing but whole frames is not what there is, or none says the word and goes on.
    """
    found = list(frames(data))
    if not found or not found[-1].whole or found[-1].end != len(data):
        return None
    for frame in found:
        said = frame.text.find(word)
        after = len(frame.text) - said - len(word)
        if said >= 0 and after > 1:
            return frame.end - after // 2
    return None


def is_torn(word: bytes, data: bytes) -> bool:
    """Whether these bytes end in the middle of a frame that had said the word by then."""
    *_, last = [None, *frames(data)]
    return last is not None and not last.whole and word in last.text


def _frame(data: bytes, begin: int) -> WireFrame:
    second = data[begin + 1] if begin + 1 < len(data) else 0
    short, body = second & ~MASKED, begin + 2
    wide = WIDE.get(short, 0)
    size = int.from_bytes(data[body : body + wide]) if wide else short
    body += wide
    mask = data[body : body + 4] if second & MASKED else b""
    body += 4 if second & MASKED else 0
    carried = data[body : body + size]
    text = bytes(byte ^ mask[place % 4] for place, byte in enumerate(carried)) if mask else carried
    # Where not even the head is there, what it says of the length is not to be believed.
    end = body + size
    return WireFrame(begin=begin, end=end, text=text, whole=begin + 1 < len(data) and end <= len(data))
