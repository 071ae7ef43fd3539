"""However people come and go, a room holds the set of those with a socket in it."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from chat.presence.memory import MemoryStore
from chat.protocol.shapes import Person
from tests.presence.clock import Clock
from tests.presence.workers import ROOM, Workers

PEOPLE = [Person(n, name) for n, name in enumerate(["dee", "ana", "cy", "ben"])]
Step = tuple[str, str, int]
steps = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["enter", "leave", "second"]), st.integers(0, 3)), max_size=60
)


@given(steps)
def test_the_view_is_the_set_of_those_with_a_socket(taken: list[Step]) -> None:
    asyncio.run(follow(taken))


async def follow(taken: list[Step]) -> None:
    clock = Clock()
    workers = Workers(MemoryStore(clock=clock), clock, "ab")
    sockets: list[tuple[str, Person]] = []
    for worker, what, who in taken:
        person = PEOPLE[who]
        if what == "enter":
            sockets.append((worker, person))
            workers[worker].enter(ROOM, person)
        elif what == "leave":
            workers[worker].leave(ROOM, person)
            if (worker, person) in sockets:
                sockets.remove((worker, person))
        else:
            await workers.pass_by(1)
        here = {person.name for place, person in sockets if place == worker}
        assert here <= set(workers.names(worker)) or not here
    await workers.pass_by(4)
    everybody = sorted({person.name for _, person in sockets})
    for worker in "ab":
        hosts = any(place == worker for place, _ in sockets)
        assert workers.names(worker) == (everybody if hosts else [])
        if hosts:
            assert workers.announced[worker][-1] == everybody
