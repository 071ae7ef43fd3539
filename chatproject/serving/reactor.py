"""Twisted's reactor on uvloop's event loop."""

import asyncio
import sys

from twisted.internet import asyncioreactor

LOADED = "twisted.internet.reactor"


def install() -> None:
    """Make the process's reactor; uvloop's where it is installed, asyncio's own elsewhere.

    Once a process, before anything imports `daphne.server` (Django's start does): daphne keeps a reactor it finds.
    Raises RuntimeError when a reactor is there already.
    """
    if LOADED in sys.modules:
        raise RuntimeError("a Twisted reactor was installed too early")
    asyncioreactor.install(_new_loop())  # type: ignore[no-untyped-call]


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
