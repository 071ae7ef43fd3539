"""What the frames of the wire say about rooms, for the record of who was told what."""

from collections.abc import Iterator
from typing import Any

from chaos.oracle.history import Frame


def rooms_in(frame: dict[str, Any]) -> Iterator[tuple[int, Frame, int]]:
    """Each room that an event names, what the event is to it, and the newest position that it tells of; 0 for none."""
    room = frame.get("room")
    match frame["type"]:
        case "hello":
            for joined in frame["rooms"]:
                yield joined["room"]["id"], Frame.CHANGE, joined["room"]["head"]
        case "membership.changed":
            yield frame["room"]["id"], Frame.CHANGE, frame["room"]["head"]
        case "room.closed":
            yield frame["room"], Frame.CLOSED, 0
        case "room.advanced":
            yield frame["room"], Frame.CHANGE, frame["head"]
        case _ if room is not None and "seq" in frame:
            yield room, Frame.CHANGE, frame["seq"]
        case _ if room is not None:
            yield room, Frame.SIGNAL, 0
