"""The Autobahn test suite against the worker that Parley runs on, with an application that echoes."""

import json
from pathlib import Path

from audit import program, tools
from audit.verdict import Verdict
from tests.serving.gunicorns import Gunicorn

SECONDS = 900
AGENT = "parley"
RIGHT = {"OK", "NON-STRICT", "INFORMATIONAL"}
# Messages beyond the greatest LIMIT_FRAME_BYTES, which are refused on purpose; and compression, which is not offered.
LEFT_OUT = ["9.1.4", "9.1.5", "9.1.6", "9.2.4", "9.2.5", "9.2.6", "9.3.*", "9.4.*", "12.*", "13.*"]
CASES = 277
"""Of the locked version, without those left out."""


def judge(work: Path, reports: Path) -> Verdict:
    """Every case but those over the bound is OK, non-strict or informational. The full report is in `reports`."""
    wstest = tools.wstest()
    specification = work / "fuzzingclient.json"
    server = Gunicorn(work, LIMIT_FRAME_BYTES=str(2**20))
    wanted = {"outdir": str(reports), "cases": ["*"], "exclude-cases": LEFT_OUT, "exclude-agent-cases": {}}
    specification.write_text(json.dumps({**wanted, "servers": [{"agent": AGENT, "url": server.url}]}))
    try:
        program.run([str(wstest), "-m", "fuzzingclient", "-s", str(specification)], cwd=work, seconds=SECONDS)
    finally:
        server.stop()
    return judged(json.loads((reports / "index.json").read_text()))


def judged(index: dict[str, dict[str, dict[str, str]]]) -> Verdict:
    """The verdict on the suite's index: empty where it could not connect, which it does not call a failure."""
    cases = index.get(AGENT, {})
    faults = [
        f"{case}: {result['behavior']}, close {result['behaviorClose']}"
        for case, result in cases.items()
        if result["behavior"] not in RIGHT or result["behaviorClose"] not in RIGHT
    ]
    if len(cases) != CASES:
        faults.append(f"{len(cases)} of {CASES} cases were run")
    counts = {word: sum(result["behavior"] == word for result in cases.values()) for word in sorted(RIGHT)[::-1]}
    found = ", ".join(f"{count} {word if word == 'OK' else word.lower()}" for word, count in counts.items())
    return Verdict(f"Autobahn test suite, {len(cases)} cases", f"{found}, {len(faults)} failed", faults)
