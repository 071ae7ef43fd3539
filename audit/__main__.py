"""`bin/audit`: let others judge, and tell what they say."""

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from audit import page
from audit.judges import autobahn, bandit, csp, deployment, frames, observatory, regexes, schemathesis, slow_clients
from audit.tools import ROOT
from audit.verdict import Broken, Missing, Verdict

REPORTS = ROOT / "var" / "audit"
Judge = Callable[[Path, Path], Verdict]
"""Gets a directory to work in and one for its report, both empty."""
JUDGES: dict[str, Judge] = {
    "deployment": deployment.judge,
    "bandit": bandit.judge,
    "regexes": regexes.judge,
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
    parser.add_argument("--page", action="store_true", help="write what those that passed found into docs/security.md")
    options = parser.parse_args()
    verdicts = {}
    for name in options.only or JUDGES:
        verdicts[name] = asked(JUDGES[name], name=name, reports=REPORTS)
        if options.page and verdicts[name].passed:
            page.write(name, verdicts[name], order=list(JUDGES))
    failed = [name for name, verdict in verdicts.items() if not verdict.passed]
    print(f"\n{len(verdicts) - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def asked(judge: Judge, *, name: str, reports: Path) -> Verdict:
    """Ask one judge and print the verdict. One that cannot be asked here, or breaks, fails like one that finds faults.

    Its report is in `reports`, in a directory of its name; what an earlier run left there is gone before it begins.
    """
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    report = reports / name
    if report.exists():
        shutil.rmtree(report)
    report.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="parley-audit-") as work:
        verdict = _verdict(judge, Path(work), report)
    told = f"{verdict.looked_at}: {verdict.found}"
    print(f"   {'passed' if verdict.passed else 'FAILED'}: {told} ({time.monotonic() - begun:.0f} s)")
    for fault in verdict.faults:
        print(f"   - {fault}")
    return verdict


def _verdict(judge: Judge, work: Path, report: Path) -> Verdict:
    try:
        return judge(work, report)
    except Missing as reason:
        return Verdict("nothing", "NOT JUDGED", [str(reason)])
    except Broken as reason:
        return Verdict("nothing", "the judge broke", [str(reason)])
    except Exception:
        return Verdict("nothing", "the judge broke", [traceback.format_exc()])


if __name__ == "__main__":
    sys.exit(main())
