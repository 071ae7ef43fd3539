"""The product, running for a judge."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos.stack.database import Database
from chaos.stack.layout import LIFTED, Layout
from chaos.stack.population import Plan
from chaos.stack.stack import Stack

# Names that the demo does not have.
PLAN = Plan(
    people=["keeper", "guest", "rogue"], rooms={"hall": ["guest", "rogue"], "vault": ["guest"]}, private=["vault"]
)


@contextmanager
def running(work: Path) -> Iterator[Stack]:
    """Two workers over HTTP, with Redis, people and rooms; rates are lifted."""
    stack = Stack(work, PLAN, database=Database(work), layout=Layout(env=LIFTED))
    with asyncio.Runner() as runner:
        try:
            runner.run(stack.start())
            yield stack
        finally:
            runner.run(stack.stop())
