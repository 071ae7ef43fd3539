"""What the workers hold: what they take for a fault they give back."""

from dataclasses import dataclass

from chaos.scene import Scene
from chaos.stack.memory import open_files
from chaos.stack.stack import Stack

SLACK = 10
"""Descriptors of connections to PostgreSQL, one for each thread that is asked for something for the first time.

SQLite's files are not counted: each such thread has two, and two workers have ten such threads.
"""


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """Of both workers together."""

    files: int
    memory: int
    """Bytes that are resident."""

    @classmethod
    def of(cls, stack: Stack) -> "Holdings":
        files = sum(open_files(pid, beside=stack.database.file.parent) for pid in stack.workers())
        return cls(files=files, memory=stack.memory())

    def measure_growth(self, scene: Scene, *, sockets: int = 0, megabytes: float) -> None:
        """What there is now beyond these, where so many more sockets are open than were then."""
        now = Holdings.of(scene.stack)
        scene.measure("descriptors more than before", now.files - self.files - sockets, at_most=SLACK)
        scene.measure("workers grew by, in the end", (now.memory - self.memory) / 1e6, unit="MB", at_most=megabytes)
