"""What goes over a socket arrives, whole and in order."""

import time

import pytest
from websockets.asyncio.client import connect

from tests.serving.gunicorns import Gunicorn
from tests.serving.raw import RawSocket


async def test_empty_text_and_empty_bytes_go_both_ways(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as client:
        await client.send("")
        assert await client.recv() == ""
        await client.send(b"")
        assert await client.recv() == b""


async def test_the_largest_incoming_message_is_echoed(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as client:
        await client.send("x" * 65_536)
        assert await client.recv() == "x" * 65_536


async def test_outgoing_messages_may_be_larger_than_incoming_ones(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as client:
        await client.send("size 700000")
        assert await client.recv() == "x" * 700_000


async def test_a_subprotocol_is_agreed_on(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url, subprotocols=["parley.v1"]) as client:  # type: ignore[list-item]
        assert client.subprotocol == "parley.v1"


async def test_an_origin_of_null_is_left_to_the_application(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url, origin="null") as client:  # type: ignore[arg-type]
        await client.send("hello")
        assert await client.recv() == "hello"


@pytest.mark.parametrize("pause", [0.0, 0.0005])
def test_written_and_sent_frames_keep_their_order_however_little_the_client_takes(
    gunicorn: Gunicorn, pause: float
) -> None:
    with RawSocket(gunicorn.port, receive_buffer=4096) as client:
        client.send("mixed 600")
        for number in range(600):
            letter = "w" if number % 3 else "s"
            assert client.receive() == f"{number}:".ljust(5000, letter).encode()
            time.sleep(pause)


def test_a_burst_larger_than_the_kernel_takes_arrives_whole(gunicorn: Gunicorn) -> None:
    with RawSocket(gunicorn.port, receive_buffer=4096) as client:
        client.send("burst 130 7777")
        for number in range(130):
            assert client.receive() == str(number).encode().ljust(7777, b".")


@pytest.mark.parametrize("frame", [b"\x89\x80" + bytes(4), b"\x8a\x80" + bytes(4)], ids=["pings", "pongs"])
def test_a_flood_of_frames_that_say_nothing_ends_the_socket(gunicorn: Gunicorn, frame: bytes) -> None:
    with RawSocket(gunicorn.port) as client, RawSocket(gunicorn.port) as other:
        client.stream.sendall(frame * 5_000)
        while client.opcode != 8:
            payload = client.receive()
        assert payload == (4400).to_bytes(2, "big") + b"too many empty frames"
        other.send("hello")
        assert other.receive() == b"hello"


def test_fragments_without_end_end_the_socket(gunicorn: Gunicorn) -> None:
    with RawSocket(gunicorn.port) as client:
        client.stream.sendall(b"\x01\x80" + bytes(4) + (b"\x00\x80" + bytes(4)) * 5_000)
        assert client.receive() == (4400).to_bytes(2, "big") + b"too many empty frames"


def test_a_ping_now_and_then_is_answered(gunicorn: Gunicorn) -> None:
    with RawSocket(gunicorn.port) as client:
        for _ in range(20):
            client.stream.sendall(b"\x89\x83" + bytes(4) + b"abc")
            assert (client.receive(), client.opcode) == (b"abc", 10)
