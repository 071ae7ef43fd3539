"""What reached people who may not read the room: on a screen, or on the wire only."""

from collections.abc import Iterator

from chaos.oracle.case import Case
from chaos.oracle.history import Frame
from chaos.oracle.verdict import Fault, Verdict


def shown(case: Case) -> Iterator[Verdict]:
    for event in case.displays:
        last = case.last_readable(case.history.people[event.client], event.row.room)
        if event.row.seq > last:
            yield Verdict(Fault.LEAK, event.row.room, event.client, f"{event.row} is beyond seq {last}")


def told(case: Case) -> Iterator[Verdict]:
    """A client drops what does not continue its stream, so a screen need not betray what the wire did."""
    for event in case.received:
        last = case.last_readable(case.history.people[event.client], event.room)
        if event.seq > last:
            detail = f"a frame ({event.frame}) told of seq {event.seq}, beyond {last}"
            yield Verdict(Fault.LEAK, event.room, event.client, detail)


def signalled(case: Case) -> Iterator[Verdict]:
    """Signals have no position to judge them by, but a connection carries both: none before the room was opened
    there, none after the server closed it."""
    opened: set[tuple[str, int, int]] = set()
    for event in case.received:
        place = (event.client, event.connection, event.room)
        match event.frame:
            case Frame.OPENED:
                opened.add(place)
            case Frame.CLOSED:
                opened.discard(place)
            case Frame.SIGNAL if place not in opened:
                detail = f"a signal came on connection {event.connection}, where the room was not open"
                yield Verdict(Fault.LEAK, event.room, event.client, detail)
