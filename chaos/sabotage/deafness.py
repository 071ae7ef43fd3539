"""A worker that hears nothing from the others and does not notice: what only a self-check can find."""

import os
from collections.abc import Iterable

from chaos.sabotage.orders import Orders
from chat.delivery import envelope
from chat.delivery.change import StreamKey
from chat.runtime import Runtime

SEEING = "seeing"
"""What the order says where the poll finds what is not heard."""


def order_for(pid: int) -> str:
    """The order that makes this worker deaf for as long as it stands."""
    return f"deaf-{pid}"


def plant(orders: Orders) -> None:
    """Let changes of other workers be dropped, and the poll that would find them find nothing. Probes still arrive."""
    hear, heads = Runtime._hear, Runtime._heads

    def order() -> str | None:
        return orders.value(order_for(os.getpid()))

    def deaf_hear(runtime: Runtime, heard: envelope.Envelope) -> None:
        if not (order() is not None and isinstance(heard, envelope.Changes)):
            hear(runtime, heard)

    async def blind_heads(runtime: Runtime, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        return await heads(runtime, streams) if order() in (None, SEEING) else {}

    Runtime._hear = deaf_hear  # type: ignore[assignment,method-assign]
    Runtime._heads = blind_heads  # type: ignore[assignment,method-assign]
