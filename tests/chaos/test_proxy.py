"""The proxy does to a connection what its flows say, and nothing else."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from chaos.proxy import FaultProxy, Streams
from tests.waiting import until


class Echo:
    """Sends back what it gets, and keeps it."""

    def __init__(self) -> None:
        self.heard = b""
        self.says = b""
        """What it sends at once, to whatever it gets; nothing: what it gets."""
        self.ended = asyncio.Event()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                self.heard += data
                writer.write(self.says or data)
                await writer.drain()
        except OSError:
            pass
        finally:
            self.ended.set()
            writer.close()


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[Echo]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    echo.port = server.sockets[0].getsockname()[1]
    yield echo
    server.close()


@pytest_asyncio.fixture
async def proxy(echo: Echo) -> AsyncIterator[FaultProxy]:
    proxy = FaultProxy(lambda: asyncio.open_connection("127.0.0.1", echo.port))
    await proxy.start()
    yield proxy
    await proxy.stop()


@asynccontextmanager
async def connected(proxy: FaultProxy) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield reader, writer
    writer.close()


async def silence(reader: asyncio.StreamReader) -> bool:
    """Whether nothing comes for a moment."""
    try:
        await asyncio.wait_for(reader.read(1), 0.2)
    except TimeoutError:
        return True
    return False


async def test_without_a_fault_bytes_pass_both_ways(proxy: FaultProxy) -> None:
    async with connected(proxy) as (reader, writer):
        sent = bytes(range(256)) * 4000
        writer.write(sent)
        assert await asyncio.wait_for(reader.readexactly(len(sent)), 10) == sent


async def test_an_end_of_one_side_reaches_the_other(proxy: FaultProxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"last")
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 10) == b"last"
        await asyncio.wait_for(echo.ended.wait(), 10)
    await until(lambda: not proxy.pairs)


async def test_a_delay_holds_bytes_up_and_keeps_their_order(proxy: FaultProxy) -> None:
    proxy.up.delay = 0.3
    loop = asyncio.get_running_loop()
    async with connected(proxy) as (reader, writer):
        begun = loop.time()
        for n in range(10):
            writer.write(b"%d" % n)
            await asyncio.sleep(0.01)
        assert await asyncio.wait_for(reader.readexactly(10), 10) == b"0123456789"
        assert loop.time() - begun >= 0.3


async def test_a_rate_lets_one_byte_after_another_through(proxy: FaultProxy) -> None:
    proxy.down.rate = 50.0
    loop = asyncio.get_running_loop()
    async with connected(proxy) as (reader, writer):
        begun = loop.time()
        writer.write(b"x" * 20)
        assert await asyncio.wait_for(reader.readexactly(20), 10) == b"x" * 20
        assert loop.time() - begun >= 0.3


async def test_a_stall_holds_everything_until_it_ends(proxy: FaultProxy) -> None:
    async with connected(proxy) as (reader, writer):
        proxy.down.flowing.clear()
        writer.write(b"held")
        assert await silence(reader)
        proxy.heal()
        assert await asyncio.wait_for(reader.readexactly(4), 10) == b"held"


async def test_a_black_hole_swallows_and_tells_nobody(proxy: FaultProxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"seen")
        await asyncio.wait_for(reader.readexactly(4), 10)
        proxy.up.swallows = proxy.down.swallows = True
        writer.write(b"gone")
        assert await silence(reader)
        writer.transport.abort()
        await asyncio.sleep(0.2)
        assert echo.heard == b"seen"
        assert not echo.ended.is_set()
        assert len(proxy.pairs) == 1


async def test_a_lost_connection_is_a_black_hole_and_a_new_one_is_not(proxy: FaultProxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"seen")
        await asyncio.wait_for(reader.readexactly(4), 10)
        proxy.lose()
        writer.write(b"gone")
        assert await silence(reader)
        async with connected(proxy) as (new_reader, new_writer):
            new_writer.write(b"new")
            assert await asyncio.wait_for(new_reader.readexactly(3), 10) == b"new"
        assert await silence(reader)
        assert echo.heard == b"seennew"


async def test_a_reset_breaks_both_ends(proxy: FaultProxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"x")
        await asyncio.wait_for(reader.readexactly(1), 10)
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(1), 10)
        await asyncio.wait_for(echo.ended.wait(), 10)


async def test_a_half_closed_client_hears_nothing_more_but_is_heard(proxy: FaultProxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"x")
        await asyncio.wait_for(reader.readexactly(1), 10)
        proxy.half_close()
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.write(b"y")
        await until(lambda: echo.heard == b"xy")


async def received(port: int, sent: bytes = b"", *, first: float = 0.0) -> bytes:
    """All that comes until a reset, for which a `StreamReader` would forget it. `first`: seconds before it is read."""
    loop = asyncio.get_running_loop()
    with socket.socket() as raw:
        raw.setblocking(False)
        await loop.sock_connect(raw, ("127.0.0.1", port))
        await loop.sock_sendall(raw, sent)
        await asyncio.sleep(first)
        came = b""
        try:
            while data := await asyncio.wait_for(loop.sock_recv(raw, 65_536), 10):
                came += data
        except ConnectionResetError:
            return came
        raise AssertionError(f"{came!r} came, and then an end that was no reset")


@pytest.mark.parametrize("size", [1, 9, 10])
async def test_up_to_a_cut_every_byte_comes_down_and_then_a_reset(proxy: FaultProxy, size: int) -> None:
    proxy.down.cut_after = size
    assert await received(proxy.port, b"1234567890") == b"1234567890"[:size]
    assert (proxy.cuts, proxy.down.last_pieces) == (1, [b"1234567890"[:size]])


async def test_up_to_a_cut_every_byte_goes_up_and_then_both_ends_are_reset(proxy: FaultProxy, echo: Echo) -> None:
    proxy.up.cut_after = 7
    assert b"1234567".startswith(await received(proxy.port, b"1234567890"))
    await asyncio.wait_for(echo.ended.wait(), 10)
    assert echo.heard == b"1234567"


async def test_a_cut_waits_until_a_slow_reader_has_all_that_comes_before_it(proxy: FaultProxy, echo: Echo) -> None:
    """More than the kernel's buffers hold: what was only written would be gone with the reset."""
    echo.says = bytes(range(250)) * 48_000
    proxy.down.cut_after = 11_000_001
    assert await received(proxy.port, b"go", first=0.5) == echo.says[:11_000_001]


