"""How a run tells its workers what to do to themselves: files in the stack's directory."""

import os
from pathlib import Path

FOLDER = "sabotage"


class Orders:
    """Given by the run, found by the workers. An order is there until it is taken back or carried out."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER
        self._folder.mkdir(exist_ok=True)

    def give(self, order: str, value: str = "") -> None:
        fresh = self._folder / f".{order}"
        fresh.write_text(value)
        fresh.rename(self._folder / order)

    def take_back(self, order: str) -> None:
        (self._folder / order).unlink(missing_ok=True)

    def value(self, order: str) -> str | None:
        """What the order says; None where there is none."""
        try:
            return (self._folder / order).read_text()
        except FileNotFoundError:
            return None

    def claim(self, order: str) -> bool:
        """Take it, so that nobody else carries it out; False where there is none to take."""
        try:
            os.unlink(self._folder / order)
        except FileNotFoundError:
            return False
        return True
