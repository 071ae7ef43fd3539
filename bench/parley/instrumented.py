"""The product's application with two more addresses, for measuring only.

`/bench/queries` answers how many database queries this worker made; `/bench/slow` makes one that takes half a second,
in a reader's thread like any other query of a socket.
"""

import time
from itertools import count
from typing import Any

from chatproject.asgi import application as product

# Models and settings are loaded by the line above.
from chat import runtime  # isort: skip
from django.db import connection  # isort: skip
from django.db.backends.signals import connection_created  # isort: skip

SLOW_SECONDS = 0.5

_ticket = count()
_asked = 0


def _counted(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
    next(_ticket)
    return execute(sql, parameters, many, context)


def _watch(sender: object, connection: Any, **extra: object) -> None:
    connection.execute_wrappers.append(_counted)
    if connection.vendor == "sqlite":
        connection.connection.create_function("pg_sleep", 1, time.sleep)


connection_created.connect(_watch)


def _slow_query() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [SLOW_SECONDS])


def _queries() -> int:
    # A ticket is drawn to read the counter; those drawn for that do not count.
    global _asked
    _asked += 1
    return next(_ticket) - (_asked - 1)


async def application(scope: Any, receive: Any, send: Any) -> None:
    path = scope.get("path")
    if path == "/bench/queries":
        await _answer(send, str(_queries()))
    elif path == "/bench/slow":
        await runtime.current().reader.run(_slow_query)
        await _answer(send, "slept")
    else:
        await product(scope, receive, send)


async def _answer(send: Any, text: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text.encode()})
