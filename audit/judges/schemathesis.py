"""schemathesis: random requests made from the HTTP API's own description of itself."""

import json
from pathlib import Path
from typing import Any

from audit import program, tools
from audit.stacks import running
from audit.verdict import Verdict
from chaos.clients.site import CSRF
from chaos.stack.log_watch import LogWatch
from chaos.stack.stack import Stack

SECONDS = 1800
EXAMPLES = 300
SCHEME = "PersonAuth"
"""How the description calls being signed in."""
LEAST = 1000
"""Requests."""


def judge(work: Path, reports: Path) -> Verdict:
    """No answer that is an error of the server's, is not what the description says, or lets somebody in unasked."""
    st, report = tools.python_tool("st"), reports / "report.json"
    with running(work) as stack:
        watch = LogWatch(stack)
        (work / "schemathesis.toml").write_text(_settings(stack))
        told = program.run(
            [
                *(str(st), "run", f"http://{stack.host}/api/openapi.json", "--url", f"http://{stack.host}"),
                *("--header", f"X-CSRFToken: {CSRF}", "--no-color", "--report-json-path", str(report)),
                *("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none"),
                # Not asked whether all that fits the description is taken: no description says which names are taken.
                *("--exclude-checks", "positive_data_acceptance"),
            ],
            cwd=work,
            seconds=SECONDS,
            # 1: it has found something.
            ends=(0, 1),
        )
        (reports / "report.txt").write_text(told)
        try:
            watch.assert_clean()
        except AssertionError as bug:
            return Verdict("the log", "it tells of a bug", [str(bug)])
    return judged(json.loads(report.read_text()))


def judged(report: dict[str, Any]) -> Verdict:
    """The verdict on a report. Each operation has to have worked at least once: what refuses all shows no fault."""
    operations, cases, rates = report["operations"], report["test_cases"], report["valid_rates"]
    faults = [f"{each['title']}: {', '.join(each['operations'])}" for each in report["failures"]]
    faults += [f"{error}" for error in report["errors"]]
    if not report["complete"] or report["exit_code"] != 0:
        faults.append(f"the run ended with {report['exit_code']}, {report['stop_reason']}")
    if not operations["total"] or operations["tested"] != operations["total"]:
        faults.append(f"{operations['tested']} of {operations['total']} operations were tested")
    if len(rates) != operations["total"]:
        faults.append(f"{len(rates)} of {operations['total']} operations were asked for something valid")
    faults += [
        f"{operation} never did what it is for"
        for operation, phases in rates.items()
        if not any(phase["accepted"] for phase in phases.values())
    ]
    faults += [f"{operation} was only refused" for operation in report["warnings"]["missing_auth"]]
    if cases["generated"] < LEAST:
        faults.append(f"{cases['generated']} requests are less than {LEAST}")
    looked_at = f"{cases['generated']:,} requests to the {operations['tested']} operations of the HTTP API"
    return Verdict(looked_at, f"{cases['with_failures']} failures", faults)


def _settings(stack: Stack) -> str:
    """Who asks, and what there is to ask for: half of the ids and names are of somebody or something."""
    people = ["keeper", "guest", "rogue"]
    # The token goes along with the session: a header of its own would take the session's place.
    return f"""\
[auth.openapi.{SCHEME}]
api_key = "{stack.account("guest").session}; csrftoken={CSRF}"

[dictionaries]
rooms = {{ values = {[stack.room(slug) for slug in ("hall", "vault")]} }}
people = {{ values = {[stack.account(name).id for name in people]} }}
names = {{ values = {json.dumps(people)} }}

[parameters]
"path.room_id" = {{ dictionary = "rooms", probability = 0.5 }}
"path.user_id" = {{ dictionary = "people", probability = 0.5 }}
"body.username" = {{ dictionary = "names", probability = 0.5 }}
"""
