from collections.abc import Iterator

import pytest

from tests.deploy.proxies import Proxy
from tests.serving.gunicorns import Gunicorn


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """Two workers of the echo application, each on a UNIX socket."""
    gunicorn = Gunicorn(tmp_path_factory.mktemp("workers"), workers=2, unix=True, TRUSTED_PROXY="1")
    yield gunicorn
    gunicorn.stop()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, workers: Gunicorn) -> Iterator[Proxy]:
    proxy = Proxy(tmp_path_factory.mktemp("proxy") / "run", workers)
    yield proxy
    proxy.stop()
