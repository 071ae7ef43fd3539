"""Connections to Redis fail loudly, and are the guarded ones whatever the URL."""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvloop
from channels_redis.pubsub import RedisPubSubChannelLayer
from channels_redis.utils import create_pool, decode_hosts
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError

from chaos.proxy import FaultProxy
from chaos.stack.redis_server import RedisServer
from chat.delivery.connections import SafeConnection, SafeTlsConnection, SafeUnixConnection
from chat.delivery.redis import CONNECTIONS, connect, layer_settings

URLS = [
    ("redis://127.0.0.1:6390/3", SafeConnection),
    ("rediss://:secret@127.0.0.1:6390", SafeTlsConnection),
    ("unix:///run/redis.sock?db=2", SafeUnixConnection),
]


class DeadReader(asyncio.StreamReader):
    """What a stream is after its peer's host vanished."""

    def __init__(self) -> None:
        super().__init__()
        self.set_exception(OSError(errno.ETIMEDOUT, "Connection timed out"))


def layer_options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = layer_settings(url)["default"]["CONFIG"]["hosts"][0]
    return options


def made_by(pool: Any) -> Any:
    """A connection of the pool, not connected. redis-py states no types here."""
    return pool.make_connection()


@pytest.mark.parametrize(("url", "kind"), URLS)
def test_both_pools_make_guarded_connections_for_every_kind_of_url(url: str, kind: type[AbstractConnection]) -> None:
    for pool in (connect(url).connection_pool, create_pool(*decode_hosts([layer_options(url)]))):
        assert pool.connection_class is kind
        assert isinstance(made_by(pool), kind)
        assert pool.max_connections == CONNECTIONS


def test_what_is_in_the_url_is_used() -> None:
    made = made_by(create_pool(layer_options("redis://ana:secret@redis.example:6390/3")))
    assert (made.host, made.port, made.db, made.username, made.password) == ("redis.example", 6390, 3, "ana", "secret")
    made = made_by(create_pool(layer_options("unix:///run/redis.sock?db=2")))
    assert (made.path, made.db) == ("/run/redis.sock", 2)


def test_a_url_that_is_none_of_redis_is_refused() -> None:
    with pytest.raises(ValueError, match="scheme"):
        connect("http://127.0.0.1")


async def test_a_tcp_connection_watches_for_a_vanished_host() -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as peer:
        port = peer.sockets[0].getsockname()[1]
        connection = made_by(connect(f"redis://127.0.0.1:{port}").connection_pool)
        await connection.connect()
        ours = connection._writer.get_extra_info("socket")
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert ours.getsockopt(socket.SOL_TCP, socket.TCP_KEEPIDLE) == 5
        assert ours.getsockopt(socket.SOL_TCP, socket.TCP_USER_TIMEOUT) == 10_000
        await connection.disconnect()


async def test_a_read_from_a_dead_socket_raises_instead_of_saying_nothing_yet(server: RedisServer) -> None:
    connection = made_by(connect(server.url).connection_pool)
    await connection.connect()
    writer = connection._writer
    connection._reader = connection._parser._stream = DeadReader()
    with pytest.raises(RedisConnectionError, match="dead"):
        await connection.read_response(timeout=0.1)
    assert not connection.is_connected
    assert writer.is_closing()


async def test_a_read_from_a_closed_socket_raises(server: RedisServer) -> None:
    connection = made_by(connect(server.url).connection_pool)
    await connection.connect()
    server.kill()
    with pytest.raises(RedisConnectionError):
        await connection.read_response(timeout=5, disconnect_on_error=False)
    await connection.disconnect()


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_write_to_a_socket_that_died_unused_is_a_lost_connection(
    new_loop: Callable[[], asyncio.AbstractEventLoop], server: RedisServer
) -> None:
    async def ask_by_a_dead_socket() -> None:
        client = connect(server.url)
        pipeline = client.pipeline(transaction=False).ping()
        connection = await client.connection_pool.get_connection()
        await connection.connect()
        assert connection._writer is not None
        connection._writer.transport.abort()
        await asyncio.sleep(0.1)
        with pytest.raises(RedisConnectionError):
            await connection.send_command("PING")
        await client.connection_pool.release(connection)
        assert await pipeline.execute() == [True]
        await client.aclose()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(ask_by_a_dead_socket())


