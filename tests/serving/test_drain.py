"""How a worker leaves."""

import asyncio
import json
import signal
import socket
import time

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.serving import gunicorns
from tests.serving.conftest import Serve
from tests.serving.ends import end_of
from tests.serving.gunicorns import eventually, get, is_alive
from tests.serving.raw import HANDSHAKE, RawSocket


async def last_words(client: ClientConnection) -> tuple[list[dict[str, object]], int]:
    """The frames up to the close, and its code."""
    end = await end_of(client)
    return [json.loads(message) for message in end.messages], end.code


async def test_every_client_is_told_when_to_come_back_and_closed_with_1012(serve: Serve) -> None:
    gunicorn = serve(workers=2)
    clients = await asyncio.gather(*(connect(gunicorn.url) for _ in range(250)))
    gunicorn.send(signal.SIGTERM)
    ends = await asyncio.gather(*(last_words(client) for client in clients))
    assert {code for _, code in ends} == {1012}
    assert {len(frames) for frames, _ in ends} == {1}
    assert {frames[0]["type"] for frames, _ in ends} == {"goodbye"}
    waits = [frames[0]["retry_after"] for frames, _ in ends]
    assert all(isinstance(wait, float) and 0 <= wait <= 1 for wait in waits)
    assert len(set(waits)) > 20, "they would all come back at once"
    assert gunicorn.wait() == 0
    assert gunicorn.marks.read_text() == "disconnect 1012\n" * 250


async def test_the_worker_waits_for_applications_to_end(serve: Serve) -> None:
    gunicorn = serve()
    client = await connect(gunicorn.url.replace("/echo", "/slow-goodbye"))
    gunicorn.send(signal.SIGTERM)
    assert (await last_words(client))[1] == 1012
    assert gunicorn.wait() == 0
    assert gunicorn.marks.read_text() == "disconnect 1012\n"


def test_a_client_that_never_answers_the_close_does_not_hold_the_worker_up(serve: Serve) -> None:
    gunicorn = serve()
    with RawSocket(gunicorn.port):
        gunicorn.send(signal.SIGTERM)
        assert gunicorn.process.wait(15) == 0


def test_a_handshake_under_way_does_not_hold_the_worker_up(serve: Serve) -> None:
    gunicorn = serve()
    with socket.create_connection(("127.0.0.1", gunicorn.port)) as half:
        half.sendall(b"GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: webso")
        gunicorn.send(signal.SIGTERM)
        assert gunicorn.process.wait(15) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
async def test_a_quick_stop_still_says_goodbye(serve: Serve, number: signal.Signals) -> None:
    gunicorn = serve()
    clients = [await connect(gunicorn.url) for _ in range(10)]
    gunicorn.send(number)
    ends = await asyncio.gather(*(last_words(client) for client in clients))
    assert {(frames[0]["type"], code) for frames, code in ends} == {("goodbye", 1012)}
    assert gunicorn.wait() == 0


async def test_a_quick_stop_ends_a_drain_that_waits(serve: Serve) -> None:
    gunicorn = serve()
    client = await connect(gunicorn.url.replace("/echo", "/endless-goodbye"))
    gunicorn.send(signal.SIGTERM)
    assert (await last_words(client))[1] == 1012
    assert gunicorn.process.poll() is None
    gunicorn.send(signal.SIGQUIT)
    assert gunicorn.process.wait(10) == 0


async def test_a_command_that_never_ends_is_left_behind_within_the_grace_and_the_log_says_so(serve: Serve) -> None:
    gunicorn = serve(grace=5)
    client = await connect(gunicorn.url.replace("/echo", "/endless-goodbye"))
    begun = time.monotonic()
    gunicorn.send(signal.SIGTERM)
    assert (await last_words(client))[1] == 1012
    assert gunicorn.wait() == 0
    assert time.monotonic() - begun > 1, "it did not wait for it"
    log = gunicorn.log.read_text()
    assert "Leaving with 1 connections still open" in log
    assert "SIGKILL" not in log, "gunicorn's patience was over before the worker's"


async def test_workers_drain_when_their_master_was_killed(serve: Serve) -> None:
    gunicorn = serve(workers=2)
    workers = gunicorn.worker_pids()
    clients = [await connect(gunicorn.url) for _ in range(10)]
    gunicorn.process.kill()
    ends = await asyncio.gather(*(last_words(client) for client in clients))
    assert {code for _, code in ends} == {1012}
    eventually(lambda: not any(is_alive(pid) for pid in workers), "the workers end")


def test_whoever_connected_just_before_is_answered(serve: Serve) -> None:
    gunicorn = serve()
    with gunicorns.connect(gunicorn.port) as stream:
        with RawSocket(gunicorn.port) as socket_open:
            gunicorn.send(signal.SIGTERM)
            assert b"goodbye" in socket_open.receive()
        time.sleep(0.2)  # a request that was on its way
        stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert stream.recv(15) == b"HTTP/1.1 200 OK"
    assert gunicorn.wait() == 0


def test_a_socket_that_opens_while_the_worker_leaves_is_sent_away_too(serve: Serve) -> None:
    gunicorn = serve()
    with gunicorns.connect(gunicorn.port) as stream:
        with RawSocket(gunicorn.port) as socket_open:
            gunicorn.send(signal.SIGTERM)
            assert b"goodbye" in socket_open.receive()
        time.sleep(0.2)
        stream.sendall(HANDSHAKE)
        assert gunicorn.wait() == 0
    assert "still open" not in gunicorn.log.read_text()


def test_whoever_waits_in_the_lobby_is_sent_away_too(serve: Serve) -> None:
    gunicorn = serve()
    with RawSocket(gunicorn.port, path="/crowd") as busy, gunicorns.connect(gunicorn.port) as waiting:
        assert busy.receive() == b"taken"
        waiting.sendall(HANDSHAKE)
        gunicorn.send(signal.SIGTERM)
        assert waiting.recv(12) == b"HTTP/1.1 101"
        busy.stream.close()
        assert gunicorn.wait() == 0
    assert "still open" not in gunicorn.log.read_text()


async def test_a_roll_refuses_nobody(serve: Serve) -> None:
    gunicorn = serve(workers=2)
    before = gunicorn.worker_pids()
    clients = [await connect(gunicorn.url) for _ in range(20)]
    gunicorn.send(signal.SIGHUP)

    async def knock() -> None:
        while set(before) & set(gunicorn.worker_pids()):
            assert b"200 OK" in await asyncio.to_thread(get, gunicorn.port)

    ends, _ = await asyncio.gather(asyncio.gather(*(last_words(client) for client in clients)), knock())
    assert {code for _, code in ends} == {1012}
    assert len(gunicorn.worker_pids()) == 2
    again = await connect(gunicorn.url)
    await again.send("hello")
    assert await again.recv() == "hello"
