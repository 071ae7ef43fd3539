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
    """A lobby and its port, whoever was let in, and what is to be done later."""

    def __init__(self, *, places: int = 100) -> None:
        self.crowded = False
        self.reads = True
        self.numberAccepts = 100
        self.inside: list[socket.socket] = []
        self.later: list[Callable[[], None]] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.listener.setblocking(False)
        self.lobby = Lobby(
            fileno=os.dup(self.listener.fileno()),
            port=self,
            places=places,
            is_crowded=lambda: self.crowded,
            call_later=lambda _, call: self.later.append(call),
        )

    # -- as Twisted's port does --------------------------------------------------------------------------------------

    def doRead(self) -> None:
        before = len(self.inside)
        with suppress(BlockingIOError):
            for _ in range(self.numberAccepts):
                self.inside.append(self.lobby.accept()[0])
        self.numberAccepts = max(1, len(self.inside) - before)

    def stopReading(self) -> None:
        self.reads = False

    def startReading(self) -> None:
        self.reads = True

    # ----------------------------------------------------------------------------------------------------------------

    def is_read(self) -> None:
        """The event loop sees that somebody knocks."""
        if self.reads:
            self.doRead()

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
    house.listener.close()
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
    house.is_read()
    assert house.names() == addresses(visitors)


def test_nobody_is_let_in_while_it_is_crowded_and_then_all_are_in_the_order_they_came(house: House) -> None:
    house.crowded = True
    visitors = house.knock(2)
    house.is_read()
    visitors += house.knock(3)
    house.a_moment_later()
    assert house.inside == []
    house.crowded = False
    visitors += house.knock()
    house.a_moment_later()
    assert house.names() == addresses(visitors)


def test_a_few_are_let_in_at_a_time(house: House) -> None:
    visitors = house.knock(2 * LET_IN + 5)
    house.is_read()
    house.is_read()
    assert len(house.inside) == LET_IN
    house.numberAccepts = 1
    house.a_moment_later()
    assert len(house.inside) == 2 * LET_IN
    house.a_moment_later()
    assert house.names() == addresses(visitors)


def test_whoever_has_waited_too_long_is_sent_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.crowded = True
    [early] = house.knock()
    house.is_read()
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
    house.is_read()
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
    house.is_read()
    gone.close()
    house.crowded = False
    house.a_moment_later()
    assert house.names() == addresses([patient])


def test_whom_the_lobby_has_no_place_for_stays_where_others_may_find_them() -> None:
    house = House(places=3)
    house.crowded = True
    visitors = house.knock(5)
    house.is_read()
    assert not house.reads
    elsewhere = [house.listener.accept()[0] for _ in range(2)]
    assert [each.getpeername() for each in elsewhere] == addresses(visitors[3:])
    house.crowded = False
    house.a_moment_later()
    assert house.reads
    assert house.names() == addresses(visitors[:3])


def test_without_descriptors_nobody_waits(house: House) -> None:
    house.crowded = True
    visitors = house.knock(2)
    house.is_read()
    visitors += house.knock(4)
    with descriptors(left=2), pytest.raises(OSError, match="Too many open files"):
        house.lobby.accept()
    assert is_closed(visitors[0])
    assert is_closed(visitors[1])


def test_a_worker_that_leaves_lets_in_who_waits_and_leaves_the_others_to_its_successor(house: House) -> None:
    house.crowded = True
    visitors = house.knock(LET_IN + 3)
    house.is_read()
    later = house.knock(2)
    house.lobby.let_all_in()
    house.a_moment_later()
    assert house.names() == addresses(visitors)
    assert [house.listener.accept()[0].getpeername() for _ in later] == addresses(later)


def test_those_who_wait_when_it_is_closed_learn_of_it(house: House) -> None:
    house.crowded = True
    [visitor] = house.knock()
    house.is_read()
    house.lobby.close()
    assert is_closed(visitor)


@pytest.mark.parametrize("unix", [False, True])
def test_a_worker_whose_turns_are_all_taken_lets_people_wait(serve: Serve, unix: bool) -> None:
    [target] = serve(unix=unix).targets()
    with connect(target) as waiting:
        with RawSocket(target, path="/crowd") as busy:
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
    with RawSocket(target, path="/crowd") as busy:
        assert busy.receive() == b"taken"
        assert get(target) == b""
    assert b"200 OK" in get(target)


def test_turns_that_nobody_gives_back_are_no_crowd(serve: Serve) -> None:
    """A database that hangs, for one: the health check has to say so."""
    [target] = serve().targets()
    with RawSocket(target, path="/jam") as jam:
        assert jam.receive() == b"taken"
        assert b"200 OK" in get(target)
