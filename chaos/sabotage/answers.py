"""A transaction that is committed, and the answer to its COMMIT lost."""

from collections.abc import Callable

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from chaos.sabotage.orders import Orders

LOSE = "lose-the-answer-to-commit"


def plant(orders: Orders) -> None:
    """Where an order says so, let the next transaction that has something to publish end as if its connection did."""
    commit: Callable[[BaseDatabaseWrapper], None] = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def unanswered_commit(connection: BaseDatabaseWrapper) -> None:
        publishes = bool(connection.run_on_commit)
        commit(connection)
        if publishes and orders.claim(LOSE):
            raise OperationalError("the server closed the connection unexpectedly")

    BaseDatabaseWrapper._commit = unanswered_commit  # type: ignore[attr-defined]
