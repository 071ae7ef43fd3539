"""Which of several UNIX sockets a worker accepts on."""

from collections import Counter
from collections.abc import Iterable
from typing import Any


def assign(listeners: list[Any], *, live_workers: Iterable[Any], worker: Any) -> None:
    """Give `worker` one UNIX socket, the one with the fewest live workers; the first of them where several have.

    So each of N workers has its own, a dead one's successor takes its place, and a roll doubles each for a while. All
    workers share what is not several UNIX sockets.
    """
    if len(listeners) < 2 or not all(isinstance(listener.cfg_addr, str) for listener in listeners):
        return
    users = Counter(id(listener) for other in live_workers for listener in other.sockets)
    worker.sockets = [min(listeners, key=lambda listener: users[id(listener)])]
