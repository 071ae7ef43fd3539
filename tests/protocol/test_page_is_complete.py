"""`docs/protocol.md` and the code say the same, in both directions."""

import json
import re
from itertools import pairwise
from typing import Any, get_type_hints

import orjson
import pytest
from pydantic import BaseModel, TypeAdapter

from chat.api.root import STATUS, api
from chat.limits import Limits
from chat.protocol import codec
from chat.protocol.close_codes import CloseCode
from chat.protocol.commands import Command, Cursor
from chat.protocol.events import Event
from chat.protocol.replies import ErrorReply, Failure
from tests.protocol import vocabulary
from tests.protocol.page import PAGE, Line, Section, Table, conversations, sections
from tests.protocol.typenames import Field, fields_of

SECTIONS = sections(PAGE.read_text())
CONVERSATIONS = conversations(PAGE.read_text())

WITH_NEED = ("field", "type", "needed", "meaning")
WITHOUT_NEED = ("field", "type", "meaning")
GROUPS = {
    "Shapes": vocabulary.SHAPES,
    "Commands": vocabulary.COMMANDS,
    "Replies": vocabulary.ENVELOPES | vocabulary.DATA,
    "Events": vocabulary.EVENTS,
    "HTTP": vocabulary.HTTP,
}
NAMED = [(chapter, name) for chapter, group in GROUPS.items() for name in group]


def titled(chapter: str) -> list[Section]:
    return [section for section in SECTIONS if section.chapter == chapter and section.title != chapter]


def section(chapter: str, title: str) -> Section:
    [found] = [each for each in SECTIONS if (each.chapter, each.title) == (chapter, title)]
    return found


def told(chapter: str, title: str) -> dict[str, Field]:
    """The fields that the page gives something."""
    needed = section(chapter, title).table(*WITH_NEED)
    plain = section(chapter, title).table(*WITHOUT_NEED)
    assert not (needed.rows and plain.rows), f"{title} has two tables of fields"
    fields = {row["field"]: Field(row["type"], row["needed"]) for row in needed.rows}
    fields |= {row["field"]: Field(row["type"]) for row in plain.rows}
    assert len(fields) == len(needed.rows) + len(plain.rows), f"{title} has a field twice"
    return {name.strip("`"): field for name, field in fields.items()}


def table(chapter: str, *columns: str) -> Table:
    return section(chapter, chapter).table(*columns)


@pytest.mark.parametrize("chapter", GROUPS)
def test_the_page_has_a_section_for_each_name_and_no_other(chapter: str) -> None:
    prose = {"Refusals"}
    assert sorted(each.title for each in titled(chapter) if each.title not in prose) == sorted(GROUPS[chapter])


@pytest.mark.parametrize(("chapter", "name"), NAMED)
def test_the_fields_of_a_section_are_those_of_the_code(chapter: str, name: str) -> None:
    shape = GROUPS[chapter][name]
    expected = fields_of(shape)
    if chapter == "Commands":
        expected = {field: each for field, each in expected.items() if field not in fields_of(Command) | {"type": None}}
    if chapter == "Events":
        del expected["type"]
    assert told(chapter, name) == expected


def test_the_fields_that_every_command_has_are_told_once() -> None:
    common = {row["field"].strip("`"): Field(row["type"], row["needed"]) for row in table("Commands", *WITH_NEED).rows}
    assert common == fields_of(Command) | {"type": Field("string", "required")}


@pytest.mark.parametrize("command", vocabulary.COMMANDS)
def test_a_command_names_the_data_that_answers_it(command: str) -> None:
    named = re.findall(r"Answered\s+with\s+(\w+)", section("Commands", command).text)
    assert named == ([vocabulary.answers()[command]] if command != "ping" else [])


def test_the_data_of_a_reply_name_the_commands_they_answer() -> None:
    for name in vocabulary.DATA:
        [first, *_] = re.findall(r"^To (.*?)\.(?:\s|$)", section("Replies", name).text, re.MULTILINE | re.DOTALL)
        answered = {command for command, data in vocabulary.answers().items() if data == name}
        assert set(re.findall(r"`([^`]+)`", first)) == answered


