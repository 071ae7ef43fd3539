"""The gunicorn worker class: one process that runs one Daphne server.

Imports nothing of Twisted, Daphne or Django at the top: gunicorn's master imports this module, and an event loop made
there would be shared with every worker.
"""

import asyncio
import faulthandler
import gc
import os
import signal
from typing import Any

from gunicorn.workers.base import Worker

from chatproject.serving.doors import doors
from chatproject.serving.succession import booting

BEAT_SECONDS = 1.0
# For whoever the proxy sent here just before the door was closed.
LAST_LOOK = 0.05
EXIT_MARGIN = 3.0
EXIT_SECONDS = 2
# More in the first would let what closed sockets leave behind, cycles all of it, grow to tens of megabytes.
GC_THRESHOLDS = (10_000, 5, 2)


class DaphneWorker(Worker):
    """SIGTERM, or the master's death: drain within the graceful timeout. SIGINT, SIGQUIT: close everything and leave.

    In a roll the drain begins when the new workers serve.

    SIGABRT, which the master sends when the event loop has been stuck for `timeout`, prints every thread's stack.
    """

    def init_process(self) -> None:
        from chatproject.serving import reactor

        # A tenth of the time it takes to load everything; `_ready` turns it on again.
        gc.disable()
        # Before the application is loaded: Django's start imports daphne.server.
        reactor.install()
        super().init_process()

    def init_signals(self) -> None:
        signal.signal(signal.SIGUSR1, self.handle_usr1)
        faulthandler.enable()

    def run(self) -> None:
        from django.conf import settings

        # Now and not when the signal comes: by then a new release may lie on the disk.
        from chat import runtime
        from chatproject.serving import drain
        from chatproject.serving.server import Server

        self.drain, self.runtime = drain, runtime
        self.leaving: asyncio.Task[None] | None = None
        self.stopped = False
        self.server: Any = Server(
            self.wsgi,
            listeners=[listener.sock for listener in self.sockets],
            limits=settings.LIMITS,
            trusted_proxy=settings.ENV.trusted_proxy,
            is_crowded=lambda: runtime.current().admission.full,
            on_ready=self._ready,
        )
        self.server.run()

    def _ready(self) -> None:
        # What is loaded stays; what a worker makes from now on is mostly short-lived and rarely cyclic.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        gc.enable()
        self.loop = asyncio.get_event_loop()
        # Once the loop runs: uvloop loses a signal that comes between its handler's registration and that.
        self.loop.call_soon(self._begin)

    def _begin(self) -> None:
        self.loop.add_signal_handler(signal.SIGTERM, self._leave)
        self.loop.add_signal_handler(signal.SIGINT, self._quit)
        self.loop.add_signal_handler(signal.SIGQUIT, self._quit)
        # Before the first client, so that Redis is known to be well when it comes.
        self.runtime.current()
        booting.ended(self.age)
        self._beat()

    def _beat(self) -> None:
        self.notify()
        if self._orphaned():
            self._leave()
        elif not (self.leaving or self.stopped):
            doors.open(self)
        self.loop.call_later(BEAT_SECONDS, self._beat)

    def _orphaned(self) -> bool:
        return bool(os.getppid() != self.ppid)

    def _leave(self) -> None:
        # gunicorn repeats SIGTERM while a worker drains.
        if self.leaving is None:
            self.leaving = self.loop.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            await booting.successors_of(self.age, orphaned=self._orphaned)
            self._close_door()
            await asyncio.sleep(LAST_LOOK)
            await self.drain.drain(self.server, seconds=max(1.0, self.cfg.graceful_timeout - EXIT_MARGIN))
        finally:
            self._stop()

    def _close_door(self) -> None:
        # Without a master the paths are gone, or another's.
        if not self._orphaned():
            doors.close(self)

    def _quit(self) -> None:
        self._close_door()
        self.drain.close_now(self.server)
        self._stop()

    def _stop(self) -> None:
        # Twisted takes a second stop for a mistake.
        if not self.stopped:
            self.stopped = True
            # Python waits for every thread before it ends, and one may wait for a database that hangs.
            signal.alarm(EXIT_SECONDS)
            self.server.stop()
