"""What a socket costs: to connect, and to have while nothing happens."""

from collections.abc import Iterator
from functools import partial

from bench.contestants.serving import Contestant, Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

HELLO, OPENED, STORM, MEMORY = "connect to hello", "connect and open a room", "connect storm", "idle memory"
NEWCOMERS = 500
IDLE = 2000
# A frame that needs no answer, in place of opening a room: the socket is ready at `hello`.
ONLY_HELLO = {"open": '{"type":"ping"}', "ready": '"type":"hello"'}


def steps(effort: Effort) -> Iterator[Step]:
    if not effort.thorough:
        return
    others: list[Contestant] = [field.TUTORIALS[1], *[each for each in field.fast() if each.name != field.PARLEY.name]]
    for contestant in [field.PARLEY, *others]:
        measure = partial(_connect, is_parley=contestant is field.PARLEY)
        yield Step(title="connecting", contestant=contestant, sizes=[10, NEWCOMERS], measure=measure)
        yield Step(title=MEMORY, contestant=contestant, sizes=[10, IDLE], measure=_memory)


def _connect(serving: Serving, *, is_parley: bool) -> Iterator[Finding]:
    _wake(serving)
    if is_parley:
        measured = drive(serving, [1], seconds=0, settle=1, **ONLY_HELLO)
        yield Finding(scenario=HELLO, setting={"sockets": NEWCOMERS}, measured=measured)
    measured = drive(serving, [1], seconds=0, settle=1)
    yield Finding(scenario=OPENED, setting={"sockets": NEWCOMERS}, measured=measured)
    measured = drive(serving, [1], seconds=0, settle=1, outstanding=NEWCOMERS)
    yield Finding(scenario=STORM, setting={"sockets": NEWCOMERS}, measured=measured)


def _memory(serving: Serving) -> Iterator[Finding]:
    _wake(serving)
    measured = drive(serving, [1], seconds=0, settle=2)
    yield Finding(scenario=MEMORY, setting={"sockets": IDLE}, measured=measured)


def _wake(serving: Serving) -> None:
    """A server's first sockets also pay for what is loaded at first use."""
    drive(serving, [0], seconds=0)