def test_every_type_in_a_table_is_explained() -> None:
    explained = set(table("Types", "type", "meaning").column("type")) | vocabulary.SHAPES.keys()
    explained |= vocabulary.DATA.keys() | {event.__name__ for event in vocabulary.EVENTS.values()} | {"Failure", "null"}
    for each in SECTIONS:
        for found in each.tables:
            if "type" in found.columns and "meaning" in found.columns and each.title != "Types":
                for cell in found.column("type"):
                    for part in re.sub(r'"\w+"|\b(?:true|false)\b', "null", cell).split(" or "):
                        bare = re.sub(r" \(\d+-\d+\)$", "", part.removeprefix("array of "))
                        assert bare in explained, f"{each.title}: {cell}"


def test_the_error_codes_are_those_of_the_code() -> None:
    told_codes = table("Errors", "code", "meaning", "does a retry help").column("code")
    assert told_codes == list(vocabulary.ERRORS)


def test_each_error_says_whether_a_retry_helps() -> None:
    for row in table("Errors", "code", "meaning", "does a retry help").rows:
        assert re.match(r"(no|yes)\b", row["does a retry help"])


def test_the_statuses_are_those_of_the_code() -> None:
    rows = section("HTTP", "Refusals").table("status", "codes", "when").rows
    codes = {row["status"]: set(re.findall(r"`(\w+)`", row["codes"])) for row in rows}
    assert codes.pop("400") == set()
    assert codes.pop("401") == {"sign_in"}
    assert codes.pop("500") == {"internal"}
    assert {code: int(status) for status, found in codes.items() for code in found} == {
        error.code: status for error, status in STATUS.items()
    }


def test_the_close_codes_are_those_of_the_code() -> None:
    rows = table("Close codes", "code", "name", "why", "what the client does").rows
    assert {row["name"].strip("`"): int(row["code"]) for row in rows} == {each.name: each.value for each in CloseCode}


def test_clients_stay_away_after_the_same_codes_as_the_code_says() -> None:
    rows = table("Close codes", "code", "name", "why", "what the client does").rows
    final = {int(row["code"]) for row in rows if row["what the client does"].startswith("stay away")}
    [promise] = re.findall(r"Stay away after (.*?) until", CloseCode.__doc__ or "")
    assert final == {int(code) for code in re.findall(r"\d{4}", promise)}
    assert {row["what the client does"].split()[0] for row in rows} == {"stay", "reconnect;", "reconnect,", "reconnect"}


def test_the_limits_are_those_of_the_code() -> None:
    rows = table("Limits", "name", "default", "variable", "meaning").rows
    assert [tuple(row.values()) for row in rows] == [
        (f"`{name}`", str(field.default), f"`LIMIT_{name.upper()}`", field.description)
        for name, field in Limits.model_fields.items()
    ]


def test_every_limit_that_the_page_names_exists() -> None:
    named = re.findall(
        r"`((?:socket|person|open|pending|page|catch_up|outbound|frame|room|name|topic)_\w+)`", PAGE.read_text()
    )
    assert set(named) <= Limits.model_fields.keys() | vocabulary.ERRORS.keys() | {"room_id"}


def test_the_http_requests_are_those_of_the_code() -> None:
    rows = table("HTTP", "request", "body", "answer", "meaning").rows
    assert {(row["request"].strip("`"), row["body"], row["answer"]) for row in rows} == {
        (f"{method} {path}", body, answer.__name__) for method, path, body, answer in http_routes()
    }


def test_the_parameters_of_history_are_those_of_the_code() -> None:
    [operation] = [each for each in http_operations() if each[1] == "/rooms/{room_id}/messages"]
    names = get_type_hints(operation[2]).keys() - {"request", "room_id", "return"}
    assert set(section("HTTP", "Page").table("parameter", "type", "meaning").column("parameter")) == names


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=range(len(CONVERSATIONS)))
def test_every_example_is_what_the_code_speaks(conversation: list[Line]) -> None:
    commands: dict[str, str] = {}
    request: type[Any] | None = None
    for line in conversation:
        if http := re.match(r"(GET|POST|PATCH|DELETE) /api(\S+)\s*(.*)", line.said, re.DOTALL):
            request = check_request(*http.groups())
        elif answer := re.match(r"(\d{3}) (.*)", line.said, re.DOTALL):
            assert request is not None, "an answer without a request"
            check_answer(int(answer[1]), answer[2], request)
        elif line.arrow == "=>":
            command = codec.decode(line.said)
            commands[command.ref or ""] = command.type
        else:
            check_frame(line.said, commands)


