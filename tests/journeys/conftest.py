"""Chromium, one stack for all journeys, and windows that are closed and questioned when a test ends.

The browser belongs to this package and not to the session: while it runs, its event loop runs in the main thread, and
tests with a loop of their own could not.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from chaos.stack.log_watch import LogWatch
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.journeys.window import Window
from tests.stacks import Stacks

PEOPLE = ["ana", "ben", "eve"]
ROOMS = [
    "talk",
    "loading",
    "lost",
    "offline",
    "reload",
    "long",
    "flood",
    "burst",
    "changes",
    "secret",
    "looks",
    "phone",
    "awkward",
    "revolving",
    "copied",
    "copied-at-once",
    "stuck",
    "ahead",
    "behind",
    "jumping",
]

Opened = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.system)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stacks = Stacks(tmp_path_factory.mktemp("parley"))
    yield stacks.start(Plan(people=["root", *PEOPLE], rooms=dict.fromkeys(ROOMS, PEOPLE), private=["secret"]))
    stacks.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # The shell draws no window around the page: half the work.
        path = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def window(stack: Stack, chromium: Browser) -> Iterator[Opened]:
    """Opens a window: `window("ana", phone=False, dark=False)`."""
    windows: list[Window] = []

    def open_window(name: str, *, phone: bool = False, dark: bool = False, session: int = 0) -> Window:
        account = stack.account(name, session=session)
        windows.append(Window.of(chromium, account, stack.host, phone=phone, dark=dark))
        return windows[-1]

    yield open_window
    for each in windows:
        each.context.close()
    assert [complaint for each in windows for complaint in each.complaints] == []


@pytest.fixture(autouse=True)
def clean_log(stack: Stack) -> Iterator[None]:
    watch = LogWatch(stack)
    yield
    watch.assert_clean()
