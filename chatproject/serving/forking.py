"""No signal to a worker is lost while it is made."""

import os
import signal
from functools import partial

from gunicorn.workers.base import Worker

TO_LEAVE = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT]


def hear_signals_from_the_first() -> None:
    """In the master, once: who is forked from here on ends by a signal to leave until it handles it itself.

    The master's own handlers, which a fork inherits, would only note it. Sent by a master that stops in the first tenth
    of a second, it would have the master wait for its whole grace.
    """
    os.register_at_fork(
        before=partial(signal.pthread_sigmask, signal.SIG_BLOCK, TO_LEAVE),
        after_in_parent=_unblock,
        after_in_child=_forget_handlers,
    )


def _forget_handlers() -> None:
    for number in Worker.SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    _unblock()


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TO_LEAVE)
