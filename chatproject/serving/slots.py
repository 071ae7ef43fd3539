"""Which of several UNIX sockets a worker accepts on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any


def are_apart(addresses: Sequence[Any]) -> bool:
    """Whether each worker gets one of these to itself: several, all of them UNIX sockets, which gunicorn has as str."""
    return len(addresses) > 1 and all(isinstance(address, str) for address in addresses)


def assign(listeners: list[Any], *, live_workers: Iterable[Any], worker: Any) -> None:
    """Give `worker` one UNIX socket, the one with the fewest live workers; the first of them where several have.

    So each of N workers has its own, a dead one's successor takes its place, and a roll doubles each for a while. All
    workers share what is not several UNIX sockets.
    """
    if not are_apart([listener.cfg_addr for listener in listeners]):
        return
    users = Counter(id(listener) for other in live_workers for listener in other.sockets)
    worker.sockets = [min(listeners, key=lambda listener: users[id(listener)])]
