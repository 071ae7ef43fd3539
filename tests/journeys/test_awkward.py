"""Awkward moments: two things at once that a person does every day without thinking of it."""

from playwright.sync_api import Route, expect

from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.journeys.test_reading import talk
from tests.journeys.window import Window
from tests.stacks import run

HOLD_FRAMES = """() => {
  window.held = [];
  window.draws = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => window.held.push(draw);
}"""
LET_FRAMES_GO = """() => {
  window.requestAnimationFrame = window.draws;
  window.held.splice(0).forEach((draw) => draw(performance.now()));
}"""


def test_a_reaction_to_a_message_that_is_being_edited_leaves_it_whole(window: Opened) -> None:
    ana, ben = window("ana").go("awkward"), window("ben").go("awkward")
    mine = ana.say("half finished")
    mine.hover()
    mine.locator('[data-do="edit"]').click()
    editor = ana.page.get_by_label("Edit the message")
    editor.fill("finished")
    seen = ben.sees("half finished")
    seen.hover()
    seen.locator('[data-do="react-quick"]').click()
    edited = ana.page.locator(".message-editing")
    expect(edited.locator(".reactions [data-do=toggle]")).to_contain_text("1")
    expect(edited.locator(".failure")).to_be_hidden()
    expect(edited.locator(".time time")).not_to_be_empty()
    expect(editor).to_have_value("finished")
    editor.press("Enter")
    ben.sees("finished")


def test_what_one_sends_from_far_up_is_on_screen(stack: Stack, window: Opened) -> None:
    run(talk(stack, "awkward", 120))
    ana = window("ana").go("awkward")
    ana.page.goto(f"http://{stack.host}/rooms/awkward/#message-1")
    expect(ana.page.locator("#message-1")).to_be_in_viewport()
    ana.until_live()
    ana.write("said from far up")
    expect(ana.sees("said from far up")).to_be_in_viewport()


def test_the_panel_shows_nobody_of_the_room_before(window: Opened) -> None:
    ana = window("ana").go("talk")
    page = ana.page
    page.locator("[data-part=people]").click()
    members, adder = page.locator("[data-part=members] .member"), page.locator("[data-part=adder]")
    expect(members).to_have_count(3)
    expect(adder).to_be_visible()
    held: list[Route] = []
    page.route("**/members*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("link", name="awkward").click()
    expect(page.locator("#details [data-part=name]")).to_have_text("awkward")
    expect(members).to_have_count(0)
    expect(adder).to_be_hidden()
    # It asks again by itself.
    held[0].abort()
    expect(members).to_have_count(3)
    expect(adder).to_be_visible()


def leave(window: Window) -> None:
    """Leave the room that is open, for good."""
    window.page.locator("[data-part=people]").click()
    window.page.locator("[data-part=leave]").click()
    window.page.locator("#confirm [data-part=go]").click()


def test_a_room_lost_and_found_while_the_tab_was_hidden_goes_on(window: Opened) -> None:
    ana, again, ben = window("ana").go("revolving"), window("ana", session=1), window("ben").go("revolving")
    ben.say("before")
    ana.sees("before")
    ana.page.evaluate(HOLD_FRAMES)
    leave(again.go("revolving"))
    again.page.get_by_role("button", name="Join again").click()
    again.sees("before")
    ben.say("meanwhile")
    ana.page.wait_for_timeout(1000)
    ana.page.evaluate(LET_FRAMES_GO)
    ben.say("afterwards")
    for text in ("before", "meanwhile", "afterwards"):
        ana.sees(text)


def test_a_room_that_is_lost_before_its_last_message_is_drawn_is_left_in_peace(window: Opened) -> None:
    ana, again, ben = window("ana").go("revolving"), window("ana", session=1), window("ben").go("revolving")
    ben.say("drawn")
    ana.sees("drawn")
    ana.page.evaluate(HOLD_FRAMES)
    ben.say("not drawn any more")
    ana.page.wait_for_function("() => window.held.length > 0", polling=100)
    leave(again.go("revolving"))
    rejoin = again.page.get_by_role("button", name="Join again")
    expect(rejoin).to_be_visible()
    ana.page.wait_for_timeout(1000)
    ana.page.evaluate(LET_FRAMES_GO)
    expect(ana.page.get_by_role("button", name="Join again")).to_be_visible()
    rejoin.click()
    again.sees("not drawn any more")


def test_the_skip_link_leads_to_the_message_box(window: Opened) -> None:
    page = window("ana").go("talk").page
    page.locator(".skip-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.type("typed")
    expect(page.locator("#composer-text")).to_have_value("typed")
    page.locator("#composer-text").fill("")
