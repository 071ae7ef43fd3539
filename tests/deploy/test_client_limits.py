"""What nginx grants each client: sockets open at once, and handshakes. The shipped numbers are made small here.

Addresses that this machine does not have are told by a header, which the shipped configuration would not believe.
"""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.deploy.proxies import Proxy, programs
from tests.serving.gunicorns import Gunicorn, connect, eventually

BELIEVED = {"server_tokens off;": "server_tokens off; set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;"}
SOCKETS = {"limit_conn sockets 4000;": "limit_conn sockets 3;"}
HANDSHAKES = {"rate=500r/s;": "rate=1r/m;", "burst=4000 nodelay;": "burst=2 nodelay;"}
MOST = 3

# Clients by a few of the addresses that each of them has.
CLIENTS = {
    "an address of IPv4": ["203.0.113.9", "::ffff:203.0.113.9"],
    "its neighbour": ["203.0.113.10", "::ffff:203.0.113.10"],
    "a network of IPv6": ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2:a00:0:0:a0a"],
    "its neighbour of IPv6": ["2001:db8:1:3::1", "2001:db8:1:3:1:2:3:4"],
    "a network with zeros": ["2001:db8::1", "2001:db8:0:0:1::", "2001:db8::1:0:0:2", "2001:db8::1:2:3:4"],
    "another with zeros": ["2001:db8:0:1::1", "2001:db8:0:1:1:2:3:4"],
}

Started = Callable[[dict[str, str]], Proxy]


@pytest.fixture
def started(tmp_path: Path, workers: Gunicorn) -> Iterator[Started]:
    running: list[Proxy] = []

    def start(changes: dict[str, str]) -> Proxy:
        [program, *_] = [each for each in programs() if has_realip(each)]
        running.append(Proxy(tmp_path / "run", workers, program=program, changes=BELIEVED | changes))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def has_realip(program: str) -> bool:
    built = subprocess.run([program, "-V"], capture_output=True, text=True, check=True)
    return "http_realip_module" in built.stderr


def shaken(proxy: Proxy, address: str) -> tuple[int, socket.socket]:
    """The status of a handshake, and the socket."""
    stream = connect(proxy.port)
    lines = ["GET /ws/ HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", f"X-Test-Address: {address}"]
    stream.sendall("\r\n".join([*lines, "", ""]).encode())
    return int(stream.recv(4096).split()[1]), stream


def taken_in_turn(addresses: list[str]) -> list[str]:
    return [addresses[number % len(addresses)] for number in range(MOST + 2)]


def test_a_client_has_so_many_sockets_by_all_its_addresses_together(started: Started) -> None:
    proxy = started(SOCKETS)
    with ExitStack() as opened:
        for client, addresses in CLIENTS.items():
            answers = []
            for address in taken_in_turn(addresses):
                status, stream = shaken(proxy, address)
                opened.enter_context(closing(stream))
                answers.append(status)
            assert answers == [101] * MOST + [429, 429], client


def test_a_socket_that_ended_makes_room_for_another(started: Started) -> None:
    proxy = started(SOCKETS)
    first, second = CLIENTS["a network of IPv6"][:2]
    with ExitStack() as opened:
        streams = [opened.enter_context(closing(shaken(proxy, first)[1])) for _ in range(MOST)]
        assert shaken(proxy, second)[0] == 429
        streams[0].close()
        eventually(lambda: shaken(proxy, second)[0] == 101, "there is room")


def test_a_client_has_so_many_handshakes_by_all_its_addresses_together(started: Started) -> None:
    proxy = started(HANDSHAKES)
    for client, addresses in CLIENTS.items():
        answers = []
        for address in taken_in_turn(addresses):
            status, stream = shaken(proxy, address)
            stream.close()
            answers.append(status)
        assert answers == [101] * MOST + [429, 429], client


def test_other_requests_are_not_counted(started: Started) -> None:
    proxy = started(SOCKETS | HANDSHAKES)
    for _ in range(10):
        with closing(connect(proxy.port)) as stream:
            stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert stream.recv(4096).split()[1] == b"200"
