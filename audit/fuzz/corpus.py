"""Frames that no client should send, and how a socket may end that sent them."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass

from audit.fuzz.wire import frame

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
OPEN = 0
"""In the place of a close code: the socket stays open."""


@dataclass(frozen=True)
class Entry:
    """`ends` are the close codes that are right; `OPEN` where the socket stays usable."""

    data: Callable[[], bytes]
    ends: set[int]


def _text(text: str | bytes, *ends: int) -> Entry:
    return Entry(lambda: frame(text if isinstance(text, bytes) else text.encode()), set(ends))


def _raw(data: Callable[[], bytes], *ends: int) -> Entry:
    return Entry(data, set(ends))


def _close(payload: bytes, *ends: int) -> Entry:
    return Entry(lambda: frame(payload, opcode=CLOSE), set(ends))


def _command(**fields: object) -> str:
    return json.dumps({"type": "room.open", "ref": "x", **fields})


_FIELD = '{"type":"room.open","ref":"x","room":%s}'
_HALF = frame(b'{"type":"pi', fin=False)

CORPUS: dict[str, Entry] = {
    # -- JSON ---------------------------------------------------------------------------------------------------------
    "nesting 30,000 deep": _text("[" * 30_000, 4400),
    "objects 10,000 deep": _text('{"a":' * 10_000 + "1" + "}" * 10_000, 4400),
    "nesting inside a field": _text(_FIELD % ("[" * 15_000 + "]" * 15_000), OPEN, 4400),
    "three thousand keys": _text(json.dumps({"type": "ping", **{f"k{n}": n for n in range(3000)}}), OPEN),
    "ten thousand digits": _text(_FIELD % ("9" * 10_000), OPEN, 4400),
    "a fraction of many digits": _text(_FIELD % ("1." + "3" * 10_000), OPEN),
    "a huge exponent": _text(_FIELD % "1e999999999", OPEN, 4400),
    "not a number": _text(_FIELD % "NaN", OPEN, 4400),
    "infinity": _text(_FIELD % "-Infinity", OPEN, 4400),
    "2 to the 53rd": _text(_command(room=2**53), OPEN),
    "2 to the 64th": _text(_command(room=2**64), OPEN),
    "a negative room": _text(_command(room=-(2**63)), OPEN),
    "the same key twice": _text('{"type":"ping","type":"room.open","room":1,"ref":"x"}', OPEN, 4400),
    "an object where text is due": _text('{"type":{"$ne":null}}', 4400),
    "an object where a key is due": _text(_command(room={"$gt": 0}), OPEN),
    "text after the command": _text('{"type":"ping"} {"type":"ping"}', 4400),
    "a byte order mark": _text(b'\xef\xbb\xbf{"type":"ping"}', 4400),
    "a lone surrogate": _text('{"type":"message.send","room":1,"key":"x","body":"\\ud800"}', OPEN),
    "a NUL": _text('{"type":"message.send","room":1,"key":"x","body":"\\u0000"}', OPEN),
    "nothing": _text("", 4400),
    "white space": _text(" \n\t", 4400),
    "a prototype": _text('{"type":"__proto__","__proto__":{"x":1}}', 4400),
    # -- WebSocket ----------------------------------------------------------------------------------------------------
    "one byte too many": _text("x" * 65_537, 1009),
    "a mebibyte": _text("x" * 2**20, 1009),
    "a length of 2 to the 62nd": _raw(lambda: b"\x81\xff" + struct.pack("!Q", 2**62) + b"\0\0\0\0", 1002, 1009),
    "a length of 2 to the 63rd": _raw(lambda: b"\x81\xff" + struct.pack("!Q", 2**63) + b"\0\0\0\0", 1002, 1009),
    "a length written too long": _raw(lambda: b"\x81\xfe\x00\x05\0\0\0\0hello", 1002),
    "fragments beyond the bound": _raw(lambda: _HALF + frame(b"x" * 40_000, opcode=0, fin=False) * 3, 1009),
    "twenty thousand empty fragments": _raw(
        lambda: frame(b"", fin=False) + frame(b"", opcode=0, fin=False) * 20_000 + frame(b"", opcode=0),
        1002,
        1008,
        4400,
    ),
    "a continuation of nothing": _raw(lambda: frame(b"x", opcode=CONTINUATION), 1002),
    "a new message inside another": _raw(lambda: _HALF + frame(b"x"), 1002),
    "invalid UTF-8": _text(b"\xff\xfe\xfd", 1007),
    "UTF-8 cut short": _text(b'{"type":"ping"}\xf0\x9f\x98', 1007),
    "an overlong slash": _text(b"\xc0\xaf", 1007),
    "an encoded surrogate": _text(b"\xed\xa0\x80", 1007),
    "binary": _raw(lambda: frame(b'{"type":"ping"}', opcode=BINARY), 4400),
    "not masked": _raw(lambda: frame(b'{"type":"ping"}', masked=False), 1002),
    "a reserved opcode": _raw(lambda: frame(b"x", opcode=3), 1002),
    "a reserved control opcode": _raw(lambda: frame(b"x", opcode=11), 1002),
    "compressed, though not agreed on": _raw(lambda: frame(b"\x2a\x2d\x2e\x01\x00", rsv=4), 1002),
    "all reserved bits": _raw(lambda: frame(b"x", rsv=7), 1002),
    "a ping too long": _raw(lambda: frame(b"x" * 126, opcode=PING), 1002),
    "a ping in fragments": _raw(lambda: frame(b"x", opcode=PING, fin=False), 1002),
    "a hundred pings": _raw(lambda: frame(b"x" * 125, opcode=PING) * 100, OPEN),
    "a thousand pings": _raw(lambda: frame(b"x" * 125, opcode=PING) * 1000, 4400),
    "pongs nobody asked for": _raw(lambda: frame(b"x" * 125, opcode=PONG) * 100, OPEN),
    "a thousand pongs": _raw(lambda: frame(b"x" * 125, opcode=PONG) * 1000, 4400),
    "a ping between fragments": _raw(lambda: _HALF + frame(b"", opcode=PING) + frame(b'ng"}', opcode=0), OPEN),
    "a close of one byte": _close(b"\x03", 1002),
    "a close with a code of 0": _close(b"\x00\x00", 1002),
    "a close with 1005": _close(struct.pack("!H", 1005), 1002),
    "a close with 65535": _close(b"\xff\xff", 1002),
    "a close with a bad reason": _close(struct.pack("!H", 1000) + b"\xff", 1007, 1002),
    "a close too long": _close(struct.pack("!H", 1000) + b"x" * 200, 1002),
    "a good close": _close(struct.pack("!H", 1000), 1000),
    "a close and then a command": _raw(lambda: frame(struct.pack("!H", 1000), opcode=CLOSE) + frame(b"{}"), 1000),
    "HTTP": _raw(lambda: b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 1002),
    "TLS": _raw(lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600), 1002),
}
