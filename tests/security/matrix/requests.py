"""How each request of the HTTP API is tried against a scene."""

from collections.abc import Callable
from typing import Any

import orjson
from django.test import Client

from tests.security.matrix.scenes import Scene

Attempt = Callable[[Client, Scene], str]


def _sends(method: str, path: str, body: dict[str, Any] | None = None) -> Attempt:
    def attempt(client: Client, scene: Scene) -> str:
        cast = scene.cast
        names = {"room": scene.room.pk, "regular": cast.regular.pk, "founder": cast.founder.pk, "self": scene.person.pk}
        answer = client.generic(method, path.format(**names), _json(body), content_type="application/json")
        return "ok" if answer.status_code == 200 else str(answer.json()["error"]["code"])

    return attempt


def _lists(client: Client, scene: Scene) -> str:
    rooms = client.get("/api/rooms").json()["rooms"]
    return "listed" if scene.room.pk in {each["id"] for each in rooms} else "not listed"


def _json(body: dict[str, Any] | None) -> bytes:
    return b"" if body is None else orjson.dumps(body)


ATTEMPTS: dict[str, Attempt] = {
    "GET /api/rooms": _lists,
    "PATCH /api/rooms/{room_id} topic": _sends("PATCH", "/api/rooms/{room}", {"topic": "news"}),
    "PATCH /api/rooms/{room_id} archived": _sends("PATCH", "/api/rooms/{room}", {"archived": True}),
    "PATCH /api/rooms/{room_id} reopened": _sends("PATCH", "/api/rooms/{room}", {"archived": False}),
    "GET /api/rooms/{room_id}/messages": _sends("GET", "/api/rooms/{room}/messages"),
    "GET /api/rooms/{room_id}/messages around": _sends("GET", "/api/rooms/{room}/messages?around=1"),
    "GET /api/rooms/{room_id}/members": _sends("GET", "/api/rooms/{room}/members"),
    "POST /api/rooms/{room_id}/members somebody": _sends("POST", "/api/rooms/{room}/members", {"username": "stranger"}),
    "POST /api/rooms/{room_id}/members expelled": _sends("POST", "/api/rooms/{room}/members", {"username": "expelled"}),
    "DELETE /api/rooms/{room_id}/members/{user_id} member": _sends("DELETE", "/api/rooms/{room}/members/{regular}"),
    "DELETE /api/rooms/{room_id}/members/{user_id} owner": _sends("DELETE", "/api/rooms/{room}/members/{founder}"),
    "DELETE /api/rooms/{room_id}/members/{user_id} oneself": _sends("DELETE", "/api/rooms/{room}/members/{self}"),
}
# What is nobody's room yet: everybody signed in may.
PERSONAL = {"POST /api/rooms"}
