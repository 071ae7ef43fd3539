"""For everyone: no serious finding by axe, a strict policy, small screens, and the way in."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chaos.stack.population import PASSWORD
from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened

GRAVE = {"serious", "critical"}
# Colours are judged when they have stopped changing.
AT_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
    .map((each) => each.finished)
)"""


def assert_accessible(page: Page) -> None:
    """Raises AssertionError with what axe finds serious or critical."""
    page.evaluate(AT_REST)
    response = Axe().run(page).response
    assert response["passes"]
    found = [
        f"{each['id']} ({each['impact']}): {[node['target'] for node in each['nodes'][:5]]}"
        for each in response["violations"]
        if each["impact"] in GRAVE
    ]
    assert found == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_account_pages_are_accessible(stack: Stack, chromium: Browser, dark: bool) -> None:
    context = chromium.new_context(color_scheme="dark" if dark else "light")
    page = context.new_page()
    for path in ("login", "signup", "password/reset"):
        page.goto(f"http://{stack.host}/accounts/{path}/")
        assert_accessible(page)
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_and_its_dialogs_are_accessible(window: Opened, dark: bool) -> None:
    ana, ben = window("ana", dark=dark).go("looks"), window("ben").go("looks")
    colours = "dark" if dark else "light"
    ben.write(f"**bold**, `code` and [a link](https://example.org), {colours}")
    message = ana.sees(f"bold, code and a link, {colours}")
    message.hover()
    message.locator('[data-do="react-quick"]').click()
    own = ana.say(f"own words, {colours}")
    page = ana.page
    assert_accessible(page)

    page.keyboard.press("Control+k")
    expect(page.locator("#switcher")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")

    page.locator("[data-part=people]").click()
    expect(page.get_by_role("button", name="Close").first).to_be_visible()
    assert_accessible(page)
    page.locator("[data-part=change]").click()
    expect(page.locator("#room-form")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    own.hover()
    own.locator('[data-do="delete"]').click()
    expect(page.locator("#confirm")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")

    page.locator("[data-part=self]").click()
    expect(page.locator("#self-menu")).to_be_visible()
    assert_accessible(page)


def test_a_phone_shows_one_pane_at_a_time_and_nothing_wider_than_itself(window: Opened) -> None:
    ana, ben = window("ana", phone=True).go("phone"), window("ben").go("phone")
    page = ana.page
    page.locator("#composer-text").fill("from my phone " + "x" * 200)
    page.locator("[data-part=send]").tap()
    ben.sees("from my phone")
    ben.say("https://example.org/" + "long" * 60)
    expect(page.locator(".message")).to_have_count(2)
    assert fits(page)
    assert_accessible(page)
    expect(page.locator(".sidebar")).not_to_be_in_viewport()
    page.get_by_role("button", name="Rooms").tap()
    expect(page.locator(".sidebar")).to_be_in_viewport()
    assert fits(page)
    page.locator(".sidebar").get_by_text("talk", exact=True).tap()
    expect(page.locator(".room-name")).to_contain_text("talk")
    expect(page.locator(".sidebar")).not_to_be_in_viewport()


def fits(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_somebody_signs_in_and_out_by_the_forms(stack: Stack, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"http://{stack.host}/")
    page.get_by_label("Username or e-mail").fill("eve")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    page.locator("[data-part=self]").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("Username or e-mail")).to_be_visible()
    context.close()