def test_everything_has_an_example() -> None:
    said = [line.said for conversation in CONVERSATIONS for line in conversation]
    frames = [json.loads(each) for each in said if each.startswith("{")]
    assert {frame["type"] for frame in frames} == vocabulary.COMMANDS.keys() | vocabulary.EVENTS.keys() | {"reply"}
    answered = {
        vocabulary.answers()[json.loads(line.said)["type"]]
        for conversation in CONVERSATIONS
        for line, reply in pairwise(conversation)
        if line.arrow == "=>" and reply.arrow == "<=" and '"ok": true' in reply.said
    }
    assert answered == vocabulary.DATA.keys()
    asked = {" ".join(each.split()[:2]).split("?")[0] for each in said if re.match(r"[A-Z]", each)}
    for method, path, _, _ in http_routes():
        pattern = re.sub(r"\{\w+\}", r"\\d+", f"{method} /api{path}")
        assert any(re.fullmatch(pattern, each) for each in asked), f"no example of {method} {path}"


def test_the_example_of_hello_has_the_limits_as_they_are() -> None:
    said = [line.said for conversation in CONVERSATIONS for line in conversation]
    [hello] = [json.loads(each) for each in said if each.startswith('{"type": "hello"')]
    assert hello["limits"] == Limits.model_validate({}).model_dump()


def test_a_cursor_of_the_page_is_one_of_the_code() -> None:
    assert Cursor.model_validate({"epoch": "8f14e45fceea467a9b2d1c7a5e3b9f60", "seq": 346})


def http_operations() -> list[tuple[str, str, Any]]:
    return [
        (method, re.sub(r"\{\w+:(\w+)\}", r"{\1}", path), operation.view_func)
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


def http_routes() -> list[tuple[str, str, str, type[Any]]]:
    """Method, path, the name of the body's model (or nothing) and the answer's dataclass, as the code has them."""
    routes = []
    for method, path, view in http_operations():
        hints = get_type_hints(view)
        answer = hints.pop("return")
        bodies = [each.__name__ for each in hints.values() if isinstance(each, type) and issubclass(each, BaseModel)]
        routes.append((method, path, " ".join(bodies), answer))
    return routes


def check_frame(said: str, commands: dict[str, str]) -> None:
    frame = json.loads(said)
    if frame["type"] != "reply":
        check(said, Event)
        assert type(TypeAdapter[Any](Event).validate_json(said)) is vocabulary.EVENTS[frame["type"]]
    elif frame["ok"]:
        data = vocabulary.DATA[vocabulary.answers()[commands.pop(frame["ref"])]]
        assert frame.keys() == {"type", "ref", "ok", "data"}
        check(json.dumps(frame["data"]), data)
    else:
        check(said, ErrorReply)
        assert frame["error"]["code"] in vocabulary.ERRORS


def check_request(method: str, address: str, body: str) -> type[Any]:
    path = address.split("?")[0]
    for known, pattern, model, answer in http_routes():
        if known == method and re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", pattern), path):
            if model:
                vocabulary.HTTP[model].model_validate_json(body)
            else:
                assert not body
            return answer
    raise AssertionError(f"no route for {method} {address}")


def check_answer(status: int, body: str, answer: type[Any]) -> None:
    if status == 200:
        check(body, answer)
        return
    error = json.loads(body)["error"]
    check(json.dumps(error), Failure)
    assert STATUS.get(vocabulary.ERRORS[error["code"]], 400) == status


def check(text: str, shape: Any) -> None:
    """The text is exactly what the server writes for a value of this type: each field there, and no other."""
    value = TypeAdapter[Any](shape).validate_json(text, strict=True)
    assert orjson.loads(orjson.dumps(value, option=orjson.OPT_UTC_Z)) == json.loads(text)
