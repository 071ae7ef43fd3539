"""MDN HTTP Observatory: headers, cookies and redirects, as a visitor from the internet gets them."""

import json
import os
import subprocess
from pathlib import Path

from audit import secure_site, tools
from audit.verdict import Verdict

SECONDS = 120


def judge(work: Path, reports: Path) -> Verdict:
    """A+ and no test failed. HSTS preloading cannot be tested: a list of domains on the internet decides it."""
    modules = tools.node_modules()
    # What `npm install` of the scanner would download; nobody is on it here.
    (modules / "node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json").write_text("{}")
    with secure_site.serving(work) as site:
        done = subprocess.run(
            ["node", "observatory.mjs", site.address],
            cwd=modules,
            env={**os.environ, "NODE_EXTRA_CA_CERTS": str(site.certificate)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    if done.returncode != 0:
        return Verdict("the scan failed", [done.stderr.strip()[-600:]])
    (reports / "observatory.json").write_text(done.stdout)
    report = json.loads(done.stdout)
    result, tests = report["result"], report["tests"]
    faults = [f"{name}: {test['result']}" for name, test in tests.items() if not test["pass"]]
    if result["grade"] != "A+":
        faults.append(f"the grade is {result['grade']}")
    told = f"grade {result['grade']}, score {result['score']}, {result['testsPassed']} of {len(tests)} tests"
    return Verdict(told, faults)
