"""What a browser is told of every answer, also of one that went wrong."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from chaos.stack.stack import Stack
from tests.builders import make_person

PLACES = {"site": "/", "API": "/api/rooms", "administration": "/admin/chat/room/"}


def database_raises(failure: Exception) -> AbstractContextManager[None]:
    def fail(*_: Any) -> None:
        raise failure

    return connection.execute_wrapper(fail)


def bad_host(client: Client, path: str) -> HttpResponse:
    return client.get(path, headers={"host": "evil.example"})  # type: ignore[return-value]


def without_token(client: Client, path: str) -> HttpResponse:
    return client.post(path, {"name": "x"}, content_type="application/json")  # type: ignore[return-value]


def nowhere(client: Client, path: str) -> HttpResponse:
    return client.get(f"{path.partition('room')[0]}nowhere/")  # type: ignore[return-value]


def bug(client: Client, path: str) -> HttpResponse:
    with database_raises(ZeroDivisionError()):
        return client.get(path)  # type: ignore[return-value]


def database_away(client: Client, path: str) -> HttpResponse:
    with database_raises(OperationalError("away")):
        return client.get(path)  # type: ignore[return-value]


WRONG: dict[int, Callable[[Client, str], HttpResponse]] = {
    400: bad_host,
    403: without_token,
    404: nowhere,
    500: bug,
    503: database_away,
}


@pytest.fixture
def client() -> Client:
    """A browser in which a member of staff is signed in."""
    browser = Client(
        enforce_csrf_checks=True, raise_request_exception=False, headers={"origin": "https://evil.example"}
    )
    browser.force_login(make_person("ana", staff=True))
    return browser


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("status", WRONG)
def test_an_answer_that_went_wrong_is_guarded_like_any_other(client: Client, status: int, place: str) -> None:
    answer = WRONG[status](client, PLACES[place])
    assert answer.status_code == status
    guarded(dict(answer.items()))


def guarded(headers: dict[str, str]) -> None:
    """Nothing foreign is let in, nothing guessed at, and no other site may read it."""
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not shared(headers)


def shared(headers: dict[str, str]) -> list[str]:
    return [name for name in headers if name.lower().startswith("access-control-")]


@pytest.mark.system
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_site_may_read_an_answer(stack: Stack, method: str) -> None:
    static = [f"/static/{each.relative_to(stack.directory / 'static')}" for each in files_of(stack)]
    assert len(static) > 50
    for path in ["/", "/accounts/login/", "/admin/login/", "/api/rooms", "/livez", "/nowhere", *static]:
        answer = ask(stack, method, path)
        assert (path, shared(dict(answer.getheaders()))) == (path, [])


def files_of(stack: Stack) -> Iterator[Path]:
    return (each for each in (stack.directory / "static").rglob("*") if each.suffix in (".js", ".css", ".svg", ".png"))


def ask(stack: Stack, method: str, path: str) -> HTTPResponse:
    """As another site's page would."""
    line = HTTPConnection(stack.host, timeout=20)
    line.request(method, path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer
