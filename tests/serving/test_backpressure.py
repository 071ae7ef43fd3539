"""A client that does not read costs a bounded amount of memory, and nobody else anything."""

import asyncio
import time
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect

from tests.serving.conftest import Serve
from tests.serving.gunicorns import DEADLINE, eventually, resident_kib
from tests.serving.raw import RawSocket

MEBIBYTE = 1_048_576


def ends(client: RawSocket) -> list[bytes]:
    """The payloads that were still under way, and the close frame's where it came; then nothing."""
    payloads = []
    try:
        while client.opcode != 8:
            payloads.append(client.receive())
    except (EOFError, ConnectionError):
        pass
    return payloads


async def test_a_client_that_does_not_read_is_closed_and_others_go_on(serve: Serve) -> None:
    gunicorn = serve()
    (worker,) = gunicorn.worker_pids()
    before = resident_kib(worker)
    with RawSocket(gunicorn.port, receive_buffer=4096) as deaf:
        async with connect(gunicorn.url) as other:
            # 200 MB for somebody who reads nothing.
            deaf.send("flood 2000 100000")
            for number in range(50):
                await other.send(f"still {number}")
                assert await asyncio.wait_for(other.recv(), 20) == f"still {number}"
            eventually(lambda: gunicorn.marks.exists(), "the deaf one's application ends")
            assert gunicorn.marks.read_text() == "disconnect 1006\n"
        assert resident_kib(worker) - before < 12 * 1024
        assert sum(map(len, ends(deaf))) < 16 * MEBIBYTE


def test_one_that_reads_again_in_time_learns_that_it_was_too_slow(serve: Serve) -> None:
    gunicorn = serve(LIMIT_OUTBOUND_BYTES="65536")
    with RawSocket(gunicorn.port, receive_buffer=4096) as slow:
        slow.send("burst 2000 10000")
        payloads = ends(slow)
        assert payloads[-1] == (4408).to_bytes(2, "big") + b"too slow"
        # What came before it came whole and in order.
        assert payloads[:-1] == [str(number).encode().ljust(10_000, b".") for number in range(len(payloads) - 1)]


def test_one_large_frame_may_exceed_the_bound_when_nothing_waits(serve: Serve) -> None:
    gunicorn = serve(LIMIT_OUTBOUND_BYTES="65536")
    with RawSocket(gunicorn.port, receive_buffer=4096) as client:
        client.send("burst 1 5000000")
        assert len(client.receive()) == 5_000_000


@pytest.mark.timeout(60)
def test_a_stalled_client_is_closed_after_ten_seconds_though_little_waits(serve: Serve) -> None:
    gunicorn = serve(unix=True)
    with RawSocket(gunicorn.sockets[0]) as stalled:
        stalled.send("burst 60 16000")
        began = time.monotonic()
        eventually(gunicorn.marks.exists, "the stalled one's application ends")
        assert 9 < time.monotonic() - began < 25
        assert gunicorn.marks.read_text() == "disconnect 1006\n"


def test_one_that_closes_and_takes_nothing_of_what_waits_is_let_go_of(serve: Serve) -> None:
    gunicorn = serve(unix=True)
    with RawSocket(gunicorn.sockets[0]) as client:
        client.send("brim")
        client.file.peek()
        client.stream.sendall(b"\x88\x82" + bytes(4) + (1000).to_bytes(2, "big"))
        eventually(gunicorn.marks.exists, "its application ends")


def test_what_a_client_sends_waits_at_the_client_while_the_application_takes_none_of_it(serve: Serve) -> None:
    gunicorn = serve()
    (worker,) = gunicorn.worker_pids()
    with RawSocket(gunicorn.port, path="/late") as client:
        before = resident_kib(worker)
        client.stream.settimeout(3)
        sent = 0
        with suppress(TimeoutError):
            while sent < 2_000:
                client.send_much(f"{sent} ".ljust(60_000, "x"))
                sent += 1
        assert sent < 1_000, "the client could send 60 MB that nobody took"
        assert resident_kib(worker) - before < 12 * 1024
        gunicorn.marks.touch()
        client.stream.settimeout(DEADLINE)
        assert [int(client.receive()) for _ in range(sent)] == list(range(sent))


def test_pings_without_end_from_a_client_that_does_not_read_are_bounded(serve: Serve) -> None:
    gunicorn = serve(LIMIT_OUTBOUND_BYTES="65536")
    (worker,) = gunicorn.worker_pids()
    before = resident_kib(worker)
    with RawSocket(gunicorn.port, receive_buffer=4096) as deaf:
        ping = bytes([0x89, 0x80 | 125]) + bytes(4) + b"p" * 125
        with pytest.raises(ConnectionError):
            deaf.stream.sendall(ping * 1_000_000)
    assert resident_kib(worker) - before < 12 * 1024
