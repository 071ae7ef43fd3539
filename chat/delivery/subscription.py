from collections.abc import Callable

from chat.delivery.change import Change
from chat.delivery.frames import Frame
from chat.delivery.outlet import Listener


class Subscription:
    """One socket's part in a stream.

    It begins by keeping what arrives, so that a snapshot can be read meanwhile; `Feed.go_live` then says from which
    position on it is told. `on_change` sees each change, at the latest when it is written; `on_revoked` is called when
    the person lost the right to read the stream, after which nothing more is written.
    """

    __slots__ = ("kept", "on_change", "on_revoked", "outlet", "person_id", "position")

    def __init__(
        self,
        *,
        person_id: int,
        outlet: Listener,
        on_revoked: Callable[[], None],
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        self.person_id, self.outlet = person_id, outlet
        self.on_revoked, self.on_change = on_revoked, on_change
        self.position: int | None = None
        self.kept: list[Change] = []

    def observe(self, change: Change) -> None:
        """Let the owner see a change that is written with others."""
        if self.on_change is not None:
            self.on_change(change)

    def offer(self, change: Change) -> None:
        """Keep, skip or write one change, by position."""
        if self.position is None:
            self.kept.append(change)
        elif change.seq > self.position:
            self.observe(change)
            self.outlet.write(Frame(change.text))
