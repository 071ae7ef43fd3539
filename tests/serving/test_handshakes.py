"""What can go wrong before a socket is open, and that the log does not tell of it as if it were a bug."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.serving.conftest import Serve
from tests.serving.gunicorns import Gunicorn, connect, eventually, get
from tests.serving.raw import HANDSHAKE, RawSocket


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """A gunicorn whose log has nothing but its own coming and going when the module's tests are over."""
    gunicorn = Gunicorn(tmp_path_factory.mktemp("quiet"))
    yield gunicorn
    gunicorn.stop()
    assert [line for line in gunicorn.log.read_text().splitlines() if "[INFO]" not in line] == []


@pytest.fixture(autouse=True)
def serves_on(quiet: Gunicorn) -> Iterator[None]:
    yield
    assert b" 200 " in get(quiet.port)


def answer(gunicorn: Gunicorn, request: bytes) -> bytes:
    with connect(gunicorn.port) as stream:
        stream.sendall(request)
        return b"".join(iter(lambda: stream.recv(4096), b""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", b""),
        (b"dGhlIHNhbXBsZSBub25jZQ==", b"short"),
        (b"Version: 13", b"Version: 7"),
        (b"Version: 13", b"Version: thirteen"),
        (b"Connection: Upgrade", b"Connection: close"),
        (b"GET /raw", b"POST /raw"),
    ],
)
def test_a_broken_handshake_is_refused(quiet: Gunicorn, old: bytes, new: bytes) -> None:
    assert answer(quiet, HANDSHAKE.replace(old, new)).split()[1] in (b"400", b"405", b"426")


def test_clients_that_go_before_they_are_accepted_do_no_harm(quiet: Gunicorn) -> None:
    for _ in range(5):
        with connect(quiet.port) as stream:
            stream.sendall(HANDSHAKE.replace(b"/raw", b"/slow-accept"))
            stream.shutdown(socket.SHUT_WR)
    with RawSocket(quiet.port) as patient:
        patient.send("still here")
        assert patient.receive() == b"still here"


def test_clients_that_go_in_the_middle_of_a_handshake_do_no_harm(quiet: Gunicorn) -> None:
    for length in (1, 20, len(HANDSHAKE) - 1):
        with connect(quiet.port) as stream:
            stream.sendall(HANDSHAKE[:length])


def test_a_first_frame_that_is_no_frame_ends_the_socket_alone(quiet: Gunicorn) -> None:
    with RawSocket(quiet.port) as client:
        client.stream.sendall(b"\xff\xff\xff\xff")
        assert client.receive()[:2] == (1002).to_bytes(2, "big")


def test_an_application_that_fails_in_the_handshake_is_a_500_and_in_the_log(serve: Serve) -> None:
    gunicorn = serve()
    assert answer(gunicorn, HANDSHAKE.replace(b"/raw", b"/fails")).split()[1] == b"500"
    assert "RuntimeError: asked to fail" in gunicorn.log.read_text()


def test_a_protocol_is_agreed_on_as_it_was_written(quiet: Gunicorn) -> None:
    wanted = HANDSHAKE.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: parley%2Ev1\r\n\r\n")
    with connect(quiet.port) as stream, stream.makefile("rb") as said:
        stream.sendall(wanted)
        assert said.readline().startswith(b"HTTP/1.1 101 ")
        assert b"Sec-WebSocket-Protocol: parley%2Ev1\r\n" in iter(said.readline, b"\r\n")


def test_a_subprotocol_that_nobody_offered_fails_its_handshake_alone(serve: Serve) -> None:
    gunicorn = serve()
    assert answer(gunicorn, HANDSHAKE.replace(b"/raw", b"/chooses-badly")).split()[1] == b"500"
    assert "ValueError: the client did not offer this subprotocol" in gunicorn.log.read_text()
    # Daphne still looks, once a second, for applications that failed.
    with RawSocket(gunicorn.port) as client:
        client.send("raise")
        assert client.receive()[:2] == (1011).to_bytes(2, "big")


def test_an_answer_that_fails_half_way_is_cut_off_and_the_worker_goes_on_looking(serve: Serve) -> None:
    gunicorn = serve()
    assert b"half" in get(gunicorn.port, "/fails-half-way")
    with RawSocket(gunicorn.port) as client:
        client.send("raise")
        assert client.receive()[:2] == (1011).to_bytes(2, "big")


def test_an_open_socket_keeps_nothing_of_its_request(quiet: Gunicorn) -> None:
    with RawSocket(quiet.port) as first, RawSocket(quiet.port) as second:

        def alive(name: str) -> bytes:
            second.send(f"objects {name}")
            return second.receive()

        for name in ("WebRequest", "HTTPChannel", "Headers"):
            # Daphne looks once a second for what it can let go of.
            eventually(lambda name=name: alive(name) == b"0", f"no {name} is left")
        first.send("still here")
        assert first.receive() == b"still here"


def test_open_sockets_have_no_timers_of_their_own(quiet: Gunicorn) -> None:
    with RawSocket(quiet.port) as asking, ExitStack() as others:

        def timers() -> list[bytes]:
            counts = []
            for name in ("DelayedCall", "TimerHandle"):
                asking.send(f"objects {name}")
                counts.append(asking.receive())
            return counts

        few = timers()
        assert few != [b"0", b"0"], "the sweep over all sockets is one"
        for _ in range(50):
            others.enter_context(RawSocket(quiet.port))
        # Those of the handshakes end with them.
        eventually(lambda: sum(map(int, timers())) <= sum(map(int, few)) + 5, "fifty sockets have no timers")


def test_workers_run_on_uvloop(quiet: Gunicorn) -> None:
    with RawSocket(quiet.port) as client:
        client.send("loop")
        assert client.receive() == b"uvloop"
