"""A database that takes nothing for a while: who waits for it is told so, and what they wrote is stored once."""

import json

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from chaos.stack.held import nobody_else_writes
from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.journeys.test_everyone import assert_accessible, fits
from tests.journeys.test_sending import SEND, stored
from tests.journeys.window import Window

STUCK = "The server cannot store right now. Your messages are kept."
# The server waits five seconds for a lock, twice, before it says that it has none.
SAID_WITHIN = 40_000

RECORD = """line => {
  window.said = [];
  const note = () => window.said.push(line.textContent);
  new MutationObserver(note).observe(line, { childList: true, characterData: true });
}"""
IS_WHOLE = "line => line.scrollWidth <= line.clientWidth"


@pytest.mark.timeout(240)
def test_who_waits_for_a_database_that_takes_nothing_is_told_so(stack: Stack, window: Opened) -> None:
    ana, ben, eve = window("ana"), window("ben", phone=True, dark=True), window("eve").go("stuck")
    sockets = [sockets_of(each.page) for each in (ana, ben)]
    for each in (ana, ben):
        each.go("stuck")
        line_of(each).evaluate(RECORD)
    ana.say("before")
    for each in (ben, eve):
        each.sees("before")
    places = [places_of(each) for each in (ana, ben)]
    with nobody_else_writes(stack.database, [stack.room("stuck")]):
        ana.write("on a desk")
        ana.write("and more of it")
        ben.page.locator("#composer-text").fill("on a phone")
        ben.page.locator("[data-part=send]").tap()
        for each, opened, place in zip((ana, ben), sockets, places, strict=True):
            expect(line_of(each)).to_have_text(STUCK, timeout=SAID_WITHIN)
            with opened[-1].expect_event("framesent", sends, timeout=SAID_WITHIN):
                assert line_of(each).evaluate(IS_WHOLE)
                assert fits(each.page)
                assert_accessible(each.page)
            expect(line_of(each)).to_have_text(STUCK)
            assert places_of(each) == place
        expect(line_of(eve)).to_be_empty()
        assert eve.texts() == ["before"]
        assert stored(stack, "stuck", "on a desk") == 0
    for each in (ana, ben):
        expect(line_of(each)).to_be_empty(timeout=SAID_WITHIN)
        assert each.page.evaluate("window.said") == [STUCK, ""]
    for each in (ana, ben, eve):
        expect(each.page.locator('.message[data-state="stored"]')).to_have_count(4)
        assert each.unsent() == []
        assert each.texts() == eve.texts()
        assert each.numbers() == [1, 2, 3, 4]
    texts = eve.texts()
    assert texts.index("on a desk") < texts.index("and more of it")
    assert {text: stored(stack, "stuck", text) for text in texts} == dict.fromkeys(texts, 1)


def sockets_of(page: Page) -> list[WebSocket]:
    """The sockets that the page opens from now on, oldest first."""
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    return sockets


def sends(frame: str | bytes) -> bool:
    return bool(json.loads(frame)["type"] == SEND)


def line_of(window: Window) -> Locator:
    return window.page.get_by_role("status").and_(window.page.locator("[data-part=connection]"))


def places_of(window: Window) -> list[object]:
    """Where things are that may not move: the message box and the line above it."""
    page = window.page
    return [page.locator(each).bounding_box() for each in ("[data-part=composer]", ".status-line")]
