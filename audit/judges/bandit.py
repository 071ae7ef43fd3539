"""bandit: what in the product's Python looks dangerous."""

import json
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from audit import tools
from audit.verdict import Verdict

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
    report = reports / "bandit.json"
    command = [str(tools.python_tool("bandit")), "--quiet", "--recursive", "chat", "chatproject", "manage.py"]
    subprocess.run([*command, "--format", "json", "--output", str(report)], cwd=tools.ROOT, capture_output=True)
    found = json.loads(report.read_text())
    places = [(each, _entry(each)) for each in found["results"]]
    faults = [
        f"{each['filename']}:{each['line_number']} {each['test_id']} {each['issue_severity']}: {each['issue_text']}"
        for each, entry in places
        if entry is None
    ]
    faults += [f"{kind} in {place} is found no more" for kind, place in JUDGED.keys() - {entry for _, entry in places}]
    lines = found["metrics"]["_totals"]["loc"]
    return Verdict(
        f"{lines} lines, {len(places)} findings, {sum(entry is not None for _, entry in places)} judged", faults
    )


def _entry(finding: dict[str, Any]) -> tuple[str, str] | None:
    place = finding["filename"].removeprefix("./")
    return next((entry for entry in JUDGED if entry[0] == finding["test_id"] and fnmatch(place, entry[1])), None)
