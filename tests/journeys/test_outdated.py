"""A page of another version than the server loads itself again, once, and keeps what was not sent."""

from playwright.sync_api import Page, WebSocket, expect

from tests.journeys.conftest import Opened

CLOSED = """([url, protocols]) => new Promise((resolve) => {
    const socket = new WebSocket(url, protocols);
    socket.onclose = ({ code }) => resolve([socket.protocol, code]);
})"""

# What the page offers is another version where the condition holds.
SPEAKS = """
const Native = window.WebSocket;
window.WebSocket = class extends Native {
    constructor(url, protocols) { super(url, %s ? ["parley.v0"] : protocols); }
};
"""
# What the page loads when it has nothing else to do; cut off in the middle of it, it would complain.
ALL_LOADED = '() => performance.getEntriesByType("resource").some(({ name }) => name.includes("/ui/extras."))'
ALWAYS, UNTIL_RELOADED = "true", 'performance.getEntriesByType("navigation")[0].type !== "reload"'


class Loads:
    """How often a page was loaded."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("load", self._loaded)

    def _loaded(self, _: Page) -> None:
        self.count += 1


def test_a_browser_sees_why_another_version_is_refused(window: Opened) -> None:
    ana = window("ana").go("awkward")
    assert ana.page.evaluate(CLOSED, [f"ws://{ana.host}/ws/", ["parley.v0"]]) == ["parley.v0", 4400]


def test_a_page_of_another_version_loads_itself_again_and_is_live(window: Opened) -> None:
    ana = window("ana")
    loads = Loads(ana.page)
    ana.page.add_init_script(SPEAKS % UNTIL_RELOADED)
    ana.go("awkward")
    assert loads.count == 2


def test_a_page_that_the_server_changed_under_loads_itself_again_with_what_was_not_sent(window: Opened) -> None:
    ana = window("ana")
    loads = Loads(ana.page)
    ana.page.add_init_script(SPEAKS % "window.older")
    ana.go("awkward")
    ana.page.locator("#composer-text").fill("half a thought")
    ana.page.wait_for_function(ALL_LOADED)
    ana.page.wait_for_load_state("networkidle")
    ana.page.evaluate("window.older = true")
    ana.context.set_offline(True)
    ana.until_cut()
    ana.write("half a thought, sent while away")
    ana.context.set_offline(False)
    ana.until_live()
    ana.sees("half a thought, sent while away")
    assert loads.count == 2


def test_where_loading_again_does_not_help_it_stays_and_says_so(window: Opened) -> None:
    ana = window("ana")
    loads, sockets = Loads(ana.page), list[WebSocket]()
    ana.page.on("websocket", lambda socket: sockets.append(socket))
    ana.page.add_init_script(SPEAKS % ALWAYS)
    ana.page.goto(f"http://{ana.host}/rooms/talk/")
    expect(ana.page.get_by_role("link", name="Load it again")).to_be_visible()
    ana.page.wait_for_timeout(3000)
    assert (loads.count, len(sockets)) == (2, 2)
    ana.page.get_by_role("link", name="Load it again").click()
    expect(ana.page.get_by_role("link", name="Load it again")).to_be_visible()
    assert len(sockets) == 3
