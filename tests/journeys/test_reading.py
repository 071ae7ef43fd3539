"""Reading: the place one reads stays, changes arrive, and who may not read any more does not."""

from playwright.sync_api import Page, expect

from chaos.oracle.history import History
from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.stacks import run


def top_of(page: Page, number: int) -> float:
    """Where a message is on the screen, in pixels from the top."""
    top: float = page.evaluate("n => document.getElementById(`message-${n}`).getBoundingClientRect().top", number)
    return top


def first_visible(page: Page) -> int:
    """The number of the message at the top of the visible part."""
    number: int = page.evaluate(
        """() => {
          const top = document.querySelector('[data-part=scroller]').getBoundingClientRect().top;
          const seen = [...document.querySelectorAll('.message[data-number]')];
          return Number(seen.find((each) => each.getBoundingClientRect().top >= top).dataset.number);
        }"""
    )
    return number


async def talk(stack: Stack, slug: str, count: int) -> None:
    """Fill a room."""
    tab = await stack.tab("ben", history=History(), seed=slug, label="filler").start()
    for n in range(count):
        await tab.outbox.send(stack.room(slug), f"line {n}\n\nmore")
    await tab.stop()


def test_scrolling_up_loads_older_messages_and_nothing_jumps(stack: Stack, window: Opened) -> None:
    run(talk(stack, "long", 200))
    ana, ben = window("ana").go("long"), window("ben").go("long")
    page = ana.page
    expect(page.locator(".message[data-number]").last).to_be_in_viewport()
    oldest = ana.numbers()[0]
    assert oldest > 1
    page.mouse.move(700, 400)
    for _ in range(60):
        before = first_visible(page)
        at = top_of(page, before)
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(60)
        if ana.numbers()[0] == 1:
            break
        moved = top_of(page, before) - at
        assert -2 <= moved <= 402, f"message {before} moved by {moved}"
    assert ana.numbers()[0] == 1
    assert ana.numbers() == list(range(1, ana.numbers()[-1] + 1))

    page.wait_for_timeout(500)
    here = first_visible(page)
    at = top_of(page, here)
    ben.say("news from below")
    expect(page.locator("[data-part=to-newest]")).to_be_visible()
    page.wait_for_timeout(500)
    assert abs(top_of(page, here) - at) <= 1
    page.locator("[data-part=to-newest]").click()
    expect(ana.message("news from below")).to_be_in_viewport()


def test_edits_deletions_and_reactions_appear_on_the_other_side(window: Opened) -> None:
    ana, ben = window("ana").go("changes"), window("ben").go("changes")
    first = ana.say("a tpyo")
    second = ana.say("a mistake")
    ben.sees("a tpyo")

    first.hover()
    first.locator('[data-do="edit"]').click()
    editor = ana.page.get_by_label("Edit the message")
    editor.fill("a typo")
    editor.press("Enter")
    ben.sees("a typo")
    expect(ben.message("a tpyo")).to_have_count(0)

    second.hover()
    second.locator('[data-do="delete"]').click()
    ana.page.locator("#confirm [data-part=go]").click()
    expect(ben.message("a mistake")).to_have_count(0)
    expect(ben.page.locator('.message[data-state="deleted"]')).to_have_count(1)

    seen = ben.message("a typo")
    seen.hover()
    seen.locator('[data-do="react-quick"]').click()
    expect(ana.message("a typo").locator('[data-do="toggle"]')).to_contain_text("1")


def test_a_removed_member_hears_nothing_more(stack: Stack, window: Opened) -> None:
    owner, eve = window("ana").go("secret"), window("eve").go("secret")
    owner.say("eve may know this")
    eve.sees("eve may know this")
    owner.page.locator("[data-part=people]").click()
    owner.page.get_by_role("button", name="Remove eve").click()
    owner.page.locator("#confirm [data-part=go]").click()
    expect(eve.page.get_by_text("You are no longer in this room")).to_be_visible()
    owner.say("eve may not know this")
    eve.page.wait_for_timeout(1500)
    assert "eve may not know this" not in eve.page.content()
    assert "eve may know this" not in eve.page.content()
    eve.page.goto(f"http://{stack.host}/rooms/secret/")
    expect(eve.page.get_by_text("There is no such room")).to_be_visible()
    assert "eve may" not in eve.page.content()


