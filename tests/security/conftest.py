"""One stack for the tests of this package that need a whole server."""

from collections.abc import Iterator

import pytest

from chaos.stack.log_watch import LogWatch
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.stacks import Stacks

CROWD = [f"crowd-{n}" for n in range(200)]
LEAVERS = [f"{way}-{state}" for way in ("deactivated", "repassworded") for state in ("up", "down")]
PEOPLE = ["root", "ana", "mal", "bystander", *LEAVERS, *CROWD]


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stacks = Stacks(tmp_path_factory.mktemp("parley"))
    rooms = {"lobby": PEOPLE[1:], "hidden": ["ana"], "noise": ["ana", "mal"]}
    yield stacks.start(Plan(people=PEOPLE, rooms=rooms, private=["hidden"]))
    stacks.stop()


@pytest.fixture
def clean_log(stack: Stack) -> Iterator[None]:
    """Whatever is tried, the product's log tells of no bug."""
    watch = LogWatch(stack)
    yield
    watch.assert_clean()
