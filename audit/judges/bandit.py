"""bandit: what in the product's Python looks dangerous."""

import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from audit import program, tools
from audit.verdict import Verdict

SECONDS = 300
PLACES = ["chat", "chatproject", "manage.py"]
# Findings that were looked at, by kind and place, and why they stand.
JUDGED = {
    ("B101", "*"): "asserts tell the type checker what the lines before ensured; nothing relies on them",
    ("B105", "chat/accounts/adapter.py"): "sentences for people",
    ("B105", "chatproject/settings.py"): "names of forms",
    ("B106", "chat/management/demo/staging.py"): "people of the demo without a usable password",
    ("B311", "chat/admission.py"): "spreads reconnects, keeps no secret",
    ("B308", "chat/templatetags/importmap.py"): "JSON of our own file names, for a script element with a nonce",
    ("B703", "chat/templatetags/importmap.py"): "JSON of our own file names, for a script element with a nonce",
    ("B104", "chatproject/serving/address.py"): "recognises the address that the operator chose, binds nothing",
    ("B108", "chatproject/serving/gunicorn_conf.py"): "gunicorn makes its own private file there",
    ("B404", "chatproject/serving/nginx.py"): "one fixed argument list, no shell",
    ("B603", "chatproject/serving/nginx.py"): "one fixed argument list, no shell",
}


def judge(work: Path, reports: Path) -> Verdict:
    """No finding, at any level, but those that were judged; and none of these without a finding."""
    report = reports / "report.json"
    command = [str(tools.python_tool("bandit")), "--quiet", "--recursive", *PLACES]
    # 1: it has found something.
    program.run([*command, "--format", "json", "--output", str(report)], cwd=tools.ROOT, seconds=SECONDS, ends=(0, 1))
    return judged(json.loads(report.read_text()), wanted=sources())


def judged(report: dict[str, Any], *, wanted: set[str]) -> Verdict:
    """The verdict on a report of bandit's, which has to tell of each of the `wanted`."""
    places = [(each, _entry(each)) for each in report["results"]]
    read = {name.removeprefix("./") for name in report["metrics"]}
    totals = report["metrics"]["_totals"]
    faults = [f"{each['filename']} was not read: {each['reason']}" for each in report["errors"]]
    faults += [f"{name} was not looked at" for name in sorted(wanted - read)]
    faults += ["nothing was looked at"] if not totals["loc"] else []
    faults += [
        f"{each['filename']}:{each['line_number']} {each['test_id']} {each['issue_severity']}: {each['issue_text']}"
        for each, entry in places
        if entry is None
    ]
    # A comment that tells bandit to look away is a finding that nobody judged.
    hidden = totals["nosec"] + totals["skipped_tests"]
    faults += [f"{hidden} lines are hidden from it"] if hidden else []
    faults += [f"{kind} in {place} is found no more" for kind, place in JUDGED.keys() - {entry for _, entry in places}]
    right = sum(entry is not None for _, entry in places)
    found = f"{len(places)} findings, {'all' if right == len(places) else right} judged"
    return Verdict(f"{totals['loc']:,} lines of Python", found, faults)


def sources() -> set[str]:
    """The files that it has to look at."""
    paths = [path for place in PLACES for path in [tools.ROOT / place, *(tools.ROOT / place).rglob("*.py")]]
    return {str(path.relative_to(tools.ROOT)) for path in paths if path.suffix == ".py"}


def _entry(finding: dict[str, Any]) -> tuple[str, str] | None:
    place = finding["filename"].removeprefix("./")
    return next((entry for entry in JUDGED if entry[0] == finding["test_id"] and fnmatch(place, entry[1])), None)
