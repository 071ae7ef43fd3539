"""Dying at the moments when it matters most. No cleaning up: SIGKILL."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from chaos.sabotage.orders import Orders
from chat import journal
from chat.actions.messages import Submission
from chat.delivery.carrier import Carrier
from chat.delivery.change import Change

BEFORE_COMMIT = "die-before-commit"
AFTER_COMMIT = "die-after-commit"
BEFORE_HINT = "die-before-hint"
POINTS = (BEFORE_COMMIT, AFTER_COMMIT, BEFORE_HINT)

# Long enough for the acknowledgement to leave.
FOR_THE_ACK = 0.05


def plant(orders: Orders) -> None:
    """Where an order says so, the next commit of new messages, or the next change told to others, kills this process.

    One of another kind would be no send that is cut in the middle.
    """
    sent = False
    send_messages = journal.send_messages  # type: ignore[attr-defined]
    commit: Callable[[BaseDatabaseWrapper], None] = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]
    carry = Carrier._carry

    def marking_send(submissions: Sequence[Submission]) -> list[Any]:
        nonlocal sent
        sent = True
        return list(send_messages(submissions))

    def dying_commit(connection: BaseDatabaseWrapper) -> None:
        nonlocal sent
        # Where all of it is stored already, nothing is told.
        sends, sent = sent and bool(connection.run_on_commit), False
        if sends and orders.claim(BEFORE_COMMIT):
            _die()
        commit(connection)
        if sends and orders.claim(AFTER_COMMIT):
            _die()

    def dying_carry(carrier: Carrier, changes: Sequence[Change]) -> None:
        if orders.claim(BEFORE_HINT):
            # Nobody hears of these changes from us, but their authors, by the reply.
            asyncio.get_running_loop().call_later(FOR_THE_ACK, _die)
        else:
            carry(carrier, changes)

    journal.send_messages = marking_send  # type: ignore[attr-defined]
    BaseDatabaseWrapper._commit = dying_commit  # type: ignore[attr-defined]
    Carrier._carry = dying_carry  # type: ignore[assignment,method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
