"""MDN HTTP Observatory: headers, cookies and redirects, as a visitor from the internet gets them."""

import json
import os
from pathlib import Path
from typing import Any

from audit import program, secure_site, tools
from audit.verdict import Verdict

SECONDS = 120
TESTS = 10
"""Of the locked version."""


def judge(work: Path, reports: Path) -> Verdict:
    """A+ and no test failed. HSTS preloading cannot be tested: a list of domains on the internet decides it."""
    modules = tools.node_modules()
    # What `npm install` of the scanner would download; nobody is on it here.
    (modules / "node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json").write_text("{}")
    with secure_site.serving(work) as site:
        told = program.run(
            ["node", "observatory.mjs", site.address],
            cwd=modules,
            seconds=SECONDS,
            env={**os.environ, "NODE_EXTRA_CA_CERTS": str(site.certificate)},
        )
    (reports / "report.json").write_text(told)
    return judged(json.loads(told))


def judged(report: dict[str, Any]) -> Verdict:
    """The verdict on a scan."""
    result, tests = report["result"], report["tests"]
    faults = [f"{name}: {test['result']}" for name, test in tests.items() if not test["pass"]]
    if len(tests) != TESTS:
        faults.append(f"{len(tests)} of {TESTS} tests were made")
    if result["error"] is not None or result["statusCode"] != 200:
        faults.append(f"the page was not there: {result['statusCode']}, {result['error']}")
    if result["grade"] != "A+":
        faults.append(f"the grade is {result['grade']}")
    found = f"{result['grade']}, score {result['score']}, {result['testsPassed']} of {len(tests)} tests"
    return Verdict("MDN HTTP Observatory, over HTTPS, through nginx", found, faults)
