"""The HTTP side of the server, as a browser uses it."""

import asyncio
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from chaos.clients.tab import Account

CSRF = "a" * 32
TIMEOUT = 20.0


@dataclass(frozen=True)
class Answer:
    """A response; redirects are not followed."""

    status: int
    cookies: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)
        return data


@dataclass(frozen=True)
class Site:
    """Makes one request a call, on a connection of its own: any worker may answer it."""

    host: str
    """`address:port`."""

    async def sign_in(self, username: str, password: str) -> Answer:
        """Post the sign-in form. A 302 with a `sessionid` cookie is success."""
        return await self.submit("/accounts/login/", {"login": username, "password": password})

    async def sign_out(self, account: Account) -> Answer:
        """Post the sign-out form."""
        return await self.submit("/accounts/logout/", {}, account=account)

    async def submit(self, path: str, fields: dict[str, str], *, account: Account | None = None) -> Answer:
        """Post a form."""
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.call("POST", path, account=account, headers=headers, body=body)

    async def api(self, account: Account, method: str, path: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON answer to an API call; raises AssertionError unless it is a success."""
        body = b"" if data is None else json.dumps(data).encode()
        headers = {"Content-Type": "application/json"}
        answer = await self.call(method, path, account=account, headers=headers, body=body)
        assert answer.status == 200, f"{method} {path}: {answer.status} {answer.body[:500]!r}"
        return answer.json()

    async def call(
        self,
        method: str,
        path: str,
        *,
        account: Account | None = None,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Any request, with the cookies and the CSRF header a page would send."""
        cookies = f"csrftoken={CSRF}" + (f"; sessionid={account.session}" if account else "")
        sent = {"Cookie": cookies, "X-CSRFToken": CSRF, **(headers or {})}
        return await asyncio.to_thread(self._call, method, path, sent, body)

    async def history(self, account: Account, room: int) -> list[dict[str, Any]]:
        """Every message of a room by number, fetched page by page as by scrolling up."""
        messages: list[dict[str, Any]] = []
        more = True
        while more:
            before = f"?before={messages[0]['number']}" if messages else ""
            page = await self.api(account, "GET", f"/api/rooms/{room}/messages{before}")
            messages = page["messages"] + messages
            more = page["has_older"]
        return messages

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = HTTPConnection(self.host, timeout=TIMEOUT)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            cookies: SimpleCookie = SimpleCookie()
            for value in response.headers.get_all("Set-Cookie") or []:
                cookies.load(value)
            return Answer(response.status, {name: morsel.value for name, morsel in cookies.items()}, response.read())
        finally:
            connection.close()
