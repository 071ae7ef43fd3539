"""Those who connect wait outside while the worker is busy, and nobody is served who has given up."""

import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from chatproject.serving import lobby as lobby_module
from chatproject.serving.lobby import LET_IN, Lobby
from tests.serving.conftest import Serve
from tests.serving.gunicorns import connect, get
from tests.serving.raw import HANDSHAKE, RawSocket


class House:
    """A lobby, whoever was let in, and what it wants done later."""

    def __init__(self) -> None:
        self.crowded = False
        self.inside: list[socket.socket] = []
        self.later: list[Callable[[], None]] = []
        listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.lobby = Lobby(
            fileno=listener.detach(),
            is_crowded=lambda: self.crowded,
            let_in_next=self.let_in,
            call_later=lambda _, call: self.later.append(call),
        )

    def let_in(self) -> None:
        """As Twisted does when the socket can be read."""
        with suppress(BlockingIOError):
            while True:
                self.inside.append(self.lobby.accept()[0])

    def knock(self, times: int = 1) -> list[socket.socket]:
        return [socket.create_connection(self.lobby.getsockname()) for _ in range(times)]

    def a_moment_later(self) -> None:
        later, self.later = self.later, []
        for call in later:
            call()

    def names(self) -> list[object]:
        return [each.getpeername() for each in self.inside]


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.lobby.close()
    for each in house.inside:
        each.close()


def addresses(visitors: list[socket.socket]) -> list[object]:
    return [each.getsockname() for each in visitors]


def is_closed(visitor: socket.socket) -> bool:
    visitor.settimeout(2)
    try:
        return visitor.recv(1) == b""
    except ConnectionResetError:
        return True


@contextmanager
def descriptors(*, left: int) -> Iterator[None]:
    """The process can open so many files and no more."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + left, limits[1]))
    try:
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        for _ in range(left):
            os.close(taken.pop())
        yield
    finally:
        for each in taken:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_whoever_comes_is_let_in_at_once(house: House) -> None:
    visitors = house.knock(3)
    house.let_in()
    assert house.names() == addresses(visitors)


def test_nobody_is_let_in_while_it_is_crowded_and_then_all_are_in_the_order_they_came(house: House) -> None:
    house.crowded = True
    visitors = house.knock(2)
    house.let_in()
    visitors += house.knock(3)
    house.a_moment_later()
    assert house.inside == []
    house.crowded = False
    visitors += house.knock()
    house.a_moment_later()
    assert house.names() == addresses(visitors)


def test_a_few_are_let_in_at_a_time(house: House) -> None:
    visitors = house.knock(2 * LET_IN + 5)
    house.let_in()
    house.let_in()
    assert len(house.inside) == LET_IN
    house.a_moment_later()
    assert len(house.inside) == 2 * LET_IN
    house.a_moment_later()
    assert house.names() == addresses(visitors)


def test_whoever_has_waited_too_long_is_sent_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.crowded = True
    [early] = house.knock()
    house.let_in()
    monkeypatch.setattr(lobby_module, "PATIENCE", 0.05)
    time.sleep(0.1)
    [late] = house.knock()
    house.a_moment_later()
    assert is_closed(early)
    house.crowded = False
    house.a_moment_later()
    assert house.names() == addresses([late])


def test_whoever_has_waited_too_long_when_there_is_room_is_not_served(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.crowded = True
    [early] = house.knock()
    house.let_in()
    monkeypatch.setattr(lobby_module, "PATIENCE", 0.05)
    time.sleep(0.1)
    house.crowded = False
    house.a_moment_later()
    assert house.inside == []
    assert is_closed(early)


def test_whoever_has_hung_up_meanwhile_is_not_served(house: House) -> None:
    house.crowded = True
    gone, patient = house.knock(2)
    gone.sendall(b"GET / HTTP/1.1\r\n\r\n")
    house.let_in()
    gone.close()
    house.crowded = False
    house.a_moment_later()
    assert house.names() == addresses([patient])


def test_there_are_so_many_places_to_wait_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lobby_module, "PLACES", 3)
    house.crowded = True
    visitors = house.knock(5)
    house.let_in()
    assert [is_closed(each) for each in visitors[3:]] == [True, True]
    house.crowded = False
    house.a_moment_later()
    assert house.names() == addresses(visitors[:3])


def test_without_descriptors_nobody_waits(house: House) -> None:
    house.crowded = True
    visitors = house.knock(2)
    house.let_in()
    visitors += house.knock(4)
    with descriptors(left=2), pytest.raises(OSError, match="Too many open files"):
        house.lobby.accept()
    assert is_closed(visitors[0])
    assert is_closed(visitors[1])


def test_when_nobody_will_be_let_in_any_more_all_who_wait_are(house: House) -> None:
    house.crowded = True
    visitors = house.knock(LET_IN + 3)
    house.let_in()
    house.lobby.let_all_in()
    assert house.names() == addresses(visitors)


def test_those_who_wait_when_it_is_closed_learn_of_it(house: House) -> None:
    house.crowded = True
    [visitor] = house.knock()
    house.let_in()
    house.lobby.close()
    assert is_closed(visitor)


@pytest.mark.parametrize("unix", [False, True])
def test_a_worker_whose_turns_are_all_taken_lets_people_wait(serve: Serve, unix: bool) -> None:
    [target] = serve(unix=unix).targets()
    with connect(target) as waiting:
        with RawSocket(target, path="/takes-all-turns") as busy:
            assert busy.receive() == b"taken"
            waiting.sendall(HANDSHAKE)
            with connect(target) as later:
                later.sendall(HANDSHAKE)
                later.settimeout(1.0)
                with pytest.raises(TimeoutError):
                    later.recv(1)
        assert waiting.recv(12) == b"HTTP/1.1 101"


def test_a_worker_that_has_no_turn_for_three_seconds_sends_people_away(serve: Serve) -> None:
    [target] = serve().targets()
    with RawSocket(target, path="/takes-all-turns") as busy:
        assert busy.receive() == b"taken"
        assert get(target) == b""
    assert b"200 OK" in get(target)
