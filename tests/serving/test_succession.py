"""Who waits for whom in a roll."""

import asyncio
import os

from chatproject.serving.succession import PLACES, Booting


async def test_who_is_replaced_waits_for_everybody_younger_and_for_nobody_older() -> None:
    booting = Booting()
    for age in (2, 4, 5):
        booting.began(age)
    leaving = asyncio.create_task(booting.successors_of(3, orphaned=lambda: False))
    for age in (4, 5):
        await asyncio.sleep(0.1)
        assert not leaving.done()
        booting.ended(age)
    await leaving
    assert booting.has_younger(1)


async def test_without_a_master_there_will_be_no_successor() -> None:
    booting = Booting()
    booting.began(7)
    async with asyncio.timeout(1):
        await booting.successors_of(3, orphaned=lambda: True)


async def test_without_a_successor_one_leaves_at_once() -> None:
    booting = Booting()
    booting.began(7)
    booting.ended(7)
    async with asyncio.timeout(1):
        await booting.successors_of(7, orphaned=lambda: False)


def test_what_a_forked_worker_says_the_others_see() -> None:
    booting = Booting()
    booting.began(2)
    if (child := os.fork()) == 0:
        booting.ended(2)
        os._exit(0)
    os.waitpid(child, 0)
    assert not booting.has_younger(1)


def test_an_end_that_is_told_late_does_not_end_another() -> None:
    booting = Booting()
    booting.began(2)
    booting.began(2 + PLACES)
    booting.ended(2)
    assert booting.has_younger(2)
