"""A herd tells how its connections ended, and comes back when it was told to."""

from chaos.clients.herd import Herd
from tests.chaos.server import ROOM, fake_server, until


async def test_a_herd_knows_who_was_told_when_to_come_back_and_who_was_cut_without_a_word() -> None:
    async with fake_server() as server, Herd(server.host, ["s"], room=ROOM, size=1) as herd:
        await herd.gathered(within=30)
        herd.was_cut()
        await server.say(type="goodbye", retry_after=1.5)
        await server.sockets[-1].close(1012)
        told = await herd.returned(within=30)
        assert (told.ends, told.waits, told.failures) == ({"1012": 1}, [1.5], {})
        assert told.after(1.0) > 1.5
        assert told.last_failure == 0
        herd.was_cut()
        server.sockets[-1].transport.abort()
        cut = await herd.returned(within=30)
        assert (cut.ends, cut.waits, cut.failures) == ({"1012": 1, "1006": 1}, [1.5], {})


async def test_a_herd_knows_when_it_was_last_sent_away_before_it_was_in() -> None:
    async with fake_server() as server, Herd(server.host, ["s"], room=ROOM, size=1) as herd:
        await herd.gathered(within=30)
        herd.was_cut()
        server.greets = False
        server.sockets[-1].transport.abort()
        await until(lambda: len(server.sockets) == 2)
        server.greets = True
        await server.sockets[-1].close(1012)
        back = await herd.returned(within=30)
    assert back.failures == {"101": 1}
    assert 0 < back.last_failure < back.after(1.0)
