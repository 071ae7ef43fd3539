"""Groups of the channel layer that were joined lately."""

import time

from chat.delivery.feed import Feed
from chat.delivery.link import Link


class Joins:
    """Feeds that wait for their subscription. The layer asks Redis for it and waits for no answer.

    What is published before Redis has carried it out is heard by nobody here.
    """

    def __init__(self) -> None:
        self._joined: dict[Feed, tuple[Link, float]] = {}

    def note(self, feed: Feed, link: Link) -> None:
        """Redis was asked just now."""
        self._joined[feed] = link, time.monotonic()

    def confirmed(self) -> list[Feed]:
        """Those whose server has answered a probe that was sent later; each is named once."""
        confirmed = [feed for feed, (link, at) in self._joined.items() if link.heard_since(at)]
        for feed in confirmed:
            del self._joined[feed]
        return confirmed
