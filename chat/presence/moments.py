"""Comparing moments of a clock that may be set back."""

NEVER = float("-inf")


def within(seconds: float, *, since: float, now: float) -> bool:
    """Whether less than that has passed; a moment that lies ahead is no reason to wait for it."""
    return 0 <= now - since < seconds
