"""One tab's copy of its person's own stream: where they are a member, and what they have read."""

from collections.abc import Callable
from typing import Any


class Inbox:
    """Memberships by room, kept by the same change rule as a room's messages.

    `request(cursor)` is called to send an `inbox.open`; its answer goes to `opened`.
    """

    def __init__(self, request: Callable[[dict[str, Any]], None]) -> None:
        self.memberships: dict[int, dict[str, Any]] = {}
        self._request = request
        self._epoch, self._mine, self._asking = "", 0, False

    def greeted(self, hello: dict[str, Any]) -> None:
        """A new connection brings everything."""
        self._epoch, self._mine, self._asking = hello["epoch"], hello["inbox"], False
        self.memberships = {each["room"]["id"]: each["membership"] for each in hello["rooms"]}

    def changed(self, event: dict[str, Any]) -> None:
        """A change of the stream: dropped, applied, or a reason to ask for what is missing."""
        if event["seq"] <= self._mine:
            return
        if event["prev"] <= self._mine:
            self._mine = event["seq"]
            if "membership" in event:
                self.memberships[event["room"]["id"]] = event["membership"]
        elif not self._asking:
            self._asking = True
            self._request({"epoch": self._epoch, "seq": self._mine})

    def opened(self, data: dict[str, Any]) -> None:
        """The answer to an `inbox.open`."""
        self._asking = False
        if data["reset"]:
            self._mine, self.memberships = 0, {}
        for event in data["changes"]:
            self.changed(event)
        self._mine = max(self._mine, data["head"])
