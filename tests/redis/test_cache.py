"""Sign-in attempts are counted in Redis, and somewhere else while it is away."""

import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from chatproject import cache as cache_module
from tests.builders import make_person
from tests.redis.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.start()
    with override_settings(CACHES={"default": {"BACKEND": "chatproject.cache.Cache", "LOCATION": server.url}}):
        yield server
    server.remove()


@pytest.fixture
def forgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "AWAY_SECONDS", 0.2)


def test_values_are_shared_as_json_which_runs_no_code(server: Server) -> None:
    cache.set("a", [1.5, 2.5], 60)
    assert cache.get("a") == [1.5, 2.5]
    assert server.execute("GET", ":1:a") == b"[1.5,2.5]"
    assert cache.add("a", 1) is False
    assert cache.delete("a") is True
    assert cache.get("a", "none") == "none"


@pytest.mark.parametrize("harm", [Server.kill, Server.pause], ids=["gone", "hung"])
def test_it_counts_on_without_redis_and_with_it_again(server: Server, harm: object, forgiving: None) -> None:
    cache.set("a", 1)
    assert callable(harm)
    harm(server)
    begun = time.monotonic()
    cache.set("a", 2)
    assert cache.get("a") == 2
    assert time.monotonic() - begun < 3
    server.restart()
    time.sleep(0.3)
    cache.set("a", 3)
    assert server.execute("GET", ":1:a") == b"3"


@pytest.mark.django_db
def test_people_sign_in_while_redis_is_away(server: Server) -> None:
    person = make_person("ana")
    person.set_password("correct horse battery")
    person.save()
    server.kill()
    answer = Client().post("/accounts/login/", {"login": "ana", "password": "correct horse battery"})
    assert answer.status_code == 302