WATCH = """() => {
  // What leaves above the reader moves the start of the log, which is no box anybody sees move; messages are.
  const log = document.querySelector("[role=log]");
  const scroller = document.querySelector("[data-part=scroller]");
  window.shifts = [];
  window.jumps = [];
  const told = ({ node, previousRect: from, currentRect: to }) =>
    `${node?.id || node?.className || node?.nodeName}: ${[from.x, from.y, from.height]} to ${[to.x, to.y, to.height]}`;
  new PerformanceObserver((list) => {
    for (const { value, sources, hadRecentInput } of list.getEntries())
      if (!hadRecentInput && sources.some(({ node }) => node !== log))
        window.shifts.push([value, ...sources.map(told)]);
  }).observe({ type: "layout-shift" });
  let before = new Map();
  const look = () => {
    const { top, bottom } = scroller.getBoundingClientRect();
    const now = new Map();
    for (const each of document.querySelectorAll(".message[data-number]")) {
      const rect = each.getBoundingClientRect();
      if (rect.bottom > top && rect.top < bottom) now.set(each.dataset.number, Math.round(rect.top));
    }
    // All that stays in view goes up together, to make room below, or not at all.
    const moved = new Set([...now].filter(([number]) => before.has(number)).map(([n, at]) => at - before.get(n)));
    if (moved.size > 1 || [...moved].some((by) => by > 0)) window.jumps.push([...moved]);
    before = now;
    requestAnimationFrame(look);
  };
  look();
}"""


def test_nothing_shifts_while_two_hundred_messages_arrive(stack: Stack, window: Opened) -> None:
    ana = window("ana").go("flood")
    run(talk(stack, "flood", 20))
    expect(ana.page.locator("#message-20")).to_be_in_viewport()
    ana.page.evaluate(WATCH)
    run(talk(stack, "flood", 220))  # the same keys: the first twenty are there already
    expect(ana.page.locator("#message-220")).to_be_in_viewport()
    assert ana.page.evaluate("window.shifts") == []
    assert ana.page.evaluate("window.jumps") == []


def test_a_burst_between_two_frames_comes_without_a_jump(stack: Stack, window: Opened) -> None:
    ana = window("ana")
    ana.context.add_init_script(HEARD)
    ana.go("burst")
    run(talk(stack, "burst", 100))
    expect(ana.page.locator("#message-100")).to_be_in_viewport()
    ana.page.evaluate(WATCH)
    ana.page.evaluate(HOLD)
    run(talk(stack, "burst", 178))
    ana.page.evaluate(LET_GO)
    expect(ana.page.locator("#message-178")).to_be_in_viewport()
    assert ana.page.locator(".message[data-number]").count() < 178, "the oldest are let go"
    assert ana.page.evaluate("window.jumps") == []
    assert ana.page.evaluate("window.shifts") == []


# Whether the page's script was told of the last message.
HEARD = """window.WebSocket = class extends WebSocket {
  constructor(...address) {
    super(...address);
    this.addEventListener("message", ({ data }) => (window.heard ||= data.includes("line 177")));
  }
};"""
HOLD = """() => {
  window.held = [];
  window.drawn = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => window.held.push(draw);
}"""
LET_GO = """async () => {
  while (!window.heard) await new Promise((soon) => setTimeout(soon, 20));
  window.requestAnimationFrame = window.drawn;
  window.held.forEach((draw) => requestAnimationFrame(draw));
}"""


def test_marks_stacked_on_a_letter_stay_with_their_message(window: Opened) -> None:
    ana = window("ana").go("looks")
    ana.write("a line far above\n\nand one above")
    message = ana.sees("a line far above")
    expect(message).to_have_attribute("data-state", "stored")
    above = message.locator(".text p").first
    ana.page.mouse.move(5, 5)
    as_it_was = above.screenshot()
    ana.say("h" + "\u0302" * 60 + "igh")
    ana.say("and one below")
    assert above.screenshot() == as_it_was


def test_the_name_of_a_room_is_read_its_own_way_within_a_sentence(stack: Stack, window: Opened) -> None:
    ana, name = window("ana").go("talk"), "שלום!"
    ana.go(run(made(stack, name)))
    ana.page.locator("[data-part=people]").click()
    ana.page.locator("[data-part=leave]").click()
    title = ana.page.locator("#confirm [data-part=title]")
    expect(title).to_contain_text(name)
    leave, letter, mark, question = (title.evaluate(PLACE, each) for each in ("L", name[0], name[-1], "?"))
    assert leave < mark < letter < question


async def made(stack: Stack, name: str) -> str:
    """The address of a new room of that name."""
    answer = await stack.site.api(stack.account("ana"), "POST", "/api/rooms", {"name": name})
    return str(answer["room"]["slug"])


PLACE = """(title, character) => {
  const [text, range] = [title.firstChild, document.createRange()];
  range.setStart(text, text.data.indexOf(character));
  range.setEnd(text, text.data.indexOf(character) + 1);
  return range.getBoundingClientRect().left;
}"""
