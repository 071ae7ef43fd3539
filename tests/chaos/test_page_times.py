"""The chaos clients wait as the page waits, and give up as it does: both is read from its scripts."""

import re

from chaos.clients import backoff, heartbeat, outbox, tab, wire
from tests.architecture.sources import ROOT

SCRIPTS = ROOT / "static" / "chat" / "js"
UNITS = {"SECONDS": 1.0, "MS": 0.001}


def times(script: str) -> dict[str, float]:
    """The script's constants that are times, in seconds."""
    text = (SCRIPTS / script).read_text()
    found = re.findall(r"^const ([A-Z_]+)_(SECONDS|MS) = ([\d.]+);$", text, re.MULTILINE)
    return {name: float(value) * UNITS[unit] for name, unit, value in found}


def codes(script: str, name: str) -> set[str]:
    """The script's constant set of that name."""
    text = (SCRIPTS / script).read_text()
    found = re.search(rf"^const {name} = new Set\(\[(.*)\]\);$", text, re.MULTILINE)
    assert found is not None, f"{script} has no set {name}"
    return set(re.findall(r'"(\w+)"', found[1]))


def test_the_pauses_before_connecting_are_the_page_s() -> None:
    assert times("net/backoff.js") == {"FIRST": backoff.FIRST, "LEAST": backoff.LEAST, "CAP": backoff.CAP}
    assert times("net/socket.js") == {"HELLO": wire.HELLO, "STEADY": backoff.STEADY}


def test_the_patience_with_a_command_is_the_page_s() -> None:
    assert times("net/push.js") == {"REPLY": wire.REPLY}
    assert times("sync/sender.js")["RETRY"] == outbox.RETRY


def test_the_refusals_after_which_a_message_is_sent_again_are_the_page_s() -> None:
    assert codes("sync/sender.js", "PASSING") == outbox.PASSING


def test_the_refusals_by_which_a_room_is_lost_and_the_wait_after_others_are_the_page_s() -> None:
    assert codes("sync/room_sync.js", "LOST") == tab.LOST
    assert times("sync/room_sync.js") == {"RETRY": outbox.RETRY, "HOPELESS": tab.HOPELESS}


def test_the_heartbeat_is_the_page_s() -> None:
    assert times("net/heartbeat.js") == {
        "ANSWER": heartbeat.ANSWER,
        "COMMAND": heartbeat.COMMAND,
        "LOOK": heartbeat.LOOK,
        "LATE": heartbeat.LATE,
    }
