"""Google's CSP Evaluator on the Content-Security-Policy of every kind of page."""

import json
import ssl
from dataclasses import asdict, dataclass
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

from audit import program, secure_site, tools
from audit.verdict import Broken, Verdict

# Its severities: 10 high, 20 syntax, 30 medium, 40 and 50 "maybe", 45 a hint, 60 information.
GRAVE = 40
KEEPER, STRANGER = "keeper", ""
PAGES = {
    ("GET", "/rooms/hall/", KEEPER): 200,
    ("GET", "/", KEEPER): 200,
    ("GET", "/accounts/email/", KEEPER): 200,
    ("GET", "/admin/", KEEPER): 200,
    ("GET", "/api/rooms", KEEPER): 200,
    ("GET", "/nowhere/", KEEPER): 404,
    ("GET", "/livez", STRANGER): 200,
    ("GET", "/accounts/login/", STRANGER): 200,
    ("GET", "/accounts/signup/", STRANGER): 200,
    ("GET", "/accounts/password/reset/", STRANGER): 200,
    ("GET", "/api/rooms", STRANGER): 401,
    ("POST", "/accounts/login/", STRANGER): 403,
}
"""Each kind of page, who asks for it, and the status of the answer."""
BAD = "script-src 'unsafe-inline' *"
SECONDS = 30


@dataclass(frozen=True)
class Page:
    """What a request was answered with, and what the evaluator says of it."""

    status: int
    policy: str
    findings: list[dict[str, Any]]


def judge(work: Path, reports: Path) -> Verdict:
    """No finding that is high, medium or a mistake in the syntax."""
    modules = tools.node_modules()
    if not any(each["severity"] < GRAVE for each in findings(BAD, modules)):
        raise Broken(f"it finds no fault with {BAD}")
    with secure_site.serving(work) as site:
        answers = {_name(*page): _answer(site, *page) for page in PAGES}
    pages = {name: Page(status, policy, findings(policy, modules)) for name, (status, policy) in answers.items()}
    (reports / "report.json").write_text(json.dumps({page: asdict(each) for page, each in pages.items()}, indent=2))
    return judged(pages)


def findings(policy: str, modules: Path) -> list[dict[str, Any]]:
    """What the evaluator finds in a policy. Raises `Broken`."""
    told = program.run(["node", "csp.mjs"], cwd=modules, seconds=SECONDS, given=policy)
    found: list[dict[str, Any]] = json.loads(told)
    return found


def judged(pages: dict[str, Page]) -> Verdict:
    """The verdict on the pages, which have to be those that were asked for."""
    wanted = {_name(*page): status for page, status in PAGES.items()}
    faults = [f"{page} was not looked at" for page in wanted.keys() - pages.keys()]
    faults += [f"{page} has no policy" for page, each in pages.items() if not each.policy]
    faults += [f"{page} answers {each.status}" for page, each in pages.items() if each.status != wanted[page]]
    grave = [
        f"{page}: {finding['directive']} {finding.get('value', '')}: {finding['description']}"
        for page, each in pages.items()
        for finding in each.findings
        if finding["severity"] < GRAVE
    ]
    hints = {each["description"] for page in pages.values() for each in page.findings if each["severity"] >= GRAVE}
    looked_at = f"Google's CSP Evaluator, {len(pages)} kinds of page"
    return Verdict(looked_at, f"{len(grave)} grave findings, {len(hints)} kind of hint", faults + grave)


def _name(method: str, path: str, person: str) -> str:
    return f"{method} {path} by {person or 'a stranger'}"


def _answer(site: secure_site.SecureSite, method: str, path: str, person: str) -> tuple[int, str]:
    context = ssl.create_default_context(cafile=str(site.certificate))
    connection = HTTPSConnection(site.address, timeout=SECONDS, context=context)
    session = {"Cookie": f"sessionid={site.made.sessions[person][0]}"} if person else {}
    connection.request(method, path, headers=session)
    response = connection.getresponse()
    return response.status, response.getheader("Content-Security-Policy") or ""
