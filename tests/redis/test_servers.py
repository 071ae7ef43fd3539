"""What REDIS_URL may say."""

import pytest

from chat.delivery.connections import SafeSentinelConnection, SafeSentinelTlsConnection
from chat.delivery.redis import connect, layer_settings
from chat.delivery.servers import Login, Watched, name, open_to_all, servers, watched


def test_commas_separate_servers_and_sentinels() -> None:
    urls = "redis://a:1/2, unix:///run/redis.sock,redis+sentinel://s1,s2:2/main/3,rediss://b"
    assert servers(urls) == ["redis://a:1/2", "unix:///run/redis.sock", "redis+sentinel://s1,s2:2/main/3", "rediss://b"]
    assert list(layer_settings(urls)) == ["default", "server-2", "server-3", "server-4"]


def test_everything_in_a_sentinel_url_is_used() -> None:
    url = "rediss+sentinel://ana:p%40ss@[::1]:1,s2/main/3?sentinel_username=x&sentinel_password=y%26"
    assert watched(url) == Watched(
        sentinels=(("::1", 1), ("s2", 26379)),
        master="main",
        database=3,
        login=Login("ana", "p@ss"),
        sentinel_login=Login("x", "y&"),
        tls=True,
    )
    pool = connect(url).connection_pool
    assert pool.connection_class is SafeSentinelTlsConnection
    assert connect("redis+sentinel://s1/main").connection_pool.connection_class is SafeSentinelConnection


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://a",
        "a:6379",
        "redis+sentinel://s1",
        "redis+sentinel:///main",
        "redis+sentinel://s1/main/x",
        "redis+sentinel://s1/main?timeout=3",
        "redis://a,b",
        "redis://a,http://b",
    ],
)
def test_a_mistake_is_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        servers(url)


def test_a_log_never_has_the_password() -> None:
    assert name("redis://ana:secret@a:1/2") == "a:1/2"
    assert name("redis+sentinel://:secret@s1,s2/main?sentinel_password=secret") == "s1,s2/main"
    assert name("unix:///run/redis.sock") == "/run/redis.sock"


@pytest.mark.parametrize(
    "url",
    [
        "redis://redis.example.org:6379/0",
        "rediss://10.0.0.7",
        "redis://user@10.0.0.7:6379",
        "redis://[2001:db8::1]:6379/0",
        "redis+sentinel://s1,localhost/main",
        "redis+sentinel://s1/main?sentinel_password=x",
    ],
)
def test_a_server_on_the_network_without_a_password_is_open_to_all(url: str) -> None:
    assert open_to_all(url) == [name(url)]
    assert open_to_all(f"redis://localhost,{url}") == [name(url)]


@pytest.mark.parametrize(
    "url",
    [
        "unix:///run/redis.sock",
        "redis://localhost:6379/0",
        "redis://127.0.0.2",
        "redis://[::1]:6379",
        "redis://:secret@10.0.0.7",
        "rediss://user:secret@redis.example.org/1",
        "redis+sentinel://:secret@s1,s2/main",
        "redis+sentinel://localhost:1,127.0.0.1:2/main",
    ],
)
def test_a_server_of_this_machine_or_with_a_password_is_not(url: str) -> None:
    assert open_to_all(url) == []
