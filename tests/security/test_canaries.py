"""What must not be kept anywhere is sent in, and then looked for in everything that the product writes."""

import asyncio
import json
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from chaos.clients.tab import Tab
from chaos.clients.wire import Refused
from chaos.oracle.history import History
from chaos.stack.stack import Stack
from tests.deploy.proxies import Proxy
from tests.serving.gunicorns import Gunicorn, eventually, get

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


def canary(what: str) -> str:
    return f"canary-{what}-{secrets.token_hex(6)}"


async def sing(stack: Stack, tab: Tab, songs: dict[str, str]) -> None:
    """Send each secret the way such a secret is sent, well-formed and not."""
    room = stack.room("lobby")
    row = await tab.outbox.send(room, songs["message"])
    await tab.outbox.edit(row.id, songs["edit"])
    assert tab.wire is not None
    tab.wire.send(json.dumps({"type": "message.send", "room": songs["field"], "body": songs["body"]}))
    tab.wire.send(json.dumps({"type": "ping", songs["name"]: 1}))
    await tab.ask({"type": "ping"})
    site, ana = stack.site, stack.account("ana")
    await site.sign_in("ana", songs["password"])
    await site.submit("/accounts/login/", {"login": songs["login"], "password": songs["password"]})
    await site.call("GET", "/api/rooms", headers={"Cookie": f"sessionid={songs['session']}"})
    await site.call("POST", "/api/rooms", headers={"Cookie": f"sessionid={ana.session}", "X-CSRFToken": songs["csrf"]})
    await site.call("POST", "/api/rooms", account=ana, body=f'{{"name": 1, "topic": "{songs["topic"]}"'.encode())
    await site.call("GET", f"/accounts/password/reset/key/3-{songs['reset']}/")
    await site.call("GET", f"/?next={songs['query']}")
    tab.wire.send(f"{songs['frame']} is no command")
    await tab.turned_away.wait()


async def test_nothing_secret_is_in_a_log_a_metric_or_a_health_check(stack: Stack) -> None:
    words = ["message", "edit", "field", "body", "name", "password", "login", "session", "csrf", "topic"]
    songs = {word: canary(word) for word in [*words, "reset", "query", "frame"]}
    tab = stack.tab("ana", history=History(), seed="canaries")
    await tab.start()
    try:
        async with asyncio.timeout(20):
            await sing(stack, tab, songs)
    finally:
        await tab.stop()
    songs["its session"] = tab.account.session
    written = [stack.log()]
    for path in ("/metrics", "/livez", "/readyz"):
        written.append((await stack.site.call("GET", path)).body.decode())
    assert {word for word, song in songs.items() if any(song in text for text in written)} == set()


async def test_a_row_that_the_database_refuses_is_quoted_nowhere(stack: Stack) -> None:
    body, topic, before = canary("refused"), canary("refused"), len(stack.log())
    tab, room = stack.tab("ana", history=History(), seed="refused"), stack.room("lobby")
    await tab.start()
    try:
        async with asyncio.timeout(60):
            with refused(stack, "INSERT", table="chat_message", column="body"), pytest.raises(Refused) as caught:
                await tab.outbox.attempt(room, body, key=tab.outbox.new_key())
            with refused(stack, "UPDATE", table="chat_room", column="topic"):
                change = json.dumps({"topic": topic}).encode()
                answer = await stack.site.call("PATCH", f"/api/rooms/{room}", account=tab.account, body=change)
    finally:
        await tab.stop()
    assert (caught.value.code, answer.status) == ("unavailable", 500)
    written = stack.log()[before:]
    assert body not in written
    assert topic not in written
    assert [line for line in written.splitlines() if "IntegrityError" in line and "no_canaries" in line]


@contextmanager
def refused(stack: Stack, deed: str, *, table: str, column: str) -> Iterator[None]:
    """The database takes no row with a canary in this column."""
    if stack.database.is_postgres:
        begin = f"ALTER TABLE {table} ADD CONSTRAINT no_canaries CHECK ({column} NOT LIKE '%canary%') NOT VALID"
        end = f"ALTER TABLE {table} DROP CONSTRAINT no_canaries"
    else:
        when = f"BEFORE {deed} ON {table} WHEN NEW.{column} LIKE '%canary%'"
        begin = f"CREATE TRIGGER no_canaries {when} BEGIN SELECT RAISE(ABORT, 'no_canaries'); END"
        end = "DROP TRIGGER no_canaries"
    stack.database.alter(begin)
    try:
        yield
    finally:
        stack.database.alter(end)


