"""schemathesis: random requests made from the HTTP API's own description of itself."""

import re
import subprocess
from pathlib import Path

from audit import tools
from audit.stacks import running
from audit.verdict import Verdict
from chaos.clients.site import CSRF
from chaos.stack.log_watch import LogWatch

SECONDS = 300
EXAMPLES = 300
# Not asked whether all that fits the description is taken: no description says which names are taken.


def judge(work: Path, reports: Path) -> Verdict:
    """No answer that is an error of the server's, is not what the description says, or lets somebody in unasked."""
    program = tools.python_tool("st")
    with running(work) as stack:
        watch = LogWatch(stack)
        session = stack.account("guest").session
        (work / "schemathesis.toml").write_text(f'[auth.openapi.SessionAuth]\napi_key = "{session}"\n')
        done = subprocess.run(
            [
                *(str(program), "run", f"http://{stack.host}/api/openapi.json", "--url", f"http://{stack.host}"),
                *("--header", f"Cookie: csrftoken={CSRF}", "--header", f"X-CSRFToken: {CSRF}", "--no-color"),
                *("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none"),
                *("--exclude-checks", "positive_data_acceptance"),
            ],
            cwd=work,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        (reports / "schemathesis.txt").write_text(done.stdout + done.stderr)
        faults = [] if done.returncode == 0 else _faults(done.stdout + done.stderr)
        try:
            watch.assert_clean()
        except AssertionError as bug:
            faults.append(str(bug))
    counted = re.search(r"(\d[\d,]*) generated", done.stdout)
    return Verdict(f"{counted[1] if counted else 'no'} requests", faults)


def _faults(report: str) -> list[str]:
    lines = [line.strip() for line in report.splitlines()]
    return [line for line in lines if line.startswith("- ")] or lines[-20:]
