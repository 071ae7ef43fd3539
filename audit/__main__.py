"""`bin/audit`: let others judge, and tell what they say."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from audit.judges import autobahn, bandit, csp, deployment, frames, observatory, schemathesis, slow_clients
from audit.tools import ROOT
from audit.verdict import Missing, Verdict

REPORTS = ROOT / "var" / "audit"
JUDGES: dict[str, Callable[[Path, Path], Verdict]] = {
    "deployment": deployment.judge,
    "bandit": bandit.judge,
    "observatory": observatory.judge,
    "csp": csp.judge,
    "schemathesis": schemathesis.judge,
    "autobahn": autobahn.judge,
    "frames": frames.judge,
    "slow-clients": slow_clients.judge,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/audit")
    parser.add_argument("--only", action="append", choices=JUDGES, metavar="NAME")
    wanted = parser.parse_args().only or list(JUDGES)
    REPORTS.mkdir(parents=True, exist_ok=True)
    verdicts = {name: asked(name) for name in wanted}
    failed = [name for name, verdict in verdicts.items() if not verdict.passed]
    print(f"\n{len(verdicts) - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def asked(name: str) -> Verdict:
    """Ask one judge and print the verdict. One that cannot be installed here fails like one that finds faults."""
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="parley-audit-") as work:
        try:
            verdict = JUDGES[name](Path(work), REPORTS)
        except Missing as reason:
            verdict = Verdict("NOT JUDGED", [str(reason)])
    print(f"   {'passed' if verdict.passed else 'FAILED'}: {verdict.summary} ({time.monotonic() - begun:.0f} s)")
    for fault in verdict.faults:
        print(f"   - {fault}")
    return verdict


if __name__ == "__main__":
    sys.exit(main())
