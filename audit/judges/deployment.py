"""Django's check of a deployment, with the environment of one."""

import os
import subprocess
import sys
from pathlib import Path

from audit import tools
from audit.verdict import Verdict

SECONDS = 60
CLEAN = "System check identified no issues (0 silenced)."


def judge(work: Path, reports: Path) -> Verdict:
    """No warning."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={**kept, "DATA_DIR": str(work), "HTTPS": "1", "TRUSTED_PROXY": "1", "ALLOWED_HOSTS": "chat.example.org"},
        cwd=tools.ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    (reports / "report.txt").write_text(done.stdout + done.stderr)
    return judged(done.returncode, done.stdout + done.stderr)


def judged(status: int, told: str) -> Verdict:
    """The verdict on the command's exit status and words: it passes by saying that there is nothing."""
    passed = status == 0 and CLEAN in told
    faults = [] if passed else [f"the command ended with {status}", *told.strip().splitlines()]
    looked_at = "`manage.py check --deploy` with the environment of a deployment"
    return Verdict(looked_at, "nothing to warn of" if passed else "something to warn of", faults)
