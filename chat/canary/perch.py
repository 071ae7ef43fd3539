import json
import time
from collections import deque
from collections.abc import Callable

from chat.delivery.feed import Feed
from chat.delivery.frames import Frame
from chat.delivery.subscription import Subscription


class Perch:
    """Where one canary is listened to: a listener that gets what the sockets of a room would get.

    `heard` is the position it was told; `disordered` counts songs that came twice, backwards or with a hole before.
    """

    def __init__(self, feed: Feed, *, worker: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.feed, self.worker, self._clock = feed, worker, clock
        self.heard = feed.head
        self.songs = self.disordered = 0
        self._owed: deque[tuple[int, float]] = deque()
        self.subscription = Subscription(person_id=0, outlet=self, on_revoked=lambda: None)
        feed.join(self.subscription)
        feed.go_live(self.subscription, feed.head)

    def expect(self, head: int) -> None:
        """The database has the stream at this position."""
        if head > self.heard and (not self._owed or head > self._owed[-1][0]):
            self._owed.append((head, self._clock()))

    def overdue(self) -> float:
        """Seconds for which something that is committed was not heard."""
        return self._clock() - self._owed[0][1] if self._owed else 0.0

    def write(self, frame: Frame) -> None:
        """See `Listener`."""
        for text in frame.texts:
            song = json.loads(text)
            self._hear(song["prev"], song["seq"])

    def _hear(self, prev: int, seq: int) -> None:
        self.songs += 1
        if not prev <= self.heard < seq:
            self.disordered += 1
        self.heard = max(self.heard, seq)
        while self._owed and self._owed[0][0] <= self.heard:
            self._owed.popleft()