async def test_a_read_with_nothing_yet_says_so_and_keeps_the_connection(server: RedisServer) -> None:
    connection = made_by(connect(server.url).connection_pool)
    await connection.connect()
    assert await connection.read_response(timeout=0.1) is None
    assert connection.is_connected
    await connection.disconnect()


async def test_a_subscriber_may_wait_longer_than_the_socket_timeout(server: RedisServer) -> None:
    client = connect(server.url)
    async with client.pubsub() as subscriber:
        await subscriber.subscribe("quiet")
        for _ in range(25):
            assert await subscriber.get_message(ignore_subscribe_messages=True, timeout=0.1) is None
        await client.publish("quiet", b"at last")
        message = await subscriber.get_message(ignore_subscribe_messages=True, timeout=5)
    assert message is not None
    assert message["data"] == b"at last"
    await client.aclose(close_connection_pool=True)


async def test_a_subscriber_on_a_dead_socket_connects_and_subscribes_again(server: RedisServer) -> None:
    client = connect(server.url)
    async with client.pubsub() as subscriber:
        await subscriber.subscribe("news")
        await subscriber.get_message(timeout=5)
        connection = subscriber.connection
        assert connection is not None
        connection._reader = connection._parser._stream = DeadReader()
        assert await heard(client, subscriber) == b"again"
    await client.aclose(close_connection_pool=True)


async def test_a_subscriber_whose_server_accepts_and_resets_is_told_so(server: RedisServer) -> None:
    wall = FaultProxy(server.connect)
    await wall.start()
    client, other = connect(f"redis://{wall.host}"), connect(server.url)
    async with client.pubsub() as subscriber:
        await subscriber.subscribe("news")
        assert await heard(other, subscriber) == b"again"
        wall.refuses = True
        wall.reset()
        for _ in range(20):
            with pytest.raises(RedisConnectionError):
                await subscriber.get_message(timeout=5)
        wall.heal()
        assert await heard(other, subscriber) == b"again"
    for each in (client, other):
        await each.aclose(close_connection_pool=True)
    await wall.stop()


async def heard(client: Redis, subscriber: Any) -> bytes:
    async with asyncio.timeout(5):
        while True:
            await client.publish("news", b"again")
            message = await subscriber.get_message(ignore_subscribe_messages=True, timeout=0.1)
            if message is not None:
                return bytes(message["data"])


async def test_a_connection_that_died_in_the_pool_costs_the_caller_nothing(server: RedisServer) -> None:
    client = connect(server.url)
    await client.set("a", b"1")
    server.restart()
    assert await client.get("a") is None
    await client.aclose(close_connection_pool=True)


async def test_more_calls_than_connections_wait_for_one(server: RedisServer) -> None:
    client = connect(server.url)
    await asyncio.gather(*(client.incr("a") for _ in range(CONNECTIONS * 20)))
    assert await client.get("a") == str(CONNECTIONS * 20).encode()
    with server.client() as look:
        assert len(look.client_list()) <= CONNECTIONS + 1
    await client.aclose(close_connection_pool=True)


async def test_the_layer_delivers_over_these_connections(server: RedisServer) -> None:
    layer = RedisPubSubChannelLayer(**layer_settings(server.url)["default"]["CONFIG"])
    channel = await layer.new_channel()
    await layer.group_add("room.1", channel)
    await layer.group_send("room.1", {"type": "x", "data": b"\x00\xff"})
    async with asyncio.timeout(5):
        assert await layer.receive(channel) == {"type": "x", "data": b"\x00\xff"}
    await layer.flush()
