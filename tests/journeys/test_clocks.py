"""A computer whose clock is wrong by a day: its page sends, receives and shows what any other does, and when."""

import pytest
from playwright.sync_api import expect

from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.journeys.test_sending import stored
from tests.journeys.window import Window
from tests.stacks import run

DAY = 24 * 60 * 60 * 1000

WRONG = """
const Right = Date;
window.wrongBy = %d;
window.Date = class extends Right {
  constructor(...given) {
    if (given.length) super(...given);
    else super(Right.now() + window.wrongBy);
  }
  static now() {
    return Right.now() + window.wrongBy;
  }
};
"""
# The days that were ever on screen, by their names.
RECORD = """() => {
  const log = document.querySelector("[role=log]");
  window.days = new Set();
  const look = () => log.querySelectorAll(".day-name").forEach((each) => window.days.add(each.textContent));
  new MutationObserver(look).observe(log, { childList: true, subtree: true, characterData: true });
  look();
}"""
DAYS_SEEN = "() => [...window.days]"
TIMES = "articles => articles.map((each) => each.querySelector('time').dateTime)"
DAYS = "heads => heads.map((each) => each.textContent)"


@pytest.mark.parametrize("days", [1, -1], ids=["ahead", "behind"])
def test_a_clock_that_is_a_day_wrong_from_the_start_changes_nothing(stack: Stack, window: Opened, days: int) -> None:
    slug = "ahead" if days > 0 else "behind"
    ben = window("ben").go(slug)
    ben.say("there before")
    ana = window("ana")
    ana.page.add_init_script(WRONG % (days * DAY))
    ana.go(slug)
    ana.sees("there before")
    ana.page.evaluate(RECORD)
    texts = ["there before", *converse(stack, ana, ben)]
    assert ana.page.evaluate(DAYS_SEEN) == days_of(ben)
    same_everywhere(stack, slug, texts, ana, ben)


def test_a_clock_that_jumps_by_a_day_and_back_changes_nothing(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana"), window("ben").go("jumping")
    ana.page.add_init_script(WRONG % 0)
    ana.go("jumping")
    ana.say("in time")
    texts = ["in time"]
    for by in (DAY, -DAY, 0):
        ana.page.evaluate("by => (window.wrongBy = by)", by)
        texts += converse(stack, ana, ben, about=f" at {by}")
        same_everywhere(stack, "jumping", texts, ana, ben)


def converse(stack: Stack, ana: Window, ben: Window, *, about: str = "") -> list[str]:
    """They talk, edit and react, and lose their connections meanwhile. What is said, in order."""
    texts = [f"{what}{about}" for what in ("hello", "hello to you", "changed", "while away", "afterwards", "so it is")]
    ana.say(texts[0])
    ben.sees(texts[0])
    theirs = ben.say(texts[1])
    seen = ana.sees(texts[1])
    seen.hover()
    seen.locator('[data-do="react-quick"]').click()
    expect(theirs.locator("[data-do=toggle]")).to_contain_text("1")
    mine = ana.say(f"a slip{about}")
    mine.hover()
    mine.locator('[data-do="edit"]').click()
    editor = ana.page.get_by_label("Edit the message")
    editor.fill(texts[2])
    editor.press("Enter")
    ben.sees(texts[2])
    ana.context.set_offline(True)
    for pid in stack.workers():
        stack.kill_worker(pid)
    ana.until_cut()
    ana.write(texts[3])
    run(stack.until_served())
    ana.context.set_offline(False)
    for each in (ana, ben):
        each.sees(texts[3])
        each.until_live()
    ana.say(texts[4])
    ben.sees(texts[4])
    ben.say(texts[5])
    ana.sees(texts[5])
    return texts


def same_everywhere(stack: Stack, slug: str, texts: list[str], ana: Window, ben: Window) -> None:
    """Each is stored once and shown once, in order, under the same days and times on both sides."""
    for each in (ana, ben):
        expect(each.page.locator('.message[data-state="stored"]')).to_have_count(len(texts))
        assert each.unsent() == []
        assert [text.removesuffix("edited").strip() for text in each.texts()] == texts
        assert each.numbers() == list(range(1, len(texts) + 1))
    assert times_of(ana) == times_of(ben)
    assert days_of(ana) == days_of(ben)
    assert [stored(stack, slug, text) for text in texts] == [1] * len(texts)


def times_of(window: Window) -> list[str]:
    times: list[str] = window.page.eval_on_selector_all(".message", TIMES)
    return times


def days_of(window: Window) -> list[str]:
    """The names of the days on screen."""
    names: list[str] = window.page.eval_on_selector_all(".day-name", DAYS)
    return names
