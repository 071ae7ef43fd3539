"""How sockets end, as a client sees it."""

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.serving.conftest import Serve
from tests.serving.ends import end_of
from tests.serving.gunicorns import Gunicorn, eventually


async def how_it_ends(socket: ClientConnection) -> tuple[int, str]:
    end = await end_of(socket)
    return end.code, end.reason


@pytest.mark.parametrize("how", ["close", "outlet-close"])
@pytest.mark.parametrize(
    ("code", "reason"), [(1000, "done"), (1012, "restart"), (1013, ""), (4401, "sign in"), (4408, "zu langsäm")]
)
async def test_any_code_and_its_reason_reach_the_client(gunicorn: Gunicorn, how: str, code: int, reason: str) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send(f"{how} {code} {reason}")
        assert await how_it_ends(socket) == (code, reason)


async def test_a_long_reason_is_cut_at_a_character(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send("close 4400 " + "ä" * 100)
        assert await how_it_ends(socket) == (4400, "ä" * 61)


async def test_a_message_over_the_limit_closes_with_1009(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send("x" * 65_537)
        assert (await how_it_ends(socket))[0] == 1009


async def test_fragments_over_the_limit_close_with_1009(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send(["x" * 40_000, "y" * 40_000])
        assert (await how_it_ends(socket))[0] == 1009


async def test_text_that_is_not_utf_8_closes_with_1007(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert (await how_it_ends(socket))[0] == 1007


async def test_an_application_that_fails_closes_with_1011(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send("raise")
        assert (await how_it_ends(socket))[0] == 1011


async def test_closing_before_accepting_is_a_403(gunicorn: Gunicorn) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(gunicorn.url.replace("/echo", "/rejected"))
    assert refused.value.response.status_code == 403


async def test_what_a_client_sends_after_the_close_is_ignored(gunicorn: Gunicorn) -> None:
    async with connect(gunicorn.url) as socket:
        await socket.send("close 4400 broken")
        for _ in range(100):
            await socket.send("more")
        assert await how_it_ends(socket) == (4400, "broken")


async def test_the_application_hears_of_the_end_once(serve: Serve) -> None:
    gunicorn = serve()
    async with connect(gunicorn.url) as socket:
        await socket.send("close 4429 many")
        await how_it_ends(socket)
    eventually(gunicorn.marks.exists, "the application ends")
    gunicorn.stop()
    assert gunicorn.marks.read_text() == "disconnect 4429\n"
