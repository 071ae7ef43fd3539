"""A judge's program, run to its end."""

import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

from audit.verdict import Broken

SHOWN = 600


def run(
    command: list[str],
    *,
    cwd: Path,
    seconds: float,
    ends: Collection[int] = (0,),
    given: str = "",
    env: Mapping[str, str] | None = None,
) -> str:
    """What it writes to its standard output.

    `ends` are the exit statuses with which it has done its work, whatever it found; `given` is its standard input.
    Raises `Broken` where it ends in another way, or not within `seconds`.
    """
    try:
        done = subprocess.run(
            command, cwd=cwd, env=env, input=given, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise Broken(f"it did not end within {seconds:g} s") from None
    if done.returncode not in ends:
        raise Broken(f"it ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-SHOWN:]}")
    return done.stdout