async def test_a_worker_that_dies_takes_nothing_into_the_log(stack: Stack) -> None:
    """Of SIGABRT gunicorn makes use where a worker hangs."""
    songs = [canary("dying") for _ in range(20)]
    tab, before = stack.tab("ana", history=History(), seed="dying"), len(stack.log())
    await tab.start()
    try:
        async with asyncio.timeout(60):
            for blow in (signal.SIGKILL, signal.SIGABRT):
                sends = [asyncio.create_task(tab.outbox.send(stack.room("lobby"), song)) for song in songs]
                for pid in stack.workers():
                    os.kill(pid, blow)
                await asyncio.gather(*sends)
                await stack.until_served()
    finally:
        await tab.stop()
    written = stack.log()[before:]
    assert "was sent SIGKILL" in written
    assert [song for song in [*songs, tab.account.session] if song in written] == []


async def test_control_characters_do_not_forge_lines_of_the_log(stack: Stack) -> None:
    before, site, ana = len(stack.log()), stack.site, stack.account("ana")
    text = "\r\n2026-01-01 CRITICAL root: forged\x1b[31m\x00"
    forged = quote(text)
    for path in (f"/{forged}", f"/api/{forged}", f"/rooms/{forged}/", f"/accounts/password/reset/key/{forged}/"):
        await site.call("GET", path)
    await site.call("GET", "/api/rooms", headers={"Host": "evil\x1b[31m.example"})
    for name in (text, text.replace("\x00", ""), "\n2026-01-01 CRITICAL root: forged"):
        for field in ("name", "topic", "slug"):
            body = json.dumps({"name": "forged", field: name}).encode()
            assert (await site.call("POST", "/api/rooms", account=ana, body=body)).status in (200, 400, 409)
        await site.submit("/accounts/login/", {"login": name, "password": name})
        await hear(stack, name)
    written = stack.log()[before:]
    assert not [line for line in written.splitlines() if line.startswith("2026-01-01")]
    assert set(written) <= {"\n", *(chr(code) for code in range(32, 127))}


async def hear(stack: Stack, text: str) -> None:
    """It as a message, whether it may be one or not; and as one that the database refuses."""
    tab, room = stack.tab("ana", history=History(), seed=text), stack.room("lobby")
    await tab.start()
    try:
        async with asyncio.timeout(20):
            await asyncio.gather(tab.outbox.send(room, f"well {text}"), return_exceptions=True)
            with refused(stack, "INSERT", table="chat_message", column="body"):
                sends = [tab.outbox.attempt(room, f"canary {text}", key=tab.outbox.new_key())]
                await asyncio.gather(*sends, return_exceptions=True)
    finally:
        await tab.stop()


def test_nginx_logs_no_token_that_is_part_of_an_address(tmp_path: Path) -> None:
    """Nor what is asked for, whether there is a worker to answer or none."""
    workers = Gunicorn(tmp_path, unix=True, TRUSTED_PROXY="1")
    proxy = Proxy(tmp_path / "run", workers)
    try:
        reset, confirm, asked = canary("reset"), canary("confirm"), canary("asked")
        for last in ("/last", "/last-of-all"):
            get(proxy.port, f"/accounts/password/reset/key/3-{reset}/")
            get(proxy.port, f"/accounts/confirm-email/{confirm}/")
            get(proxy.port, f"/admin/chat/message/?q={asked}", Referer=f"http://localhost/?q={asked}")
            get(proxy.port, f"/ws/?token={asked}")
            answer = get(proxy.port, last)
            eventually(lambda last=last: f'{last}"' in proxy.log.read_text(), "the requests are logged")
            workers.stop()
        written = proxy.log.read_text() + proxy.errors.read_text()
    finally:
        proxy.stop()
    assert answer.startswith(b"HTTP/1.1 502")
    assert [song for song in (reset, confirm, asked) if song in written] == []
    assert '"GET /accounts/password/reset/key/"' in written
    assert f'"unix:{workers.sockets[0]}" 502' in written
