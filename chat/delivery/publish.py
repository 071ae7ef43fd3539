"""The one door out. Only actions call it, inside the transaction of the change; it opens at COMMIT."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from django.db import transaction

from chat.delivery.change import Change

logger = logging.getLogger(__name__)


class Publisher(Protocol):
    """Carries committed changes to whoever subscribes. Called in the thread that committed; must not block or raise."""

    def committed(self, changes: Sequence[Change]) -> None: ...


class Unheard:
    """No live part runs in this process: other processes find the change in the database at their next poll."""

    def committed(self, changes: Sequence[Change]) -> None:
        logger.debug("%d changes committed with no publisher in this process", len(changes))


_publisher: Publisher = Unheard()


def use(publisher: Publisher) -> None:
    """Make this the process's publisher."""
    global _publisher
    _publisher = publisher


def publish(changes: Sequence[Change]) -> None:
    """Send the changes, in order, once the surrounding transaction commits; never if it rolls back."""
    if changes:
        transaction.on_commit(partial(_send, tuple(changes)))


def _send(changes: tuple[Change, ...]) -> None:
    _publisher.committed(changes)
