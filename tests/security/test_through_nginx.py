"""What nginx, as it is shipped, keeps from the workers. Spoofed headers: `tests/deploy/test_nginx.py`."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.deploy.conftest import proxy as proxy
from tests.deploy.proxies import Proxy
from tests.serving.gunicorns import Gunicorn, connect, resident_kib

HANDSHAKE = (
    "GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-brotli, permessage-bzip2\r\n\r\n"
)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    gunicorn = Gunicorn(tmp_path_factory.mktemp("workers"), unix=True, TRUSTED_PROXY="1")
    yield gunicorn
    gunicorn.stop()


def answer(target: int | Path, request: str, body: Iterable[bytes] = ()) -> bytes:
    """What comes back until the connection is closed; sending ends where the other side will not have more."""
    with connect(target) as stream:
        stream.sendall(request.encode("latin-1"))
        try:
            for piece in body:
                stream.sendall(piece)
            return stream.recv(65536)
        except ConnectionError:
            return stream.recv(65536)


def chunks(count: int) -> Iterator[bytes]:
    """Chunks of 64 KiB, and no end."""
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    return (piece for _ in range(count))


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
    ],
)
def test_a_request_whose_end_two_servers_could_see_differently_goes_no_further(proxy: Proxy, lengths: str) -> None:
    request = (
        f"POST /smuggled HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n0\r\n\r\nGET /inner HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    assert answer(proxy.port, request).split()[1] in (b"400", b"501")


@pytest.mark.parametrize("host", ["Host: a\r\nHost: b\r\n", "", "Host: a b\r\n", "Host: a/../b\r\n"])
def test_a_request_with_no_clear_host_goes_no_further(proxy: Proxy, host: str) -> None:
    assert answer(proxy.port, f"GET / HTTP/1.1\r\n{host}\r\n").split()[1] == b"400"


def test_a_body_without_a_length_is_bounded_too(proxy: Proxy, workers: Gunicorn) -> None:
    [worker] = workers.worker_pids()
    before = resident_kib(worker)
    request = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(5):
        assert answer(proxy.port, request, chunks(640)).startswith(b"HTTP/1.1 413 ")
    assert resident_kib(worker) - before < 8192


def test_headers_are_bounded(proxy: Proxy) -> None:
    request = "GET / HTTP/1.1\r\nHost: localhost\r\n" + f"X-Long: {'x' * 65536}\r\n\r\n"
    assert answer(proxy.port, request).split()[1] in (b"400", b"414", b"431")


@pytest.mark.parametrize("through", ["nginx", "the worker alone"])
def test_no_compression_is_agreed_on(proxy: Proxy, workers: Gunicorn, through: str) -> None:
    target = proxy.port if through == "nginx" else workers.sockets[0]
    head = answer(target, HANDSHAKE).lower()
    assert head.startswith(b"http/1.1 101 ")
    assert b"sec-websocket-extensions" not in head


def test_the_addresses_of_static_files_do_not_lead_elsewhere(proxy: Proxy) -> None:
    secret = proxy.static.parent / "outside"
    secret.write_text("outside")
    os.symlink("/etc/passwd", proxy.static.parent / "passwd")
    for path in ("/static../outside", "/static/..%2foutside", "/static/%2e%2e/passwd", "/static/....//outside"):
        found = answer(proxy.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b"outside" not in found.partition(b"\r\n\r\n")[2].splitlines()
        assert b"root:" not in found
