"""The Autobahn test suite against the worker that Parley runs on, with an application that echoes."""

import json
import subprocess
from pathlib import Path

from audit import tools
from audit.verdict import Verdict
from tests.serving.gunicorns import Gunicorn

SECONDS = 420
RIGHT = {"OK", "NON-STRICT", "INFORMATIONAL"}
# Messages beyond the greatest LIMIT_FRAME_BYTES, which are refused on purpose; and compression, which is not offered.
LEFT_OUT = ["9.1.4", "9.1.5", "9.1.6", "9.2.4", "9.2.5", "9.2.6", "9.3.*", "9.4.*", "12.*", "13.*"]


def judge(work: Path, reports: Path) -> Verdict:
    """Every case but those over the bound is OK, non-strict or informational. The full report is in `reports`."""
    program = tools.wstest()
    server = Gunicorn(work, LIMIT_FRAME_BYTES=str(2**20))
    try:
        cases = _run(program, server.url, work, reports / "autobahn")
    finally:
        server.stop()
    wrong = [
        f"{case}: {result['behavior']}, close {result['behaviorClose']}"
        for case, result in cases.items()
        if result["behavior"] not in RIGHT or result["behaviorClose"] not in RIGHT
    ]
    counts = {
        word: sum(result["behavior"] == word for result in cases.values()) for word in sorted(RIGHT, reverse=True)
    }
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    return Verdict(f"{len(cases)} cases: {told}", wrong)


def _run(program: Path, url: str, work: Path, reports: Path) -> dict[str, dict[str, str]]:
    specification = work / "fuzzingclient.json"
    wanted = {"outdir": str(reports), "cases": ["*"], "exclude-cases": LEFT_OUT, "exclude-agent-cases": {}}
    specification.write_text(json.dumps({**wanted, "servers": [{"agent": "parley", "url": url}]}))
    subprocess.run(
        [program, "-m", "fuzzingclient", "-s", specification], cwd=work, capture_output=True, timeout=SECONDS
    )
    cases: dict[str, dict[str, str]] = json.loads((reports / "index.json").read_text())["parley"]
    return cases
