"""What is going on, for people who wait; without a terminal a line for each step."""

import shutil
import sys
import time

BAR = 24


class Progress:
    """A bar that is drawn anew on a terminal, lines elsewhere."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._begun = time.monotonic()

    def begins(self, what: str) -> None:
        """A step is under way."""
        elapsed = time.monotonic() - self._begun
        full = BAR * self._done // self._total
        line = f"[{'#' * full}{'.' * (BAR - full)}] {self._done}/{self._total} {elapsed:4.0f} s  {what}"
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns - 1
            print(f"\r{line[:width]:<{width}}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def ended(self) -> None:
        """The step is over."""
        self._done += 1
        if self._done == self._total and sys.stderr.isatty():
            print(file=sys.stderr)
