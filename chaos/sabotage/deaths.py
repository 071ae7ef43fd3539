"""Dying at the moments when it matters most. No cleaning up: SIGKILL."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from chaos.sabotage.orders import Orders
from chat.delivery.carrier import Carrier
from chat.delivery.change import Change

BEFORE_COMMIT = "die-before-commit"
AFTER_COMMIT = "die-after-commit"
BEFORE_HINT = "die-before-hint"
POINTS = (BEFORE_COMMIT, AFTER_COMMIT, BEFORE_HINT)

# Long enough for the acknowledgement to leave.
FOR_THE_ACK = 0.05


def plant(orders: Orders) -> None:
    """The next commit, or the next change told to other workers, kills this process where an order says so."""
    commit: Callable[[BaseDatabaseWrapper], None] = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]
    carry = Carrier._carry

    def dying_commit(connection: BaseDatabaseWrapper) -> None:
        if orders.claim(BEFORE_COMMIT):
            _die()
        commit(connection)
        if orders.claim(AFTER_COMMIT):
            _die()

    def dying_carry(carrier: Carrier, changes: Sequence[Change]) -> None:
        if orders.claim(BEFORE_HINT):
            # Nobody hears of these changes from us, but their authors, by the reply.
            asyncio.get_running_loop().call_later(FOR_THE_ACK, _die)
        else:
            carry(carrier, changes)

    BaseDatabaseWrapper._commit = dying_commit  # type: ignore[attr-defined]
    Carrier._carry = dying_carry  # type: ignore[assignment,method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
