"""Django's check of a deployment, with the environment of one."""

import os
import subprocess
import sys
from pathlib import Path

from audit import tools
from audit.verdict import Verdict


def judge(work: Path, reports: Path) -> Verdict:
    """No warning."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={**kept, "DATA_DIR": str(work), "HTTPS": "1", "TRUSTED_PROXY": "1", "ALLOWED_HOSTS": "chat.example.org"},
        cwd=tools.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    faults = [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()
    return Verdict(
        "manage.py check --deploy has nothing to warn of" if not faults else "manage.py check --deploy", faults
    )
