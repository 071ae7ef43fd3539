"""`static/chat/js/protocol.js` is a copy of the wire's names, and a copy must be equal."""

import re

from chat.protocol.close_codes import CloseCode
from chat.protocol.codec import SUBPROTOCOL
from chat.routing import websocket_urlpatterns
from tests.architecture.sources import ROOT
from tests.protocol.vocabulary import COMMANDS, ERRORS, EVENTS

SCRIPTS = ROOT / "static" / "chat" / "js"
NAMES = (SCRIPTS / "protocol.js").read_text()


def table(name: str) -> dict[str, str | int]:
    """An exported object of names. Raises ValueError where it has anything but `NAME: "text",` or `NAME: 123,`."""
    [body] = re.findall(rf"^export const {name} = \{{\n(.*?)^\}};$", NAMES, re.MULTILINE | re.DOTALL)
    entries: dict[str, str | int] = {}
    for line in body.splitlines():
        entry = re.fullmatch(r'  ([A-Z_]+): (?:"([a-z._]+)"|(\d+)),', line)
        if entry is None:
            raise ValueError(f"not a name: {line}")
        entries[entry[1]] = entry[2] or int(entry[3])
    return entries


def constant(name: str) -> str:
    [value] = re.findall(rf'^export const {name} = "([^"]+)";$', NAMES, re.MULTILINE)
    return str(value)


def test_the_commands_are_those_of_the_server() -> None:
    assert table("COMMANDS") == {name.replace(".", "_").upper(): name for name in COMMANDS}


def test_the_events_are_those_of_the_server() -> None:
    assert table("EVENTS") == {name.replace(".", "_").upper(): name for name in EVENTS}


def test_the_close_codes_are_those_of_the_server() -> None:
    assert table("CLOSE_CODES") == {each.name: each.value for each in CloseCode}


def test_the_constants_are_those_of_the_server() -> None:
    assert constant("SUBPROTOCOL") == SUBPROTOCOL
    assert constant("REPLY") == "reply"
    [route] = websocket_urlpatterns
    assert constant("SOCKET_PATH") == f"/{route.pattern}"


def test_nothing_else_is_exported() -> None:
    exported = set(re.findall(r"^export const (\w+)", NAMES, re.MULTILINE))
    assert exported == {"SUBPROTOCOL", "SOCKET_PATH", "COMMANDS", "EVENTS", "REPLY", "CLOSE_CODES"}
    assert len(re.findall(r"^export\b", NAMES, re.MULTILINE)) == len(exported)


def test_no_script_spells_a_name_of_the_wire_itself() -> None:
    names = COMMANDS.keys() | EVENTS.keys()
    for path in SCRIPTS.rglob("*.js"):
        if path.name != "protocol.js":
            spelled = set(re.findall(r'"([a-z]+\.[a-z]+)"', path.read_text())) & names
            assert not spelled, f"{path.name} spells {spelled}"


def test_the_error_codes_that_scripts_compare_exist() -> None:
    for path in SCRIPTS.rglob("*.js"):
        compared = set(re.findall(r'\.code [!=]== "([a-z_]+)"', path.read_text()))
        assert compared <= ERRORS.keys(), f"{path.name} compares {compared - ERRORS.keys()}"
