"""Nothing that a person can write runs in another's browser, nor is even tried: no script, no report of the policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from chaos.oracle.history import History
from chaos.stack.stack import Stack
from tests.journeys.window import Window
from tests.markup.test_hostile_markup import CORPUS, PLACES, SCRIPTS
from tests.security.browser.conftest import Watched
from tests.stacks import run

BODIES = [*CORPUS, *(place.replace("{}", script) for place in PLACES for script in SCRIPTS)]
# Others are refused: `tests/text`.
STORABLE = [body for body in BODIES if body.strip() and not re.search(r"[\x00-\x08]", body)]
NAMES = ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", '" onmouseover="alert(1)', "{{ 7*7 }}"]
NAME, BODY = "<img src=x onerror=alert(1)> in a list", "<svg onload=alert(1)> in a list"
LISTS = {"chat/message/": BODY, "chat/room/": NAME, "chat/membership/": NAME}
"""Pages of the administration, and what stands on each."""


async def write(stack: Stack, room: int, bodies: list[str]) -> None:
    tab = await stack.tab("mal", history=History(), seed=f"scripts in {room}").start()
    for body in bodies:
        await tab.outbox.send(room, body)
    await tab.stop()


async def name_rooms(stack: Stack) -> list[str]:
    """Rooms whose names and topics are markup; their addresses."""
    mal = stack.account("mal")
    made = [
        await stack.site.api(mal, "POST", "/api/rooms", {"name": name, "slug": f"named-{n}", "topic": name})
        for n, name in enumerate(NAMES)
    ]
    return [str(each["room"]["slug"]) for each in made]


async def fill(stack: Stack, slug: str) -> None:
    """A room with a hostile name, and a hostile message in it."""
    room = {"name": NAME, "slug": slug, "topic": NAME}
    made = await stack.site.api(stack.account("mal"), "POST", "/api/rooms", room)
    await write(stack, int(made["room"]["id"]), [BODY])


def assert_harmless(page: Page) -> None:
    """No message on screen has an element that could do something, or a link that leads out of the web."""
    schemes: list[str] = page.eval_on_selector_all(".message a[href]", "links => links.map(link => link.protocol)")
    assert set(schemes) <= {"http:", "https:", "mailto:"}
    assert page.locator(".message :is(script, iframe, object, embed, style, form, svg script)").count() == 0


def read_up(window: Window) -> set[int]:
    """Scroll to the first message of the room; the numbers of all that were shown on the way, which were harmless."""
    seen: set[int] = set()
    window.page.mouse.move(700, 400)
    for _ in range(300):
        shown = window.numbers()
        if not seen.issuperset(shown):
            assert_harmless(window.page)
            seen.update(shown)
        if shown[0] == 1:
            return seen
        window.page.mouse.wheel(0, -2000)
        window.page.wait_for_timeout(50)
    raise AssertionError(f"there is nothing before message {shown[0]}")


def test_hostile_messages_are_only_text_when_they_arrive_and_when_they_are_loaded(
    stack: Stack, watched: Watched
) -> None:
    ana = watched("ana").go("noise")
    run(write(stack, stack.room("noise"), [*STORABLE, "that was all"]))
    ana.sees("that was all")
    assert_harmless(ana.page)
    ana.go("noise")
    ana.sees("that was all")
    assert read_up(ana) == set(range(1, len(STORABLE) + 2))


def test_hostile_names_of_rooms_are_only_text(stack: Stack, watched: Watched) -> None:
    slugs = run(name_rooms(stack))
    mal, ana = watched("mal"), watched("ana")
    for slug, name in zip(slugs, NAMES, strict=True):
        mal.go(slug)
        expect(mal.page.locator("h1.room-name")).to_contain_text(name)
        mal.page.locator("[data-part=people]").click()
        expect(mal.page.get_by_role("button", name="Close").first).to_be_visible()
    ana.go("noise")
    ana.page.keyboard.press("Control+k")
    expect(ana.page.locator("#switcher")).to_be_visible()
    for name in NAMES:
        ana.page.locator("#switcher [data-part=query]").fill(name)


@pytest.mark.parametrize("path", LISTS)
def test_the_administration_shows_it_as_it_was_written(stack: Stack, watched: Watched, path: str) -> None:
    run(fill(stack, f"listed-{list(LISTS).index(path)}"))
    root = watched("root")
    root.page.goto(f"http://{stack.host}/admin/{path}")
    rows = root.page.locator("#result_list tbody tr").filter(has_text=LISTS[path])
    expect(rows.first).to_be_visible()
    rows.first.locator("a").first.click()
    expect(root.page).to_have_url(re.compile("/change/$"))
    shown = root.page.locator("#content form").last
    assert LISTS[path] in shown.inner_text() + "".join(field.input_value() for field in shown.locator("input").all())


def test_a_planted_script_is_stopped_and_would_have_been_noticed(stack: Stack, watched: Watched) -> None:
    page = (ana := watched("ana").go("noise")).page
    for planted in (
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.setAttribute('onclick', 'alert(1)')",
        "document.createElement('script').text = 'alert(1)'",
        "trustedTypes.createPolicy('parley-message', {})",
    ):
        stopped = page.evaluate(f"() => {{ try {{ {planted} }} catch (error) {{ return error.name }} }}")
        assert stopped == "TypeError", planted
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_function("() => window.blocked.length >= 5")
    assert page.evaluate("window.blocked.at(-1)").startswith("style-src")
    page.evaluate("window.blocked.length = 0")
    assert ana.complaints
    ana.complaints.clear()
