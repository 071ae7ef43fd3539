"""One stream, in this process: in order, no gap, no duplicate, to every local subscriber."""

from collections import deque
from collections.abc import Callable

from chat.delivery.batch import Batch
from chat.delivery.change import Change, StreamKey
from chat.delivery.frames import Frame
from chat.delivery.subscription import Subscription

PENDING = 2000
RECENT = 256
RECENT_BYTES = 262_144


class Feed:
    """Passes changes on in stream order. What arrives early waits; what arrives twice is dropped.

    `head` is the position told to subscribers; of a room the last changes told are remembered, 256 or as many as
    `RECENT_BYTES` hold, and the very last however large it is. `known` is the furthest position
    heard of: while it is ahead of `head` something is missing, and `on_gap` was called to have it repaired.
    """

    __slots__ = (
        "__weakref__",
        "_batch",
        "_observers",
        "_on_gap",
        "_on_told",
        "_pending",
        "_recent",
        "_recent_bytes",
        "head",
        "joined",
        "joining",
        "known",
        "live",
        "stream",
        "watchers",
    )

    def __init__(
        self,
        stream: StreamKey,
        *,
        head: int,
        on_gap: Callable[["Feed"], None],
        on_told: Callable[["Feed", Change], None],
    ) -> None:
        self.stream = stream
        self.head = self.known = head
        self._recent: deque[Change] | None = None  # of many inboxes nothing is ever told
        self._recent_bytes = 0
        self.joined = False
        self.live: set[Subscription] = set()
        self.joining: set[Subscription] = set()
        self.watchers: set[Subscription] = set()
        self._observers: set[Subscription] = set()
        self._batch = Batch(self.live)
        self._pending: dict[int, Change] = {}
        self._on_gap, self._on_told = on_gap, on_told

    @property
    def subscriptions(self) -> set[Subscription]:
        """Everybody here, however far along."""
        return self.live | self.joining | self.watchers

    @property
    def latest(self) -> Change | None:
        """The change told last, None where none was yet."""
        return self._recent[-1] if self._recent else None

    def since(self, seq: int) -> list[Change] | None:
        """The changes told after this position, None where they are not all remembered."""
        if seq == self.head:
            return []
        if not self._recent or not self._recent[0].prev <= seq < self.head:
            return None
        return [change for change in self._recent if change.seq > seq]

    @property
    def behind(self) -> bool:
        """Whether a change is known of that was not told."""
        return self.known > self.head

    def join(self, subscription: Subscription) -> None:
        """Keep changes for this subscription until it goes live."""
        self.joining.add(subscription)

    def go_live(self, subscription: Subscription, position: int) -> None:
        """Tell the subscription everything after this position; it must be at or after `head` at the time of `join`."""
        if subscription not in self.joining:
            return
        kept, subscription.kept = subscription.kept, []
        subscription.position = position
        for change in kept:
            subscription.offer(change)
        self._promote(subscription)

    def watch(self, subscription: Subscription) -> None:
        """Tell the subscription only that the stream advanced."""
        self.watchers.add(subscription)

    def leave(self, subscription: Subscription) -> None:
        """Tell the subscription nothing more; without effect if it is not here."""
        for group in (self.live, self.joining, self.watchers):
            group.discard(subscription)
        self._observers.discard(subscription)

    def receive(self, change: Change) -> None:
        """Take a change from anywhere, in any order, any number of times."""
        self.known = max(self.known, change.seq)
        if change.prev > self.head:
            self._keep(change)
        elif change.seq > self.head:
            self._tell(change)
            self._tell_pending()
        if self.behind:
            self._on_gap(self)

    def heard_of(self, head: int) -> None:
        """Take note that the stream reached this position."""
        self.known = max(self.known, head)
        if self.behind:
            self._on_gap(self)

    def skip_to(self, head: int) -> None:
        """Go on from here: the database has nothing to tell up to it. Subscribers see the hole and ask themselves."""
        if head > self.head:
            self.head = head
            self._recent = None
            self._tell_pending()

    def flush(self) -> None:
        """Write at once what is collected for the subscribers."""
        self._batch.flush()

    def _keep(self, change: Change) -> None:
        # Over the bound the repair reads from the database whatever is dropped here.
        if len(self._pending) < PENDING:
            self._pending[change.seq] = change

    def _tell_pending(self) -> None:
        while self._pending:
            change = self._pending[min(self._pending)]
            if change.prev > self.head:
                return
            del self._pending[change.seq]
            if change.seq > self.head:
                self._tell(change)

    def _tell(self, change: Change) -> None:
        self.head = change.seq
        self._remember(change)
        for person_id in change.revokes:
            self._revoke(person_id)
        for subscription in tuple(self._observers):
            subscription.observe(change)
        self._batch.write(change.text)
        for subscription in tuple(self.joining):
            subscription.offer(change)
            self._promote(subscription)
        if change.wide:
            frame = Frame(change.text)
            for subscription in tuple(self.watchers):
                subscription.outlet.write(frame)
        self._on_told(self, change)

    def _remember(self, change: Change) -> None:
        if self._recent is None:
            self._recent, self._recent_bytes = deque(), 0
        self._recent.append(change)
        self._recent_bytes += len(change.text)
        most = RECENT if self.stream.kind == "room" else 1
        while len(self._recent) > 1 and (len(self._recent) > most or self._recent_bytes > RECENT_BYTES):
            self._recent_bytes -= len(self._recent.popleft().text)

    def _promote(self, subscription: Subscription) -> None:
        position = subscription.position
        if position is None or self.head < position or subscription not in self.joining:
            return
        self._batch.flush()  # it was offered what is in there
        self.joining.discard(subscription)
        self.live.add(subscription)
        if subscription.on_change is not None:
            self._observers.add(subscription)

    def _revoke(self, person_id: int) -> None:
        self._batch.flush()  # it came before
        for subscription in [each for each in self.subscriptions if each.person_id == person_id]:
            self.leave(subscription)
            subscription.on_revoked()
