"""The chaos clients wait as the page waits: their times are read from its scripts."""

import re

from chaos.clients import backoff, heartbeat, outbox, wire
from tests.architecture.sources import ROOT

SCRIPTS = ROOT / "static" / "chat" / "js"
UNITS = {"SECONDS": 1.0, "MS": 0.001}


def times(script: str) -> dict[str, float]:
    """The script's constants that are times, in seconds."""
    text = (SCRIPTS / script).read_text()
    found = re.findall(r"^const ([A-Z_]+)_(SECONDS|MS) = ([\d.]+);$", text, re.MULTILINE)
    return {name: float(value) * UNITS[unit] for name, unit, value in found}


def test_the_pauses_before_connecting_are_the_page_s() -> None:
    assert times("net/backoff.js") == {"BASE": backoff.BASE, "CAP": backoff.CAP}
    assert times("net/socket.js") == {"HELLO": wire.HELLO, "STEADY": backoff.STEADY}


def test_the_patience_with_a_command_is_the_page_s() -> None:
    assert times("net/push.js") == {"REPLY": wire.REPLY}
    assert times("sync/sender.js")["RETRY"] == outbox.RETRY


def test_the_heartbeat_is_the_page_s() -> None:
    assert times("net/heartbeat.js") == {
        "ANSWER": heartbeat.ANSWER,
        "COMMAND": heartbeat.COMMAND,
        "LOOK": heartbeat.LOOK,
        "LATE": heartbeat.LATE,
    }
