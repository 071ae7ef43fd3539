"""No dependency is older than the release that mended a hole which would concern us."""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.architecture.sources import ROOT

MENDED = {
    "daphne": "4.2.2",  # CVE-2026-44545: no bound on messages
    "autobahn": "26.10.1",  # CVE-2026-116579: inflated before the bound
    "channels": "3.0.3",  # CVE-2020-35681: answers to the wrong client
    "redis": "4.5.4",  # CVE-2023-28858, CVE-2023-28859: answers to the wrong command
    "Django": "5.2.19",
    "nh3": "0.3.7",
    "Twisted": "24.7.0",  # CVE-2024-41671: answers out of order
}


@pytest.mark.parametrize("name", MENDED)
def test_what_is_installed_and_locked_is_mended(name: str) -> None:
    lock = (ROOT / "requirements.txt").read_text()
    [locked] = re.findall(rf"^{name}==([\w.]+)", lock, re.MULTILINE | re.IGNORECASE)
    assert Version(version(name)) >= Version(MENDED[name])
    assert Version(locked) >= Version(MENDED[name])


@pytest.mark.parametrize("name", ["daphne", "autobahn", "channels", "redis", "Django"])
def test_no_older_one_may_be_installed(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [wanted] = [each for each in map(Requirement, project["dependencies"]) if each.name == name]
    major = Version(MENDED[name])
    older = [f"{major.major}.{minor}.{patch}" for minor in range(major.minor) for patch in (0, 99)] or ["0.1"]
    assert not [each for each in older if wanted.specifier.contains(each)]


def test_every_package_is_locked_with_hashes() -> None:
    for lock in (
        "requirements.txt",
        "requirements-dev.txt",
        "audit/requirements.txt",
        "audit/autobahn/requirements.txt",
    ):
        text = (ROOT / lock).read_text()
        pins = re.findall(r"^[\w.-]+==[^\n]*\n(?:    --hash=sha256:[0-9a-f]{64}[^\n]*\n?)+", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==", text, re.MULTILINE)), lock