async def test_a_cut_comes_once(proxy: FaultProxy) -> None:
    proxy.down.cut_after = 5
    assert await received(proxy.port, b"1234567890") == b"12345"
    async with connected(proxy) as (reader, writer):
        writer.write(b"1234567890")
        assert await asyncio.wait_for(reader.readexactly(10), 10) == b"1234567890"


async def test_a_cut_that_is_aimed_waits_for_what_it_is_to_hit(proxy: FaultProxy) -> None:
    proxy.down.aim = lambda data: data.index(b"hit") + 1 if b"hit" in data else None
    async with connected(proxy) as (reader, writer):
        writer.write(b"missed")
        assert await asyncio.wait_for(reader.readexactly(6), 10) == b"missed"
    assert await received(proxy.port, b"to be hit here") == b"to be h"
    assert proxy.down.last_pieces == [b"to be h"]


async def test_what_was_swallowed_is_no_last_piece(proxy: FaultProxy, echo: Echo) -> None:
    proxy.up.swallows, proxy.up.cut_after = True, 5
    assert await received(proxy.port, b"1234567890") == b""
    await asyncio.wait_for(echo.ended.wait(), 10)
    assert (echo.heard, proxy.cuts, proxy.up.last_pieces) == (b"", 1, [])


async def test_only_the_answer_to_what_is_looked_for_is_cut(proxy: FaultProxy, echo: Echo) -> None:
    proxy.up.cut_on = b"COMMIT"
    async with connected(proxy) as (reader, writer):
        writer.write(b"BEGIN")
        assert await asyncio.wait_for(reader.readexactly(5), 10) == b"BEGIN"
        writer.write(b"COMMIT")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(6), 10)
    assert echo.heard == b"BEGINCOMMIT"


async def test_a_refusal_resets_who_comes_and_leaves_who_is_there(proxy: FaultProxy) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"x")
        await asyncio.wait_for(reader.readexactly(1), 10)
        proxy.refuses = True
        async with connected(proxy) as (late, _):
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(late.read(1), 10)
        writer.write(b"y")
        assert await asyncio.wait_for(reader.readexactly(1), 10) == b"y"


async def test_new_connections_follow_a_redirection(proxy: FaultProxy) -> None:
    other = Echo()
    server = await asyncio.start_server(other.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy.redirect(lambda: asyncio.open_connection("127.0.0.1", port))
    async with connected(proxy) as (reader, writer):
        writer.write(b"there")
        await asyncio.wait_for(reader.readexactly(5), 10)
    assert other.heard == b"there"
    server.close()
