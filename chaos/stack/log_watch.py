"""What a run left in the product's log."""

from chaos.stack.stack import Stack


class LogWatch:
    """The part of a stack's log written since this was made."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._begin = stack, len(stack.log())

    def assert_clean(self) -> None:
        """Whatever is done to the product, its log may not tell of a bug. Raises AssertionError with the place."""
        lines = self._stack.log()[self._begin :].splitlines()
        bugs = [n for n, line in enumerate(lines) if "Traceback" in line or "CRITICAL" in line]
        assert not bugs, "\n".join(lines[max(0, bugs[0] - 5) : bugs[0] + 40])
