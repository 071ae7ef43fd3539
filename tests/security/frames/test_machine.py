"""A client that does anything in any order; `bin/audit` lets it go on for longer."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from audit.fuzz.machine import COMMANDS, machine
from audit.fuzz.target import Target
from chaos.stack.stack import Stack
from tests.protocol import vocabulary

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
BRIEFLY = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.usefixtures("clean_log")
def test_whatever_a_client_does_the_workers_serve_on(stack: Stack) -> None:
    workers = stack.workers()
    run_state_machine_as_test(machine(Target(stack.host, stack.account("mal").session)), settings=BRIEFLY)
    assert stack.workers() == workers


def test_the_client_knows_every_command() -> None:
    assert set(COMMANDS) == vocabulary.COMMANDS.keys()
