"""The form of a scripted conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Line:
    """One message, `wait` minutes after the line before it.

    `reactions` map an emoji to the names of those who gave it. `at_first` is what it said before its author edited
    it; a `deleted` one was taken back by its author.
    """

    author: str
    text: str
    wait: float = 1
    reactions: Mapping[str, str] = field(default_factory=dict)
    at_first: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """Lines in one go: `day` days ago at `at` (hours and minutes, UTC), or begun `minutes_ago`."""

    lines: tuple[Line, ...]
    day: int = 0
    at: str = ""
    minutes_ago: float = 0

    def times(self, now: datetime) -> list[datetime]:
        """When each line was said."""
        if self.at:
            date = (now - timedelta(days=self.day)).date()
            moment = datetime.combine(date, time.fromisoformat(self.at), now.tzinfo)
        else:
            moment = now - timedelta(minutes=self.minutes_ago)
        times = []
        for position, line in enumerate(self.lines):
            # Nobody writes on the full minute.
            moment += timedelta(minutes=line.wait if position else 0, seconds=(position * 17 + len(line.text)) % 23)
            times.append(moment)
        return times


@dataclass(frozen=True, slots=True)
class Script:
    """A room, who is in it (its owner first), what was said, and how many of its messages a person has not read."""

    slug: str
    name: str
    topic: str
    members: tuple[str, ...]
    talks: tuple[Talk, ...]
    unread: Mapping[str, int]
    private: bool = False
