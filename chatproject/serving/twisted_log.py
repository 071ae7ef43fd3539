"""Twisted's errors in Python's log."""

from typing import Any

from twisted.logger import LogLevel, STDLibLogObserver, globalLogPublisher

_observer = STDLibLogObserver("twisted")


def report_errors() -> None:
    """Log exceptions in callbacks as `twisted`. Daphne, which begins Twisted's log, throws it away."""
    observer: Any = _report_error
    globalLogPublisher.addObserver(observer)


def _report_error(event: dict[str, Any]) -> None:
    # Below errors there is what clients do: bad frames, missed pings.
    if event["log_level"] >= LogLevel.error:
        _observer(event)
