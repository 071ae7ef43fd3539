"""Connections to PostgreSQL that nobody waits on for ever, and that quote nobody."""

import threading
import time
from typing import Any, TypeVar

from psycopg import Connection, Error, OperationalError
from psycopg.abc import PQGen

from chatproject.refusals import told

# Before this a server that works has spoken: it gives up a lock after five seconds.
SILENCE = 8.0

Result = TypeVar("Result")


class ImpatientConnection(Connection[Any]):
    """Breaks where the server says nothing for eight seconds, and raises psycopg's `OperationalError`.

    A server that is frozen, or behind a proxy that swallows, keeps every socket in good health: the kernel's time-outs
    see nothing wrong. In the main thread it waits as psycopg does: there run commands, whose statements may take long,
    and never the work of a server.

    The text of what it raises is `told`: it ends in logs, and must not take a message there.
    """

    def wait(self, gen: PQGen[Result], *args: Any, **kwargs: Any) -> Result:
        in_a_command = threading.current_thread() is threading.main_thread()
        try:
            return super().wait(gen if in_a_command else self._heard(gen), *args, **kwargs)
        except Error as failure:
            failure.args = (told(failure),)
            raise

    def _heard(self, gen: PQGen[Result]) -> PQGen[Result]:
        heard_at = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard_at = time.monotonic()
                elif time.monotonic() - heard_at > SILENCE:
                    self.close()
                    raise OperationalError(f"the server said nothing for {SILENCE:.0f} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            result: Result = end.value
            return result
