"""Any number of keys as the parameters of one text: an array for PostgreSQL, JSON for SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db import connection


def column(values: Iterable[Any]) -> list[Any]:
    """The parameter for `= ANY(%s::type[])` or `json_each(%s)`, in a list of its own."""
    listed = list(values)
    return [listed] if is_postgresql() else [orjson.dumps(listed).decode()]


def table(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The parameters for `unnest(%s::type[], ...)`, one a column, or for one `json_each(%s)` of rows. Needs a row."""
    if is_postgresql():
        return [list(values) for values in zip(*rows, strict=True)]
    return [orjson.dumps(rows).decode()]


def is_postgresql() -> bool:
    """Whether this thread's database is PostgreSQL; the other one is SQLite."""
    return connection.vendor == "postgresql"
