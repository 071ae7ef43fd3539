"""What the product overrides or calls of Channels and channels-redis is there, with the signature it relies on."""

import inspect

import pytest
from channels.consumer import AsyncConsumer
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from django.test import override_settings
from redis.asyncio.connection import AbstractConnection

from chat.consumers import ChatConsumer
from chat.delivery.redis import layer_settings
from tests.architecture.sources import product


def parameters(function: object) -> list[str]:
    assert callable(function)
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("name", "signature"), [("__call__", ["self", "scope", "receive", "send"]), ("dispatch", ["self", "message"])]
)
def test_an_overridden_method_takes_what_the_stock_one_takes(name: str, signature: list[str]) -> None:
    assert name in vars(ChatConsumer)
    assert parameters(vars(AsyncConsumer)[name]) == parameters(vars(ChatConsumer)[name]) == signature
    assert inspect.iscoroutinefunction(vars(AsyncConsumer)[name])


def test_a_consumer_without_an_alias_has_no_channel_layer() -> None:
    assert "channel_layer_alias" in vars(AsyncConsumer)
    assert ChatConsumer.channel_layer_alias is None
    assert get_channel_layer(None) is None


async def test_the_stock_consumer_hands_over_send_and_scope() -> None:
    class Echo(AsyncConsumer):
        channel_layer_alias = None

        async def dispatch(self, message: dict[str, object]) -> None:
            assert self.scope == {"type": "websocket"}
            await self.base_send(message)
            raise Enough

    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    with pytest.raises(Enough):
        await Echo()({"type": "websocket"}, receive, send)
    assert sent == [{"type": "websocket.connect"}]


class Enough(Exception):
    pass


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("new_channel", ["self", "prefix"]),
        ("group_add", ["self", "group", "channel"]),
        ("group_discard", ["self", "group", "channel"]),
        ("group_send", ["self", "group", "message"]),
        ("receive", ["self", "channel"]),
        ("flush", ["self"]),
    ],
)
async def test_the_layer_has_the_methods_that_the_link_calls(name: str, signature: list[str]) -> None:
    assert parameters(vars(RedisPubSubLoopLayer)[name]) == signature
    assert inspect.iscoroutinefunction(vars(RedisPubSubLoopLayer)[name])
    assert callable(getattr(RedisPubSubChannelLayer(hosts=["redis://127.0.0.1:1"]), name))


async def test_the_layer_keeps_the_subscriber_whose_reconnecting_the_link_wants_to_know_of() -> None:
    layer = RedisPubSubChannelLayer(hosts=["redis://127.0.0.1:1"])
    shard = layer._get_shard("any")
    assert shard._pubsub is None
    shard._ensure_redis()
    assert shard._pubsub.connection is None
    assert callable(AbstractConnection.register_connect_callback)
    assert parameters(vars(RedisPubSubLoopLayer)["_get_group_channel_name"]) == ["self", "group"]
    await layer.flush()


def test_the_settings_name_the_layer_that_is_tested_here() -> None:
    with override_settings(CHANNEL_LAYERS=layer_settings("redis://127.0.0.1:1")):
        assert isinstance(get_channel_layer(), RedisPubSubChannelLayer)


def test_nothing_goes_through_the_one_thread_that_all_sockets_would_share() -> None:
    shared = ("database_sync_to_async", "sync_to_async", "aclose_old_connections")
    found = {source.module: [name for name in source.imports() if name.endswith(shared)] for source in product()}
    assert {module: names for module, names in found.items() if names} == {}
