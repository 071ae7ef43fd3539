"""Two real workers that listen to each other's canaries: what an operator is told, where, and until when."""

import json
import re
from collections.abc import Iterator

import pytest

from chaos.sabotage import deafness
from chaos.sabotage.orders import Orders
from chaos.stack.population import Plan
from chaos.stack.stack import WORKERS, Stack
from tests.serving.gunicorns import get
from tests.stacks import Stacks
from tests.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

EVERY = "0.5"
SOON = 40.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stacks = Stacks(tmp_path_factory.mktemp("canaries"))
    yield stacks.start(Plan(people=[], rooms={}), {"CANARY_SECONDS": EVERY}, nginx=True, sabotage=True)
    stacks.stop()


def checks(stack: Stack) -> list[dict[str, object]]:
    """What each worker says of itself, and that it wants work all the time."""
    assert stack.front is not None
    answers = [get(socket, "/readyz") for socket in stack.front.sockets]
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers), answers
    return [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in answers]


def statuses(stack: Stack, check: str) -> list[tuple[object, object]]:
    """The status and one check of each worker, the worst first."""
    found = [(told["status"], told["checks"][check]) for told in checks(stack)]  # type: ignore[index]
    return sorted(found, key=str)


def metric(stack: Stack, name: str) -> float:
    """The sum of the samples that begin so."""
    assert stack.front is not None
    text = get(stack.front.sockets[0], "/metrics").decode()
    return sum(float(value) for value in re.findall(rf"^{re.escape(name)}\S* (\S+)$", text, re.MULTILINE))


async def all_well(stack: Stack) -> None:
    """Return when every worker hears every other, and Redis is well."""
    await until(lambda: statuses(stack, "canary") == [("ready", "ok")] * WORKERS, within=SOON)
    await until(lambda: metric(stack, "parley_canaries") == WORKERS, within=SOON)
    await until(lambda: metric(stack, "parley_canary_well") == 1, within=SOON)
    await until(lambda: metric(stack, "parley_redis_well") == 1, within=SOON)
    heard = metric(stack, "parley_canary_heard_total")
    await until(lambda: metric(stack, "parley_canary_heard_total") >= heard + 2 * WORKERS, within=SOON)


async def test_a_worker_that_silently_hears_nothing_of_another_is_an_alert_until_it_hears_again(stack: Stack) -> None:
    await all_well(stack)
    alerts, before = metric(stack, 'parley_alerts_total{kind="canary"}'), len(stack.log())
    deaf, orders = stack.workers()[0], Orders(stack.directory)
    orders.give(deafness.order_for(deaf))
    await until(lambda: statuses(stack, "canary") == [("degraded", "late"), ("ready", "ok")], within=SOON)
    assert statuses(stack, "redis") == [("degraded", "ok"), ("ready", "ok")], "nothing but the canary sees it"
    await until(lambda: metric(stack, "parley_canary_well") == 0, within=SOON)
    assert metric(stack, 'parley_alerts_total{kind="canary"}') > alerts
    assert metric(stack, "parley_canary_overdue_seconds") > 3
    assert re.search(r"ERROR.*canary_late: \w+: \w+ is not heard for \d+ s", stack.log()[before:])
    orders.take_back(deafness.order_for(deaf))
    await all_well(stack)
    assert re.search(r"INFO.*canary_well_again", stack.log()[before:])


async def test_while_redis_is_gone_an_operator_is_told_and_songs_are_still_heard(stack: Stack) -> None:
    await all_well(stack)
    alerts, before = metric(stack, 'parley_alerts_total{kind="redis_unwell"}'), len(stack.log())
    stack.redis.kill()
    await until(lambda: stack.log()[before:].count("redis_unwell_for_10s") == WORKERS, within=SOON)
    assert [told["status"] for told in checks(stack)] == ["degraded"] * WORKERS
    assert {check for _, check in statuses(stack, "redis")} == {"down"}
    await until(lambda: metric(stack, "parley_redis_well") == 0, within=SOON)
    await until(lambda: metric(stack, 'parley_alerts_total{kind="redis_unwell"}') == alerts + WORKERS, within=SOON)
    heard = metric(stack, "parley_canary_heard_total")
    await until(lambda: metric(stack, "parley_canary_heard_total") >= heard + 2 * WORKERS, within=SOON)
    stack.redis.start()
    await all_well(stack)
    assert stack.log()[before:].count("redis_well_again") == WORKERS
