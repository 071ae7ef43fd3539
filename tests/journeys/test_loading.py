"""The page on a bad network: whatever part of it does not come, it gets there by itself and loses nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.journeys.window import Window

# What a browser does to all that is under way when the network changes, and what a proxy without a server says.
FAILURES: list[Callable[[Route], None]] = [
    lambda route: route.abort("internetdisconnected"),
    lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>", content_type="text/html"),
]


# As an extension does; the page is told that it failed.
FOREIGN = """document.addEventListener("readystatechange", () => {
    if (document.readyState !== "interactive") return;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = "http://extension.test/inject.css";
    sheet.onerror = () => (window.foreignFailed = true);
    document.head.append(sheet);
});"""


class Cut:
    """Fails so many requests for one part of a page, as long as it is `closed`."""

    def __init__(self, page: Page, part: str, *, times: int, fail: Callable[[Route], None] = FAILURES[0]) -> None:
        self.closed, self.failed = True, 0
        self._fail, self._times = fail, times
        name, ending = part.split(".")
        page.route(re.compile(rf"/{name}(\.[0-9a-f]+)?\.{ending}$"), lambda route: self._ask(route))

    def _ask(self, route: Route) -> None:
        if self.closed and self.failed < self._times:
            self.failed += 1
            self._fail(route)
        else:
            route.continue_()


@pytest.mark.parametrize("fail", FAILURES, ids=["cut", "away"])
# A module is asked for again where only its preload failed.
@pytest.mark.parametrize(("part", "times"), [("main.js", 2), ("sender.js", 2), ("layout.css", 1)])
def test_a_page_of_which_a_part_did_not_come_starts_by_itself(
    window: Opened, part: str, times: int, fail: Callable[[Route], None]
) -> None:
    ana = window("ana")
    cut = Cut(ana.page, part, times=times, fail=fail)
    ana.page.goto(f"http://{ana.host}/rooms/loading/")
    ana.page.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")
    ana.until_live()
    ana.page.wait_for_function("() => sessionStorage.getItem('parley:loads') === null")
    expect(ana.page.locator("#incomplete")).to_be_hidden()
    assert cut.failed == times


def test_while_a_part_does_not_come_the_page_says_so_and_can_be_told_to_try(window: Opened) -> None:
    ana = window("ana")
    cut = Cut(ana.page, "sender.js", times=1000)
    ana.page.goto(f"http://{ana.host}/rooms/loading/")
    notice = ana.page.get_by_text("Parts of this page did not arrive")
    expect(notice).to_be_visible()
    ana.page.wait_for_function("() => sessionStorage.getItem('parley:loads') > 1")
    expect(notice).to_be_visible()
    cut.closed = False
    ana.page.get_by_role("button", name="Load it again").click()
    ana.until_live()


def test_without_a_server_the_page_stays_and_starts_when_it_is_back(window: Opened) -> None:
    ana = window("ana")
    cut = Cut(ana.page, "main.js", times=1000)
    ana.page.goto(f"http://{ana.host}/rooms/loading/")
    expect(ana.page.get_by_text("Parts of this page did not arrive")).to_be_visible()
    assert ana.page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate"
    cut.closed = False
    ana.until_live()


def test_what_is_typed_before_the_page_has_started_stays(window: Opened) -> None:
    ana = window("ana").go("loading")
    box = ana.page.locator("#composer-text")
    box.fill("a draft")
    held: list[Route] = []
    ana.page.route(re.compile(r"/main(\.[0-9a-f]+)?\.js$"), lambda route: held.append(route))
    with ana.page.expect_request(re.compile(r"/main(\.[0-9a-f]+)?\.js$")):
        ana.page.goto(f"http://{ana.host}/rooms/loading/", wait_until="commit")
    box.press_sequentially("begun early")
    for route in held:
        route.continue_()
    starts_with(ana, box, "a draft\nbegun early")


def test_what_is_typed_into_a_page_that_loads_itself_again_stays(window: Opened) -> None:
    ana = window("ana")
    Cut(ana.page, "main.js", times=3)  # the preload, the script, and the look whether a server answers
    ana.page.goto(f"http://{ana.host}/rooms/loading/")
    box = ana.page.locator("#composer-text")
    box.press_sequentially("begun too early")
    starts_with(ana, box, "begun too early")


def test_what_was_typed_waits_for_its_room(window: Opened) -> None:
    ana = window("ana")
    Cut(ana.page, "main.js", times=2)
    address = f"http://{ana.host}/rooms/loading/"
    ana.page.goto(address)
    box = ana.page.locator("#composer-text")
    box.press_sequentially("for this room")
    elsewhere = {"Location": f"http://{ana.host}/rooms/talk/"}
    ana.page.route(address, lambda route: route.fulfill(status=302, headers=elsewhere), times=1)
    ana.page.wait_for_url(elsewhere["Location"])
    ana.until_live()
    expect(box).to_have_value("")
    ana.go("loading")
    starts_with(ana, box, "for this room")


def test_what_was_typed_is_not_for_the_next_person(window: Opened, stack: Stack) -> None:
    ana = window("ana")
    Cut(ana.page, "main.js", times=2)
    ana.page.goto(f"http://{ana.host}/rooms/loading/")
    box = ana.page.locator("#composer-text")
    box.press_sequentially("of ana's")
    ben = stack.account("ben")
    with ana.page.expect_event("load"):
        ana.context.add_cookies([{"name": "sessionid", "value": ben.session, "url": f"http://{ana.host}"}])
    ana.until_live()
    expect(box).to_have_value("")


def starts_with(window: Window, box: Locator, text: str) -> None:
    """The page starts with this in the box, and sends it."""
    window.until_live()
    expect(box).to_have_value(text)
    box.press("Enter")
    window.sees(text.splitlines()[-1])


def test_what_others_put_into_the_page_may_fail(window: Opened) -> None:
    ana = window("ana")
    loads: list[Page] = []
    ana.page.on("load", lambda page: loads.append(page))
    ana.page.add_init_script(FOREIGN)
    ana.go("loading")
    ana.page.wait_for_function("() => window.foreignFailed")
    ana.page.wait_for_timeout(3000)
    expect(ana.page.locator("#incomplete")).to_be_hidden()
    assert len(loads) == 1
    ana.complaints.clear()  # of the style sheet, which the policy stopped


@pytest.mark.parametrize("part", ["extras.js", "switcher.js"])
def test_what_could_not_be_loaded_when_it_was_needed_can_be_had_later(window: Opened, part: str) -> None:
    ana = window("ana")
    cut = Cut(ana.page, part, times=1000)
    ana.go("loading")
    people = ana.page.locator("[data-part=people]")
    people.click()
    expect(ana.page.get_by_text("That needs the network")).to_be_visible()
    cut.closed = False
    people.click()
    expect(ana.page.locator("#details")).to_be_visible()
