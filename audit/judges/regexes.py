"""recheck: which regular expressions of the product take longer than its text grows."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from audit import program, tools
from audit.verdict import Broken, Verdict

SECONDS = 1800
PACKAGES = ("chat", "chatproject")
SCRIPTS = tools.ROOT / "static" / "chat" / "js"
CATASTROPHE = {"place": "planted", "source": "^(a+)+$", "flags": ""}
# Of those that recheck does not always call safe: why they stand.
JUDGED = {
    r"\s*,\s*(?=[a-z]+(?:\+[a-z]+)?://)": "reads a setting, once",
    r"(?<![\w@/.-])@([a-z0-9_][a-z0-9_.-]{0,30}[a-z0-9_])(?!\w)": "goes back at most 31 characters, once a mention",
    r"\s{50}|[^\n]{300}": "looks at most 300 characters ahead; recheck gives up on such counts",
    r"""^(?:import|export)\s[^"']*["']#chat/([^"']+)["'];""": "reads our own scripts, once",
    r"""(?:^ *server "unix:/run/parley/worker-\d+\.sock" .*\n)+""": "reads our own nginx.conf, once",
    r"^\p{RGI_Emoji}$": "a set of strings, which recheck does not know, and no repetition",
    r"^(?:\p{RGI_Emoji}\s*){1,3}$": "a set of strings, which recheck does not know, three times at most",
}


def judge(work: Path, reports: Path) -> Verdict:
    """Each takes time in proportion to its text, whatever is in it."""
    modules = tools.node_modules()
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "chatproject.settings", "DATA_DIR": str(work)}
    collect = [sys.executable, "-m", "audit.patterns", *PACKAGES]
    ours = json.loads(program.run(collect, cwd=tools.ROOT, seconds=SECONDS, env=variables))
    scripts = [(str(path.relative_to(tools.ROOT)), path.read_text()) for path in sorted(SCRIPTS.rglob("*.js"))]
    asked = json.dumps({"patterns": [CATASTROPHE, *ours], "scripts": scripts, "judged": list(JUDGED)})
    told = program.run(["node", "regexes.mjs"], cwd=modules, seconds=SECONDS, given=asked)
    (reports / "report.json").write_text(told)
    planted, *rest = json.loads(told)
    if planted["status"] != "vulnerable":
        raise Broken(f"it finds no fault with {CATASTROPHE['source']}")
    return judged(rest, python=len(ours))


def judged(report: list[dict[str, Any]], *, python: int) -> Verdict:
    """The verdict on what it said of each; `python` were Python's, the others JavaScript's."""
    faults = [
        f"{each['place']}: {each['source']} is {each['status']} ({each['complexity']})"
        for each in report
        if each["status"] != "safe" and each["source"] not in JUDGED
    ]
    faults += [f"{source} stands no more" for source in JUDGED.keys() - {each["source"] for each in report}]
    javascript = len(report) - python
    if not python or javascript <= 0:
        faults.append(f"{python} of Python's and {javascript} of JavaScript's were looked at")
    looked_at = f"recheck, {python} regular expressions in Python and {javascript} in JavaScript"
    safe = sum(each["status"] == "safe" for each in report)
    return Verdict(looked_at, f"{safe} safe, {len(report) - safe - len(faults)} judged", faults)
