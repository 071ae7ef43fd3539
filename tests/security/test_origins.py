"""Only this site's own pages may open the socket."""

import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from chatproject.asgi import application
from chatproject.origins import is_same_origin

OWN = [
    ("http://localhost", "localhost"),
    ("http://localhost:8000", "localhost:8000"),
    ("https://localhost", "localhost"),
    ("http://127.0.0.1:8000", "127.0.0.1:8000"),
    ("http://[::1]:8000", "[::1]:8000"),
    ("HTTP://LocalHost:8000", "localhost:8000"),
]
FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "http://localhost.evil.example",
    "http://localhost:8000.evil.example",
    "http://localhost@evil.example",
    "http://localhost:8000@evil.example",
    "http://evil.example@localhost:8000",
    "http://evil.example/localhost:8000",
    "http://evil.example#localhost:8000",
    "http://notlocalhost:8000",
    "http://localhost",
    "http://localhost:80",
    "http://localhost:3000",
    "http://localhost:80000",
    "http://localhost:eight",
    "http://localhost:8000/",
    "http://localhost:8000 http://evil.example",
    "http://localhost:8000,http://evil.example",
    "ws://localhost:8000",
    "ftp://localhost:8000",
    "file://localhost:8000",
    "chrome-extension://localhost:8000",
    "javascript://localhost:8000",
    "//localhost:8000",
    "localhost:8000",
    "http://[::1",
    "http://\u00e9vil:8000",
]


def headers(origin: str | None, host: str | None) -> list[tuple[bytes, bytes]]:
    given = [(b"origin", origin), (b"host", host)]
    return [(name, value.encode("latin-1")) for name, value in given if value is not None]


async def is_let_in(origin: str | None, host: str | None = "localhost:8000") -> bool:
    wire = WebsocketCommunicator(application, "/ws/", headers=headers(origin, host))
    return bool((await wire.connect())[0])


@pytest.mark.parametrize(("origin", "host"), OWN)
def test_a_page_of_this_site_is_let_in(origin: str, host: str) -> None:
    assert is_same_origin(headers(origin, host))


@pytest.mark.parametrize("origin", [None, *FOREIGN])
async def test_any_other_page_is_refused_before_the_socket_opens(origin: str | None) -> None:
    assert await is_let_in(origin) is False


@pytest.mark.parametrize("host", [None, "", "evil.example", "localhost:8001"])
async def test_a_page_cannot_bring_its_own_host(host: str | None) -> None:
    assert await is_let_in("http://localhost:8000", host) is False
    assert await is_let_in("http://evil.example", host) is False


def test_two_origins_or_two_hosts_are_none() -> None:
    one = headers("http://localhost", "localhost")
    assert not is_same_origin([*one, (b"origin", b"http://localhost")])
    assert not is_same_origin([*one, (b"host", b"localhost")])


def test_where_https_is_served_a_page_without_it_is_foreign(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert is_same_origin(headers("https://localhost", "localhost"))
    assert not is_same_origin(headers("http://localhost", "localhost"))
