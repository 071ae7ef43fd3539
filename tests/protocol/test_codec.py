"""Whatever text comes in, out comes a command, a `CommandRefused` or a `FrameBroken`; what goes out is plain JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.protocol import codec, commands, events, replies, shapes
from tests.protocol.vocabulary import COMMANDS, ERRORS

KEY = "0b9c1f6e-57d4-4c0e-8f3a-6f1f3a0e2b17"
CURSOR = {"epoch": "8f14e45fceea467a9b2d1c7a5e3b9f60", "seq": 346}
GOOD: dict[str, dict[str, Any]] = {
    "inbox.open": {"since": CURSOR},
    "room.open": {"room": 12, "since": CURSOR},
    "room.close": {"room": 12},
    "room.join": {"room": 12},
    "room.leave": {"room": 12},
    "message.send": {"room": 12, "key": KEY, "body": "hi"},
    "message.edit": {"message": 991, "body": "hi"},
    "message.delete": {"message": 991},
    "reaction.set": {"message": 991, "emoji": "👍", "on": True},
    "read.set": {"room": 12, "number": 0},
    "typing.set": {"room": 12},
    "ping": {},
}
ROOM_CLOSE = '{"type": "room.close", "ref": "r1", "room": 12}'
FRAMES = [{"type": name, "ref": "r1", **fields} for name, fields in GOOD.items()]


def refusal(text: str) -> codec.CommandRefused:
    with pytest.raises(codec.CommandRefused) as caught:
        codec.decode(text)
    return caught.value


def broken(text: str) -> str:
    with pytest.raises(codec.FrameBroken) as caught:
        codec.decode(text)
    return str(caught.value)


def outcome(text: str) -> commands.Command | codec.CommandRefused | codec.FrameBroken:
    """Whatever `decode` makes of the text. Any other exception fails the test that asked."""
    try:
        return codec.decode(text)
    except (codec.CommandRefused, codec.FrameBroken) as refused:
        return refused


def message(**changes: Any) -> dict[str, Any]:
    return {"type": "message.send", "ref": "r1", **GOOD["message.send"], **changes}


# -- what is understood ----------------------------------------------------------------------------------------------


def test_every_command_has_a_good_frame_here() -> None:
    assert GOOD.keys() == COMMANDS.keys()


@pytest.mark.parametrize("frame", FRAMES, ids=GOOD)
def test_a_good_frame_becomes_its_command(frame: dict[str, Any]) -> None:
    command = codec.decode(json.dumps(frame))
    assert type(command) is COMMANDS[frame["type"]]
    assert json.loads(command.model_dump_json()) == frame


@pytest.mark.parametrize("frame", FRAMES, ids=GOOD)
def test_a_ref_may_be_left_out(frame: dict[str, Any]) -> None:
    assert codec.decode(json.dumps({**frame, "ref": None})).ref is None
    assert codec.decode(json.dumps({name: value for name, value in frame.items() if name != "ref"})).ref is None


def test_the_order_of_fields_and_white_space_do_not_matter() -> None:
    command = codec.decode(' {\n"number": 3 ,\t"room": 12, "type": "read.set"} ')
    assert command == commands.SetRead(type="read.set", room=12, number=3)


def test_the_largest_numbers_are_exact() -> None:
    command = codec.decode('{"type": "read.set", "room": 9007199254740991, "number": 9007199254740991}')
    assert command == commands.SetRead(type="read.set", room=2**53 - 1, number=2**53 - 1)


def test_text_of_any_script_arrives_as_it_was_sent() -> None:
    body = "añb 日本 👩‍👩‍👧 \u202e\u0000\n"
    command = codec.decode(json.dumps(message(body=body), ensure_ascii=False))
    escaped = codec.decode(json.dumps(message(body=body)))
    assert command == escaped == commands.SendMessage(type="message.send", ref="r1", room=12, key=UUID(KEY), body=body)


def test_of_a_repeated_field_the_last_counts() -> None:
    assert codec.decode('{"type": "room.close", "room": 1, "room": 2}') == commands.CloseRoom(type="room.close", room=2)
    assert codec.decode(
        '{"type": "room.close", "room": 2, "type": "ping", "type": "room.close"}'
    ) == commands.CloseRoom(type="room.close", room=2)


# -- what breaks the socket ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hello",
        "{",
        "{'type': 'ping'}",
        '{"type": "ping",}',
        '{"type": "ping"} {"type": "ping"}',
        '\ufeff{"type": "ping"}',
        '{"type": "ping", "ref": "a\nb"}',
        '{"type": ping}',
        "\x00",
        "[" * 100_000,
        '{"type": "ping", "ref": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a":' * 100_000 + "1" + "}" * 100_000,
    ],
)
def test_what_is_not_json_is_broken(text: str) -> None:
    assert broken(text) == "not JSON"


@pytest.mark.parametrize("text", ["[]", '[{"type": "ping"}]', '"ping"', "1", "null", "true", "NaN"])
def test_json_that_is_no_object_is_broken(text: str) -> None:
    assert broken(text) == "not a command object"


@pytest.mark.parametrize(
    "frame", [{}, {"ref": "r1"}, {"type": None}, {"type": 5}, {"type": ["ping"]}, {"Type": "ping"}]
)
def test_an_object_without_a_type_is_broken(frame: dict[str, Any]) -> None:
    assert broken(json.dumps(frame)) == "not a command object"


@pytest.mark.parametrize(
    "name", ["", "pong", "hello", "Ping", "ping ", "room_open", "__class__", "ping\u0000", "x" * 60_000]
)
def test_an_unknown_type_is_broken(name: str) -> None:
    assert broken(json.dumps({"type": name, "ref": "r1"})) == "unknown type"


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", FRAMES, ids=GOOD)
def test_an_unknown_field_is_refused_by_name(frame: dict[str, Any]) -> None:
    refused = refusal(json.dumps({**frame, "colour": "red"}))
    assert (refused.ref, refused.code) == ("r1", "invalid")
    assert refused.detail.startswith("colour: ")


@pytest.mark.parametrize(
    ("frame", "field"),
    [(frame, field) for frame in FRAMES for field in sorted(frame.keys() - {"type", "ref", "since"})],
)
def test_a_missing_field_is_refused_by_name(frame: dict[str, Any], field: str) -> None:
    refused = refusal(json.dumps({name: value for name, value in frame.items() if name != field}))
    assert (refused.ref, refused.code, refused.detail) == ("r1", "invalid", f"{field}: Field required")


@pytest.mark.parametrize(
    ("frame", "field"), [(frame, field) for frame in FRAMES for field in sorted(frame.keys() - {"type", "ref"})]
)
@pytest.mark.parametrize("value", [[], {}, 1.5, -1, "12", float("nan"), float("inf")])
def test_no_value_is_converted_to_fit(frame: dict[str, Any], field: str, value: object) -> None:
    if isinstance(value, str) and isinstance(frame[field], str) and field != "key":
        value = 12
    refused = refusal(json.dumps({**frame, field: value}))
    assert (refused.ref, refused.code) == ("r1", "invalid")
    assert refused.detail.startswith(field)


@pytest.mark.parametrize(
    "number",
    [
        "true",
        '"12"',
        "12.0",
        "1e1",
        "0",
        "-1",
        str(2**53),
        str(2**63),
        str(2**64),
        "9" * 4000,
        "NaN",
        "Infinity",
        "1e400",
    ],
)
def test_an_id_is_an_integer_in_range(number: str) -> None:
    refused = refusal(ROOM_CLOSE.replace("12", number))
    assert (refused.ref, refused.code) == ("r1", "invalid")
    assert refused.detail.startswith("room: ")


def test_a_number_of_ten_thousand_digits_is_not_even_read() -> None:
    assert broken(ROOM_CLOSE.replace("12", "9" * 10_000)) == "not JSON"


@pytest.mark.parametrize("key", ["", "x", KEY[:-1], KEY + "0", KEY.replace("-", "_"), KEY[:-1] + "g", 12, None])
def test_a_key_is_a_uuid(key: object) -> None:
    refused = refusal(json.dumps(message(key=key)))
    assert (refused.ref, refused.code) == ("r1", "invalid")
    assert refused.detail.startswith("key: ")


@pytest.mark.parametrize(
    "since", [{"epoch": "e"}, {"seq": 1}, {"epoch": "e", "seq": -1}, {"epoch": "e" * 65, "seq": 1}, 5, "5"]
)
def test_a_cursor_is_whole(since: object) -> None:
    refused = refusal(json.dumps({"type": "room.open", "ref": "r1", "room": 12, "since": since}))
    assert (refused.ref, refused.code) == ("r1", "invalid")
    assert refused.detail.startswith("since")


@pytest.mark.parametrize("ref", ["", "x" * 65, "\u0000", "a\u0000", "a\n", "a\u2028", "é", 5, True, [], {}])
def test_a_ref_that_cannot_be_repeated_is_refused_without_one(ref: object) -> None:
    refused = refusal(json.dumps({"type": "ping", "ref": ref}))
    assert (refused.ref, refused.code) == (None, "invalid")
    assert refused.detail.startswith("ref: ")


@pytest.mark.parametrize("body", [r"\ud800", r"a\udc00b", r"\udc00\ud800", r"\ud800\ud800"])
def test_a_lone_surrogate_is_refused_as_text(body: str) -> None:
    refused = refusal(json.dumps(message(body="%")).replace("%", body))
    assert (refused.ref, refused.code) == ("r1", "invalid_text")


def test_a_lone_surrogate_is_refused_wherever_it_stands() -> None:
    for text in (
        r'{"type": "ping", "ref": "r1", "\ud800": 1}',
        r'{"type": "ping", "ref": "r1", "x": ["\ud800"]}',
        r'{"type": "room.open", "ref": "r1", "room": 1, "since": {"epoch": "\ud800", "seq": 1}}',
    ):
        assert (refusal(text).ref, refusal(text).code) == ("r1", "invalid_text")
    assert refusal(r'{"type": "ping", "ref": "\ud800"}').ref is None


def test_a_raw_surrogate_is_refused_as_text() -> None:
    refused = refusal(json.dumps(message(body="\ud800"), ensure_ascii=False))
    assert (refused.ref, refused.code) == ("r1", "invalid_text")


def test_nesting_of_any_depth_is_refused_or_broken() -> None:
    for depth in range(1, 1_200):
        refused = outcome('{"type": "ping", "ref": "r1", "x": ' + "[" * depth + "]" * depth + "}")
        if isinstance(refused, codec.CommandRefused):
            assert (refused.ref, refused.code) == ("r1", "invalid"), f"at depth {depth}"
        else:
            assert isinstance(refused, codec.FrameBroken), f"at depth {depth}"


def test_a_refusal_repeats_little_of_the_frame() -> None:
    refused = refusal(json.dumps({"type": "ping", "ref": "r1", "x" * 60_000: 1}))
    assert len(refused.detail) < 500


# -- anything at all -------------------------------------------------------------------------------------------------

texts = st.text(st.characters(codec=None), max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
refs = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=64)
fields = st.sampled_from(sorted({field for frame in FRAMES for field in frame} | {"colour"}))


def is_anticipated(frame_or_refusal: object) -> bool:
    if isinstance(frame_or_refusal, codec.CommandRefused):
        return frame_or_refusal.code in ERRORS and bool(frame_or_refusal.detail)
    return isinstance(frame_or_refusal, commands.Command | codec.FrameBroken)


@given(texts)
def test_arbitrary_text_is_never_a_surprise(text: str) -> None:
    assert is_anticipated(outcome(text))


@given(values)
def test_arbitrary_json_is_never_a_surprise(value: object) -> None:
    assert is_anticipated(outcome(json.dumps(value)))


@given(st.sampled_from(FRAMES), refs, fields, values)
def test_a_good_frame_with_one_field_changed_is_never_a_surprise(
    frame: dict[str, Any], ref: str, field: str, value: object
) -> None:
    changed = outcome(json.dumps({**frame, "ref": ref} | {field: value}))
    assert is_anticipated(changed)
    if field not in ("ref", "type") and not isinstance(changed, codec.FrameBroken):
        assert changed.ref == ref


@given(st.sampled_from(FRAMES), st.data())
def test_a_good_frame_with_a_piece_cut_out_or_put_in_is_never_a_surprise(
    frame: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(frame)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert is_anticipated(outcome(text[:start] + data.draw(texts) + text[end:]))


@given(st.sampled_from(FRAMES), texts, texts)
def test_a_frame_that_says_something_twice_is_never_a_surprise(frame: dict[str, Any], one: str, other: str) -> None:
    for field in frame:
        twice = (
            json.dumps(frame)[:-1]
            + f", {json.dumps(field)}: {json.dumps(one)}, {json.dumps(field)}: {json.dumps(other)}}}"
        )
        assert is_anticipated(outcome(twice))


@given(st.sampled_from(FRAMES), refs)
def test_a_refusal_has_the_ref_that_the_good_command_would_have(frame: dict[str, Any], ref: str) -> None:
    assert codec.decode(json.dumps({**frame, "ref": ref})).ref == ref
    assert refusal(json.dumps({**frame, "ref": ref, "colour": 1})).ref == ref


# -- what goes out ---------------------------------------------------------------------------------------------------

ROW = shapes.Message(
    id=991,
    number=2,
    seq=346,
    key=UUID(KEY),
    author=shapes.Person(1, "ana"),
    body="añb 👍\u2028</script>",
    html="<p>añb</p>",
    created_at=datetime(2026, 3, 2, 9, 15, 31, 4512, tzinfo=UTC),
    edited_at=None,
    deleted=False,
    reactions=[shapes.Reaction("👍", [shapes.Person(2, "ben")])],
    parent=None,
)


def test_an_event_is_written_whole() -> None:
    event = events.MessageChanged(room=12, prev=345, seq=346, message=ROW)
    assert json.loads(codec.encode(event)) == {
        "type": "message.changed",
        "room": 12,
        "prev": 345,
        "seq": 346,
        "message": {
            "id": 991,
            "number": 2,
            "seq": 346,
            "key": KEY,
            "author": {"id": 1, "name": "ana"},
            "body": "añb 👍\u2028</script>",
            "html": "<p>añb</p>",
            "created_at": "2026-03-02T09:15:31.004512Z",
            "edited_at": None,
            "deleted": False,
            "reactions": [{"emoji": "👍", "people": [{"id": 2, "name": "ben"}]}],
            "parent": None,
        },
    }


def test_a_reply_is_written_whole() -> None:
    reply = replies.Reply(ref="r1", data=replies.MessageStored(message=ROW))
    written = json.loads(codec.encode(reply))
    assert written.pop("data").keys() == {"message"}
    assert written == {"type": "reply", "ref": "r1", "ok": True}


def test_a_failure_is_written_whole() -> None:
    failure = replies.Failure(code="rate_limited", detail="Wait.", retry_after=0.05)
    assert json.loads(codec.encode(replies.ErrorReply(ref=None, error=failure))) == {
        "type": "reply",
        "ref": None,
        "ok": False,
        "error": {"code": "rate_limited", "detail": "Wait.", "retry_after": 0.05},
    }


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 3, 2, 9, 15, 31, tzinfo=UTC), "2026-03-02T09:15:31Z"),
        (datetime(2026, 3, 2, 9, 15, 31, 1, tzinfo=UTC), "2026-03-02T09:15:31.000001Z"),
        (datetime(2026, 3, 2, 9, 15, 31, tzinfo=timezone(timedelta(0))), "2026-03-02T09:15:31Z"),
    ],
)
def test_times_end_in_z(at: datetime, written: str) -> None:
    event = events.MessageChanged(room=12, prev=345, seq=346, message=replace(ROW, created_at=at, edited_at=at))
    row = json.loads(codec.encode(event))["message"]
    assert row["created_at"] == row["edited_at"] == written


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_that_can_be_stored_comes_out_as_it_went_in(body: str) -> None:
    event = events.MessageChanged(room=12, prev=345, seq=346, message=replace(ROW, body=body))
    encoded = codec.encode(event)
    assert json.loads(encoded)["message"]["body"] == body
    assert b"\n" not in encoded
