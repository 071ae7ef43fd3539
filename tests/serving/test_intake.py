"""A socket is read while there is room for what it says, and for the answers."""

import asyncio

from chatproject.serving.intake import Intake


class Transport:
    reads = True

    def pauseProducing(self) -> None:
        self.reads = False

    def resumeProducing(self) -> None:
        self.reads = True


def said(size: int) -> dict[str, str]:
    return {"type": "websocket.receive", "text": "x" * size}


def test_a_few_messages_pause_nothing() -> None:
    transport = Transport()
    intake = Intake(transport)
    for _ in range(100):
        intake.put_nowait(said(200))
    assert transport.reads


def test_many_small_messages_count_as_a_few_large_ones_do() -> None:
    for size, most in ((0, 600), (60_000, 6)):
        transport = Transport()
        intake = Intake(transport)
        while transport.reads:
            intake.put_nowait(said(size))
        assert intake.qsize() <= most
        while not transport.reads:
            intake.get_nowait()
        assert 0 < intake.qsize() < most * 0.6


def test_reading_goes_on_when_both_the_writes_and_the_messages_are_few_again() -> None:
    transport = Transport()
    intake = Intake(transport)
    intake.pauseProducing()
    while intake.qsize() < 10:
        intake.put_nowait(said(60_000))
    intake.resumeProducing()
    assert not transport.reads, "the application has yet to take the messages"
    intake.pauseProducing()
    while not intake.empty():
        intake.get_nowait()
    assert not transport.reads, "the client has yet to take the answers"
    intake.resumeProducing()
    assert transport.reads


async def test_who_waits_gets_what_comes() -> None:
    intake = Intake(Transport())
    waiting = asyncio.create_task(intake.get())
    await asyncio.sleep(0)
    intake.put_nowait(said(3))
    assert await waiting == said(3)
