"""Google's CSP Evaluator on the Content-Security-Policy of every kind of page."""

import json
import ssl
import subprocess
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

from audit import secure_site, tools
from audit.verdict import Verdict

# Its severities: 10 high, 20 syntax, 30 medium, 40 and 50 "maybe", 45 a hint, 60 information.
GRAVE = 40
PAGES = ["/rooms/hall/", "/", "/accounts/login/", "/accounts/email/", "/admin/", "/api/rooms", "/livez", "/nowhere/"]
SECONDS = 30


def judge(work: Path, reports: Path) -> Verdict:
    """No finding that is high, medium or a mistake in the syntax; the page of rooms has none at all but hints."""
    modules = tools.node_modules()
    with secure_site.serving(work) as site:
        policies = {page: _policy(site, page) for page in PAGES}
    found = {page: _findings(policy, modules) for page, policy in policies.items()}
    (reports / "csp.json").write_text(json.dumps({"policies": policies, "findings": found}, indent=2))
    faults = [
        f"{page}: {each['directive']} {each.get('value', '')}: {each['description']}"
        for page, findings in found.items()
        for each in findings
        if each["severity"] < GRAVE or not policies[page]
    ]
    faults += [f"{page} has no policy" for page, policy in policies.items() if not policy]
    hints = {each["description"] for findings in found.values() for each in findings if each["severity"] >= GRAVE}
    told = f"{len(PAGES)} kinds of page, {len(faults)} grave findings, hints: {' '.join(hints) or 'none'}"
    return Verdict(told, faults)


def _policy(site: secure_site.SecureSite, page: str) -> str:
    context = ssl.create_default_context(cafile=str(site.certificate))
    connection = HTTPSConnection(site.address, timeout=SECONDS, context=context)
    connection.request("GET", page, headers={"Cookie": f"sessionid={site.made.sessions['keeper'][0]}"})
    return connection.getresponse().getheader("Content-Security-Policy") or ""


def _findings(policy: str, modules: Path) -> list[dict[str, Any]]:
    command = ["node", "csp.mjs"]
    done = subprocess.run(
        command, cwd=modules, input=policy, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return findings
