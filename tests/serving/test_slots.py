"""The UNIX socket that a new worker gets."""

from dataclasses import dataclass, field

import pytest

from chatproject.serving import slots


@dataclass(eq=False)
class Listener:
    cfg_addr: object


@dataclass
class Worker:
    sockets: list[Listener] = field(default_factory=list)


def spawned(listeners: list[Listener], live: list[Worker]) -> Worker:
    worker = Worker(listeners)
    slots.assign(listeners, live_workers=live, worker=worker)
    return worker


@pytest.fixture
def listeners() -> list[Listener]:
    return [Listener(f"/run/worker-{number}.sock") for number in range(3)]


def test_each_worker_has_a_socket_of_its_own(listeners: list[Listener]) -> None:
    live: list[Worker] = []
    for _ in listeners:
        live.append(spawned(listeners, live))
    assert [worker.sockets for worker in live] == [[listener] for listener in listeners]


def test_a_successor_takes_the_socket_of_the_dead(listeners: list[Listener]) -> None:
    live = [Worker([listeners[0]]), Worker([listeners[2]])]
    assert spawned(listeners, live).sockets == [listeners[1]]


def test_a_roll_gives_every_socket_a_second_worker(listeners: list[Listener]) -> None:
    live = [Worker([listener]) for listener in listeners]
    for _ in listeners:
        live.append(spawned(listeners, live))
    assert [worker.sockets for worker in live[3:]] == [[listener] for listener in listeners]


@pytest.mark.parametrize("addresses", [[("127.0.0.1", 8000)], ["/run/one.sock"], [("127.0.0.1", 1), ("::1", 1)]])
def test_what_is_not_several_unix_sockets_is_shared(addresses: list[object]) -> None:
    shared = [Listener(address) for address in addresses]
    assert spawned(shared, []).sockets is shared
