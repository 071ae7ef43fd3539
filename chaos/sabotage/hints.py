"""A channel layer that drops, repeats, delays and reorders what it carries."""

import asyncio
from random import Random
from typing import Any

from channels_redis.pubsub import RedisPubSubLoopLayer

from chaos.sabotage.deeds import Deeds
from chaos.sabotage.orders import Orders

MESS = "mess-up-hints"
DROPS, REPEATS, DELAYS = "hints dropped", "hints repeated", "hints delayed"
DEEDS = (DROPS, REPEATS, DELAYS)
DROPPED, REPEATED, DELAYED = 0.3, 0.2, 0.3
LONGEST_DELAY = 0.5


def plant(orders: Orders, deeds: Deeds) -> None:
    """While an order says so, spoil what this worker receives, and count it."""
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
                deeds.did(DROPS)
                continue
            if repeated := random.random() < REPEATED:
                deeds.did(REPEATS)
            for _ in range(1 + repeated):
                pause = 0.0
                if random.random() < DELAYED:
                    deeds.did(DELAYS)
                    pause = random.uniform(0, LONGEST_DELAY)
                loop.call_later(pause, lines[channel].put_nowait, message)

    async def spoiled_receive(layer: RedisPubSubLoopLayer, channel: str) -> Any:
        if channel not in lines:
            lines[channel] = asyncio.Queue()
            tasks.add(asyncio.create_task(pump(layer, channel)))
        return await lines[channel].get()

    RedisPubSubLoopLayer.receive = spoiled_receive
