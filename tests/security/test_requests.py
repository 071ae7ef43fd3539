"""Requests that reach a worker as they are, without nginx before it."""

import json
from collections.abc import Iterable

import pytest

from chaos.clients.site import CSRF
from chaos.stack.stack import Stack
from tests.security.test_through_nginx import answer, chunks
from tests.serving.gunicorns import resident_kib

pytestmark = [pytest.mark.system, pytest.mark.timeout(180), pytest.mark.usefixtures("clean_log")]


def request(stack: Stack, method: str, path: str, **headers: str) -> str:
    lines = {"Host": stack.host, "Cookie": f"sessionid={stack.account('ana').session}; csrftoken={CSRF}"}
    lines |= {"X-CSRFToken": CSRF, "Content-Type": "application/json", "Connection": "close"}
    lines |= {name.replace("__", "-"): value for name, value in headers.items()}
    return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""])


def status(stack: Stack, text: str, body: Iterable[bytes] = ()) -> int:
    port = int(stack.host.rpartition(":")[2])
    return int(answer(port, text, body).split()[1])


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "127.0.0.1@evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/livez", "/api/rooms", "/accounts/password/reset/"])
def test_a_host_that_is_not_ours_is_served_nothing(stack: Stack, host: str, path: str) -> None:
    assert status(stack, request(stack, "GET", path, Host=host)) == 400


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Forwarded-Server", "X-Original-URL", "X-Rewrite-URL"])
def test_no_header_says_in_the_name_of_another_host(stack: Stack, name: str) -> None:
    found = answer(
        int(stack.host.rpartition(":")[2]),
        request(stack, "GET", "/accounts/password/reset/", **{name: "evil.example"}),
    )
    assert b" 200 " in found.splitlines()[0]
    assert b"evil.example" not in found


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Remote-User", "Remote_User", "X_Real_IP", "X-Forwarded-For"])
def test_no_header_says_who_somebody_is(stack: Stack, name: str) -> None:
    text = request(stack, "GET", "/api/rooms", Cookie="none=1", **{name: "root"})
    assert status(stack, text) == 401


def test_a_body_without_a_length_is_bounded_by_the_application(stack: Stack) -> None:
    before = {pid: resident_kib(pid) for pid in stack.workers()}
    kinds = {"/api/rooms": "application/json", "/accounts/login/": "application/x-www-form-urlencoded"}
    for path, kind in kinds.items():
        text = request(stack, "POST", path, Transfer__Encoding="chunked", Content__Type=kind)
        body = (piece for piece in [*chunks(64), b"0\r\n\r\n"])
        assert status(stack, text, body) in (400, 413)
    assert max(resident_kib(pid) - before[pid] for pid in stack.workers()) < 32 * 1024


@pytest.mark.parametrize("number", [0, 2**31, 2**53 - 1, 2**53, 2**63, 2**64, 10**30])
def test_numbers_beyond_every_column_are_unknown_and_no_error(stack: Stack, number: int) -> None:
    known = 404 if number < 2**53 else 400
    paths = [f"/api/rooms/{number}/messages", f"/api/rooms/{number}/members"]
    assert [status(stack, request(stack, "GET", path)) for path in paths] == [known, known]
    path = f"/api/rooms/{stack.room('hidden')}/members/{number}"
    assert status(stack, request(stack, "DELETE", path)) == known


NO_COMMANDS = [
    *("[" * 50_000, '{"name":' * 5_000, '{"name":NaN}', '{"name":1e999}', '{"name":"\\ud800"}'),
    *('{"name":"a\\u0000b"}', '{"name":{"$ne":""}}', '{"name":"x","topic":{}}', '{"name":["x"]}', "\xff\xfe"),
    '{"name":"x","owner":1}',
]


@pytest.mark.parametrize("body", NO_COMMANDS)
def test_a_body_that_is_no_command_of_ours_is_refused_by_name(stack: Stack, body: str) -> None:
    data = body.encode("latin-1")
    found = answer(
        int(stack.host.rpartition(":")[2]),
        request(stack, "POST", "/api/rooms", Content__Length=str(len(data))),
        iter([data]),
    )
    head, _, text = found.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert json.loads(text[text.index(b"{") : text.rindex(b"}") + 1])["error"]["code"] in ("invalid", "invalid_text")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DEBUG", "PROPFIND"])
def test_methods_that_nobody_needs_do_nothing(stack: Stack, method: str) -> None:
    assert status(stack, request(stack, method, "/api/rooms")) in (400, 403, 404, 405)
