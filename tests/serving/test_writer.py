"""The short way out of a socket: nothing is lost, doubled or overtaken when it ends in the middle."""

import socket
from collections.abc import Iterator

import pytest
from twisted.internet.abstract import FileDescriptor

from chatproject.serving.protocol import SocketProtocol
from chatproject.serving.writer import Writer


class Transport:
    def __init__(self, end: socket.socket) -> None:
        self.socket = end


class Descriptor(FileDescriptor):
    """Twisted's own buffer before a real socket; `doWrite` is the reactor's turn, and the test's to call."""

    def __init__(self, end: socket.socket) -> None:
        super().__init__(reactor=object())  # type: ignore[no-untyped-call]
        self.socket, self.connected = end, 1

    def writeSomeData(self, data: bytes) -> int:
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0

    def startWriting(self) -> None:
        pass

    def stopWriting(self) -> None:
        pass


class Server:
    outbound_bytes = 1 << 24


class Protocol:
    """Stands behind the writer and notes what comes the long way."""

    def __init__(self, end: socket.socket) -> None:
        self.transport = Transport(end)
        self.came: list[bytes] = []

    def write(self, frames: bytes) -> None:
        self.came.append(frames)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def test_what_the_kernel_takes_goes_past_the_protocol(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    protocol = Protocol(ours)
    writer = Writer(protocol)
    writer.clear = True
    writer.write(b"hello")
    assert theirs.recv(100) == b"hello"
    assert protocol.came == []


def test_what_the_kernel_does_not_take_goes_the_long_way_and_so_does_all_that_follows(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    protocol = Protocol(ours)
    writer = Writer(protocol)
    writer.clear = True
    whole = bytes(range(256)) * 10_000
    writer.write(whole)
    writer.write(b"after")
    assert not writer.clear
    assert protocol.came[1:] == [b"after"]
    rest = protocol.came[0]
    taken = b""
    while len(taken) < len(whole) - len(rest):
        taken += theirs.recv(1 << 20)
    assert taken + rest == whole


def test_a_full_kernel_leaves_the_frames_whole(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    protocol = Protocol(ours)
    writer = Writer(protocol)
    while True:
        try:
            ours.send(bytes(100_000))
        except BlockingIOError:
            break
    writer.clear = True
    writer.write(b"frames")
    assert protocol.came == [b"frames"]


def test_nothing_goes_the_short_way_while_a_frame_that_came_the_long_way_is_half_sent(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    protocol = SocketProtocol()
    transport = protocol.transport = Descriptor(ours)
    protocol.server = Server()
    protocol.writer = Writer(protocol)
    protocol.state = protocol.STATE_OPEN
    theirs.settimeout(10)
    protocol.sendData(b"first")
    assert protocol.writer.clear
    assert theirs.recv(100) == b"first"
    frame = bytes(range(256)) * 10_000
    protocol.sendData(frame)
    taken = theirs.recv(1 << 24)
    assert 0 < len(taken) < len(frame)
    protocol.writer.write(b"after")  # the kernel has room again, and half a frame still waits
    while len(taken) < len(frame) + len(b"after"):
        transport.doWrite()
        taken += theirs.recv(1 << 24)
    assert taken == frame + b"after"


def test_a_dead_socket_is_the_protocols_to_find(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    protocol = Protocol(ours)
    writer = Writer(protocol)
    writer.clear = True
    theirs.close()
    writer.write(b"frames")
    assert protocol.came == [b"frames"]
    ours.close()
    writer.clear = True
    writer.write(b"more")
    assert protocol.came == [b"frames", b"more"]


def test_any_change_of_state_ends_the_short_way(ends: tuple[socket.socket, socket.socket]) -> None:
    protocol = SocketProtocol()
    protocol.transport = Transport(ends[0])
    protocol.writer = Writer(protocol)
    for state in (protocol.STATE_OPEN, protocol.STATE_CLOSING, protocol.STATE_CLOSED):
        protocol.writer.clear = True
        protocol.state = state
        assert not protocol.writer.clear
        assert protocol.state == state
