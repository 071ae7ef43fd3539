"""One person's browser window, used as a person would."""

import json
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from chaos.clients.tab import Account

PATIENCE = 30_000
"""Milliseconds for whatever is expected of a page, on a machine that runs many other tests."""
expect.set_options(timeout=PATIENCE)
CUT = 30_000
"""A page may take 24 s from the last word to notice that nobody answers (docs/reliability.md, fault 20)."""
POLICY = "Content Security Policy"
FRAMES = """() => new Promise((resolve) => {
    let frames = 0;
    const draw = () => requestAnimationFrame(() => (frames += 1, draw()));
    draw();
    setTimeout(() => resolve(frames), 1000);
})"""


@dataclass
class Window:
    """A page in a browser of its own, signed in, with whatever the page complained about."""

    account: Account
    context: BrowserContext
    page: Page
    host: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browser: Browser, account: Account, host: str, *, phone: bool = False, dark: bool = False) -> "Window":
        size = {"width": 390, "height": 844} if phone else {"width": 1200, "height": 800}
        context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "sessionid", "value": account.session, "url": f"http://{host}"}])
        return cls(account, context, context.new_page(), host)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)

    def copy(self) -> "Window":
        """Another tab, with a copy of this one's session storage: `window.open` makes one as "Duplicate" does."""
        with self.page.expect_popup() as opened:
            self.page.evaluate("address => window.open(address)", self.page.url)
        return Window(self.account, self.context, opened.value, self.host, self.complaints)

    def go(self, slug: str) -> "Window":
        """Open a room, and return when it is shown and live."""
        self.page.goto(f"http://{self.host}/rooms/{slug}/")
        self.until_live()
        expect(self.page.locator("[data-part=composer]")).to_be_visible()
        return self

    def until_live(self) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-connection", "live")

    def until_cut(self) -> None:
        """Return when the page has noticed that the connection is gone."""
        expect(self.page.locator("html:not([data-connection=live])")).to_have_count(1, timeout=CUT)

    def write(self, text: str) -> None:
        """Type a message and send it."""
        box = self.page.locator("#composer-text")
        box.fill(text)
        box.press("Enter")

    def say(self, text: str) -> Locator:
        """Write a message, and return it when it is stored."""
        self.write(text)
        message = self.message(text)
        try:
            expect(message).to_have_attribute("data-state", "stored")
        except AssertionError as failure:
            failure.add_note(f"Not sent yet: {self.unsent()}. Frames in a second: {self.page.evaluate(FRAMES)}.")
            raise
        return message

    def message(self, text: str) -> Locator:
        return self.page.locator(".message").filter(has_text=text)

    def sees(self, text: str) -> Locator:
        """Wait for a message, exactly one."""
        message = self.message(text)
        expect(message).to_have_count(1)
        return message

    def unsent(self) -> list[object]:
        """What the tab keeps to send it, over a reload."""
        kept = self.page.evaluate("name => sessionStorage.getItem(name)", f"parley:outbox:{self.account.id}")
        return list(json.loads(kept or "[]"))

    def texts(self) -> list[str]:
        """What is on screen, top to bottom."""
        return self.page.locator(".message .text").all_inner_texts()

    def numbers(self) -> list[int]:
        """The numbers of the stored messages on screen, top to bottom."""
        return [int(number) for number in self.page.eval_on_selector_all(".message[data-number]", NUMBERS)]

    def _said(self, message: ConsoleMessage) -> None:
        if POLICY in message.text:
            self.complaints.append(message.text)

    def _failed(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")


NUMBERS = "articles => articles.map(article => article.dataset.number)"
