"""Which events there are, whom they concern, and how a table writes them."""

from collections.abc import Iterable, Mapping
from typing import Any

# What is told of a room. A cell of a table names them by letters, in this order.
LETTERS = {
    "message.changed": "M",
    "room.changed": "D",
    "member.changed": "J",
    "room.advanced": "A",
    "typing.changed": "T",
    "presence.changed": "P",
    "room.closed": "C",
}
# What is told of a person or a socket, to that person alone.
PERSONAL = {"hello", "membership.changed", "account.changed", "pong", "goodbye"}

Event = Mapping[str, Any]


def of_room(events: Iterable[Event], room: int) -> str:
    """What was heard of a room, by letters."""
    types = {str(each["type"]) for each in events if room_of(each) == room}
    unknown = [each for each in types if each not in LETTERS]
    return " ".join([letter for type_, letter in LETTERS.items() if type_ in types] + unknown) or "-"


def room_of(event: Event) -> int | None:
    """The room that an event tells of."""
    room = event.get("room")
    found = room["id"] if isinstance(room, dict) else room
    return found if isinstance(found, int) else None
