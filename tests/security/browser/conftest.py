"""Chromium, and windows that notice when anything runs or is blocked that should not even be tried."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from chaos.stack.log_watch import LogWatch
from chaos.stack.stack import Stack
from tests.journeys.conftest import chromium as chromium
from tests.journeys.window import Window

WATCH = """
window.ran = [];
window.blocked = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.ran.push(name);
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  window.blocked.push(`${violatedDirective} ${blockedURI} ${sample}`));
"""

Watched = Callable[[str], Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.system)
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture
def watched(stack: Stack, chromium: Browser) -> Iterator[Watched]:
    """Opens a window; when the test ends nothing may have run or been reported, nor gone to another host."""
    windows: list[Window] = []
    requested: list[str] = []

    def open_window(name: str) -> Window:
        window = Window.of(chromium, stack.account(name), stack.host)
        window.context.add_init_script(WATCH)
        window.page.on("request", lambda request: requested.append(request.url))
        windows.append(window)
        return window

    yield open_window
    try:
        for each in windows:
            assert each.page.evaluate("window.ran") == []
            assert each.page.evaluate("window.blocked") == []
            assert each.complaints == []
        own = (f"http://{stack.host}/", "data:", "blob:")
        assert [url for url in requested if not url.startswith(own)] == []
    finally:
        for each in windows:
            each.context.close()


@pytest.fixture(autouse=True)
def clean_log(stack: Stack) -> Iterator[None]:
    watch = LogWatch(stack)
    yield
    watch.assert_clean()
