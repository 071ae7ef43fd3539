"""What was written is sent once, whatever happens to the network and the page meanwhile."""

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from chaos.oracle.history import body_hash
from chaos.stack.stack import Stack
from tests.journeys.conftest import Opened
from tests.journeys.window import PATIENCE, Window


def stored(stack: Stack, slug: str, text: str) -> int:
    """How often a text is in the database."""
    return sum(row.room == stack.room(slug) and row.body == body_hash(text) for row in stack.database.rows())


def test_what_is_written_offline_is_sent_once_online(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana").go("offline"), window("ben").go("offline")
    ana.say("before")
    ana.context.set_offline(True)
    for pid in stack.workers():
        stack.kill_worker(pid)
    ana.until_cut()
    ana.write("while offline")
    ana.write("and one more")
    for text in ("while offline", "and one more"):
        expect(ana.message(text)).to_have_attribute("data-state", "waiting")
    ana.page.wait_for_timeout(1500)
    assert stored(stack, "offline", "while offline") == 0
    ana.context.set_offline(False)
    for text in ("while offline", "and one more"):
        expect(ana.sees(text)).to_have_attribute("data-state", "stored")
        ben.sees(text)
        assert stored(stack, "offline", text) == 1
    assert ana.texts() == ben.texts() == ["before", "while offline", "and one more"]


def test_a_reload_whose_answer_got_lost_sends_once(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana"), window("ben").go("reload")
    answers_are_lost(ana.page)
    ana.go("reload")
    ana.write("is this stored?")
    ben.sees("is this stored?")
    expect(ana.message("is this stored?")).to_have_attribute("data-state", "sending")
    ana.page.unroute_all()
    answers_arrive(ana.page)
    ana.page.reload()
    ana.until_live()
    expect(ana.sees("is this stored?")).to_have_attribute("data-state", "stored")
    ana.say("the next one")
    ben.sees("the next one")
    assert stored(stack, "reload", "is this stored?") == 1
    assert ben.texts().count("is this stored?") == 1
    assert ana.texts() == ben.texts()


def test_a_reload_before_anything_went_out_sends_once(stack: Stack, window: Opened) -> None:
    ana = window("ana")
    commands_are_lost(ana.page)
    ana.go("reload")
    ana.write("still in this tab")
    expect(ana.message("still in this tab")).to_have_attribute("data-state", "sending")
    assert stored(stack, "reload", "still in this tab") == 0
    answers_arrive(ana.page)
    ana.page.reload()
    ana.until_live()
    expect(ana.sees("still in this tab")).to_have_attribute("data-state", "stored")
    assert stored(stack, "reload", "still in this tab") == 1


def test_reloading_in_the_middle_of_a_burst_sends_each_once(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana").go("reload"), window("ben").go("reload")
    texts = [f"burst {n}" for n in range(12)]
    for n, text in enumerate(texts):
        ana.write(text)
        if n % 4 == 3:
            ana.page.reload(wait_until="commit")
            expect(ana.page.locator("#composer-text")).to_be_editable()
            ana.until_live()
    for text in texts:
        expect(ana.page.locator(".message .text", has_text=text).first).to_be_visible()
    for text in texts:
        expect(ben.page.get_by_text(text, exact=True)).to_have_count(1)
        assert stored(stack, "reload", text) == 1
    assert [text for text in ben.texts() if text.startswith("burst")] == texts


THREE = ["one of three", "two of three", "three of three"]


def test_a_tab_that_is_copied_offline_sends_nothing_twice(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana").go("copied"), window("ben").go("copied")
    ana.say("before")
    ana.context.set_offline(True)
    for pid in stack.workers():
        stack.kill_worker(pid)
    ana.until_cut()
    for text in THREE:
        ana.write(text)
    copy = ana.copy()
    assert stored(stack, "copied", THREE[0]) == 0
    ana.context.set_offline(False)
    copy.page.reload()
    copy.until_live()
    settled_once(stack, "copied", ["before", *THREE], [ana, copy, ben])


def test_two_tabs_with_one_outbox_send_at_the_same_moment_and_once(stack: Stack, window: Opened) -> None:
    ana, ben = window("ana"), window("ben").go("copied-at-once")
    held = HeldSends(ana.context)
    ana.go("copied-at-once")
    for text in THREE:
        ana.write(text)
    copy = ana.copy()
    copy.until_live()
    expect(copy.message(THREE[0])).to_have_attribute("data-state", "sending")
    held.until(ana.page, 2)
    assert {each["body"] for each in held.commands} == {THREE[0]}
    assert len({each["key"] for each in held.commands}) == 1
    assert len(ana.unsent()) == len(copy.unsent()) == 3
    held.let_go()
    settled_once(stack, "copied-at-once", THREE, [ana, copy, ben])


def settled_once(stack: Stack, slug: str, texts: list[str], windows: list[Window]) -> None:
    """Each is stored once and shown once everywhere, in order; nothing is left to send."""
    for each in windows:
        expect(each.page.locator('.message[data-state="stored"]')).to_have_count(len(texts))
    for each in windows:
        assert each.unsent() == []
        assert each.texts() == texts
        each.page.reload()
        each.until_live()
        expect(each.page.locator('.message[data-state="stored"]')).to_have_count(len(texts))
        assert each.texts() == texts
    assert [stored(stack, slug, text) for text in texts] == [1] * len(texts)


SEND = "message.send"


class HeldSends:
    """The messages of every page of a browser, on their way until they are let go."""

    def __init__(self, context: BrowserContext) -> None:
        self.commands: list[dict[str, object]] = []
        self._go_on: list[Callable[[], None]] | None = []
        context.route_web_socket("**/ws/", self._route)

    def until(self, page: Page, count: int) -> None:
        """Return when so many are on their way."""
        for _ in range(PATIENCE // 50):
            if len(self.commands) < count:
                page.wait_for_timeout(50)
        assert len(self.commands) == count

    def let_go(self) -> None:
        going, self._go_on = self._go_on or [], None
        for go_on in going:
            go_on()

    def _route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(text: str | bytes) -> None:
            command = json.loads(text)
            if self._go_on is None or command["type"] != SEND:
                server.send(text)
            else:
                self.commands.append(command)
                self._go_on.append(lambda: server.send(text))

        socket.on_message(from_page)


def answers_are_lost(page: Page) -> None:
    """The server hears everything; what it says of the page's own messages does not arrive."""

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        refs: set[str] = set()
        keys: set[str] = set()

        def from_page(text: str | bytes) -> None:
            command = json.loads(text)
            if command["type"] == SEND:
                refs.add(command["ref"])
                keys.add(command["key"])
            server.send(text)

        def from_server(text: str | bytes) -> None:
            frame = json.loads(text)
            own = frame.get("ref") in refs or frame.get("message", {}).get("key") in keys
            if not own:
                socket.send(text)

        socket.on_message(from_page)
        server.on_message(from_server)

    page.route_web_socket("**/ws/", route)


def commands_are_lost(page: Page) -> None:
    """Messages do not leave the page; everything else does."""

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda text: None if json.loads(text)["type"] == SEND else server.send(text))

    page.route_web_socket("**/ws/", route)


def answers_arrive(page: Page) -> None:
    """The network is whole again, from the next connection on."""

    def route(socket: WebSocketRoute) -> None:
        socket.connect_to_server()

    page.route_web_socket("**/ws/", route)
