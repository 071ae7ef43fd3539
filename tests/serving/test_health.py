"""What a watcher is told."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from chat import runtime
from chat.views import health


def readyz(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, json.loads(response.content)


def test_livez_needs_no_database(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_tells_every_check(client: Client) -> None:
    checks = {"database": "ok", "migrations": "ok", "redis": "off", "canary": "off", "draining": False}
    assert readyz(client) == (200, {"status": "ready", "checks": checks})


@pytest.mark.django_db
def test_redis_down_is_degraded_and_ready(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    status, answer = readyz(client)
    assert (status, answer["status"], answer["checks"]["redis"]) == (200, "degraded", "down")


@pytest.mark.django_db
def test_a_canary_in_trouble_is_degraded_and_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    worried = SimpleNamespace(canary=SimpleNamespace(trouble="late"))
    monkeypatch.setattr(runtime, "running", lambda: worried)
    status, answer = readyz(client)
    assert (status, answer["status"], answer["checks"]["canary"]) == (200, "degraded", "late")


def test_metrics_are_told_in_the_format_of_prometheus(client: Client) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    assert "no-store" in response["Cache-Control"]
    assert b"\nparley_sockets " in response.content


@pytest.mark.django_db
def test_a_draining_worker_wants_no_work(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "is_draining", lambda: True)
    assert readyz(client)[0] == 503
    assert readyz(client)[1]["status"] == "draining"


def test_a_database_that_does_not_answer_is_unavailable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", gone)
    status, answer = readyz(client)
    assert (status, answer["status"], answer["checks"]["database"]) == (503, "unavailable", "down")


@pytest.mark.django_db
def test_migrations_to_do_are_unavailable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_seen_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["a migration"])
    status, answer = readyz(client)
    assert (status, answer["status"], answer["checks"]["migrations"]) == (503, "unavailable", "pending")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
