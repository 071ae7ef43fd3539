from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving.gunicorns import Gunicorn

Serve = Callable[..., Gunicorn]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a gunicorn, which ends with the test."""
    running: list[Gunicorn] = []

    def start(**options: object) -> Gunicorn:
        running.append(Gunicorn(tmp_path, **options))
        return running[-1]

    yield start
    for gunicorn in running:
        gunicorn.stop()


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """One worker that the tests of a module share."""
    shared = Gunicorn(tmp_path_factory.mktemp("gunicorn"))
    yield shared
    shared.stop()
