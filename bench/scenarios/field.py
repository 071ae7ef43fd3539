"""Who takes part on this machine."""

import shutil
from collections.abc import Sequence

from bench.contestants.parley import INSTRUMENTED, Parley
from bench.contestants.plain import FastApi, Floor, Node
from bench.contestants.serving import Contestant
from bench.contestants.stores import postgres_programs
from bench.contestants.tutorial import Tutorial

PARLEY = Parley()
INSTRUMENTED_PARLEY = Parley(application=INSTRUMENTED)
TUTORIALS: Sequence[Contestant] = [Tutorial("core"), Tutorial("pub/sub")]
SAVING_TUTORIALS: Sequence[Contestant] = [Tutorial("core", saves=True), Tutorial("pub/sub", saves=True)]


def node() -> list[Contestant]:
    return [Node()] if shutil.which("node") else []


def fast() -> list[Contestant]:
    """Those that write to their sockets from one process-wide subscription."""
    return [PARLEY, *node(), FastApi(), Floor()]


def durable() -> list[Contestant]:
    """Those that store what they deliver."""
    on_postgres = [Parley("PostgreSQL")] if postgres_programs() else []
    return [PARLEY, *on_postgres, *SAVING_TUTORIALS]


def missing() -> list[str]:
    """What is left out, as sentences."""
    found = []
    if not shutil.which("node"):
        found.append("There is no node here: Node ws is left out.")
    if not postgres_programs():
        found.append("There is no PostgreSQL server here: durable sends are measured on SQLite alone.")
    return found
