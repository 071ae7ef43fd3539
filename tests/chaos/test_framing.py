"""The bytes of a WebSocket are told apart as frames, whole and torn."""

from random import Random

import pytest
from websockets.frames import Frame, Opcode

from chaos.framing import frames, is_torn, middle_of

TOLD = b'{"type":"message.changed","seq":1,"prev":0}'
PONG = b'{"type":"pong"}'


def text(payload: bytes, *, masked: bool = False) -> bytes:
    return Frame(Opcode.TEXT, payload).serialize(mask=masked)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_of_every_length_are_read(size: int, masked: bool) -> None:
    payload = Random(size).randbytes(size)
    data = text(payload, masked=masked) + text(PONG, masked=masked)
    one, other = frames(data)
    assert (one.text, one.whole, other.text, other.whole) == (payload, True, PONG, True)
    assert (one.begin, one.end, other.end) == (0, other.begin, len(data))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("size", [1, 200, 70_000])
def test_a_frame_of_which_a_byte_is_missing_is_not_whole(size: int, masked: bool) -> None:
    data = text(b"x" * size, masked=masked)
    for cut in {1, 2, 3, 9, len(data) - 1} & set(range(1, len(data))):
        [torn] = frames(data[:cut])
        assert not torn.whole, cut


def test_what_is_no_frame_is_none() -> None:
    assert list(frames(b"HTTP/1.1 101 Switching Protocols")) == []
    assert list(frames(b"")) == []


@pytest.mark.parametrize("masked", [False, True])
def test_the_middle_lies_in_the_frame_that_says_the_word_behind_it(masked: bool) -> None:
    before, told, after = (text(each, masked=masked) for each in (PONG, TOLD, PONG))
    place = middle_of(b"message.changed", before + told + after)
    assert place is not None
    assert len(before) < place < len(before + told)
    assert is_torn(b"message.changed", (before + told + after)[:place])


def test_there_is_no_middle_of_what_nobody_says_or_of_what_is_torn_already() -> None:
    assert middle_of(b"message.changed", text(PONG)) is None
    assert middle_of(b"message.changed", text(TOLD)[:-1]) is None
    assert middle_of(b"message.changed", b"HTTP/1.1 101 message.changed") is None


def test_between_two_frames_nothing_is_torn() -> None:
    whole = text(PONG) + text(TOLD)
    assert not is_torn(b"message.changed", whole)
    assert not is_torn(b"message.changed", b"")
    assert not is_torn(b"message.changed", whole + text(PONG)[:5])
    assert is_torn(b"message.changed", whole[:-1])
