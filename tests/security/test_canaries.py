"""What must not be kept anywhere is sent in, and then looked for in everything that the product writes."""

import asyncio
import json
import secrets
from pathlib import Path
from urllib.parse import quote

import pytest

from chaos.clients.tab import Tab
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


async def test_control_characters_do_not_forge_lines_of_the_log(stack: Stack) -> None:
    before = len(stack.log())
    forged = quote("\r\n2026-01-01 CRITICAL root: forged\x1b[31m\x00")
    for path in (f"/{forged}", f"/api/{forged}", f"/rooms/{forged}/", f"/accounts/password/reset/key/{forged}/"):
        await stack.site.call("GET", path)
    await stack.site.call("GET", "/api/rooms", headers={"Host": "evil\x1b[31m.example"})
    written = stack.log()[before:]
    assert not [line for line in written.splitlines() if line.startswith("2026-01-01")]
    assert set(written) <= {"\n", *(chr(code) for code in range(32, 127))}


def test_nginx_logs_no_token_that_is_part_of_an_address(tmp_path: Path) -> None:
    workers = Gunicorn(tmp_path, unix=True, TRUSTED_PROXY="1")
    proxy = Proxy(tmp_path / "run", workers)
    try:
        reset, confirm = canary("reset"), canary("confirm")
        get(proxy.port, f"/accounts/password/reset/key/3-{reset}/")
        get(proxy.port, f"/accounts/confirm-email/{confirm}/")
        get(proxy.port, "/last")
        eventually(lambda: "/last" in proxy.log.read_text(), "the requests are logged")
        written = proxy.log.read_text() + proxy.errors.read_text()
    finally:
        proxy.stop()
        workers.stop()
    assert reset not in written
    assert confirm not in written
    assert '"GET /accounts/password/reset/key/"' in written
