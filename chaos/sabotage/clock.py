"""A worker whose clock is wrong. The monotonic clock, which no administrator can set, stays as it is."""

import os
import threading
import time
from datetime import datetime, timedelta

from django.utils import timezone

from chaos.sabotage.deeds import Deeds
from chaos.sabotage.orders import Orders

LOOK_EVERY = 0.1


def order_for(pid: int) -> str:
    """The order that says by how many seconds the clock of this worker is off."""
    return f"clock-{pid}"


def deed_of(pid: int, offset: float) -> str:
    """Counts how often the clock of this worker was set so many seconds off."""
    return f"clock-{pid}{offset:+g}"


def plant(orders: Orders, deeds: Deeds) -> None:
    """Let `time.time` and Django's `now`, which is all that the product asks, be off as long as an order says so.

    Before the product is imported: it takes `time.time` as it finds it then.
    """
    offset = 0.0
    right_time, right_now = time.time, timezone.now

    def wrong_time() -> float:
        return right_time() + offset

    def wrong_now() -> datetime:
        return right_now() + timedelta(seconds=offset)

    def look() -> None:
        nonlocal offset
        while True:
            told = float(orders.value(order_for(os.getpid())) or 0)
            if told != offset:
                offset = told
                deeds.did(deed_of(os.getpid(), offset))
            time.sleep(LOOK_EVERY)

    time.time = wrong_time
    timezone.now = wrong_now
    threading.Thread(target=look, daemon=True).start()
