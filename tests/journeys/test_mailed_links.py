"""Links that come by mail, opened in a browser: their forms work, and nothing that the page asks for is told them."""

import re
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, Request, expect

from chaos.stack.stack import Stack
from tests.journeys.window import PATIENCE
from tests.serving.gunicorns import eventually

PASSWORD = "a-heron-in-the-reeds"


def mailed(stack: Stack, path: str, *, after: int) -> str:
    """The link in the mail that went out since then: without a mail server the log has it."""
    pattern = re.compile(rf"http://\S+{re.escape(path)}\S+")
    eventually(lambda: bool(pattern.search(stack.log(), after)), "the mail is sent")
    return pattern.findall(stack.log()[after:])[-1]


class Referrers:
    """What requests said they came from."""

    def __init__(self, page: Page) -> None:
        self.told: list[str] = []
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        self.told.append(unquote(request.headers.get("referer", "")))

    def assert_silent(self, link: str) -> None:
        """Something was asked for, and nothing was told this address."""
        assert any(self.told)
        secret = unquote(urlsplit(link).path).strip("/").rpartition("/")[2]
        assert [told for told in self.told if secret in told] == []


def test_an_address_is_confirmed_and_a_password_reset_by_links_that_stay_secret(
    stack: Stack, chromium: Browser
) -> None:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    before = len(stack.log())
    page.goto(f"http://{stack.host}/accounts/signup/")
    fields = {"username": "newcomer", "email": "newcomer@example.org", "password1": PASSWORD, "password2": PASSWORD}
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"http://{stack.host}/")
    confirm = mailed(stack, "/accounts/confirm-email/", after=before)
    referrers = Referrers(page)
    page.goto(confirm)
    page.locator("main button[type=submit]").click()
    expect(page.get_by_text("newcomer@example.org is confirmed.")).to_be_visible()
    referrers.assert_silent(confirm)
    context.clear_cookies()
    page.goto(f"http://{stack.host}/accounts/password/reset/")
    before = len(stack.log())
    page.locator("[name=email]").fill("newcomer@example.org")
    page.locator("main button[type=submit]").click()
    reset = mailed(stack, "/accounts/password/reset/key/", after=before)
    referrers = Referrers(page)
    page.goto(reset)
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill("an-otter-under-the-bridge")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_text("Your password is set").first).to_be_visible()
    page.goto(reset)
    expect(page.get_by_role("heading", name="This link is used up")).to_be_visible()
    referrers.assert_silent(reset)
    context.close()
