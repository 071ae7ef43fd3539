"""A channel layer that drops, repeats, delays and reorders what it carries."""

import asyncio
from random import Random
from typing import Any

from channels_redis.pubsub import RedisPubSubLoopLayer

from chaos.sabotage.orders import Orders

MESS = "mess-up-hints"
DROPPED, REPEATED, DELAYED = 0.3, 0.2, 0.3
LONGEST_DELAY = 0.5


def plant(orders: Orders) -> None:
    """While an order says so, by the seed it carries, spoil what this worker receives."""
    receive = RedisPubSubLoopLayer.receive
    lines: dict[str, asyncio.Queue[Any]] = {}
    tasks: set[asyncio.Task[None]] = set()

    async def pump(layer: RedisPubSubLoopLayer, channel: str) -> None:
        loop, random = asyncio.get_running_loop(), Random(channel)
        while True:
            message = await receive(layer, channel)
            if orders.value(MESS) is None:
                lines[channel].put_nowait(message)
                continue
            if random.random() < DROPPED:
                continue
            for _ in range(1 + (random.random() < REPEATED)):
                pause = random.uniform(0, LONGEST_DELAY) if random.random() < DELAYED else 0.0
                loop.call_later(pause, lines[channel].put_nowait, message)

    async def spoiled_receive(layer: RedisPubSubLoopLayer, channel: str) -> Any:
        if channel not in lines:
            lines[channel] = asyncio.Queue()
            tasks.add(asyncio.create_task(pump(layer, channel)))
        return await lines[channel].get()

    RedisPubSubLoopLayer.receive = spoiled_receive
