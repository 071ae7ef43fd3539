import asyncio
from typing import Any

UNREAD_BYTES = 256 * 1024
# What an event costs beside its text.
OVERHEAD = 512


class Intake(asyncio.Queue[dict[str, Any]]):
    """What a client sent and the application has yet to take.

    While that is more than 256 KiB, counting half a KiB for every event, the socket is not read: the rest waits in the
    kernel, and then at the client. It is the transport's producer, too: `pauseProducing` and `resumeProducing` are
    called as much or little waits to be written, and either is reason enough not to read.
    """

    def __init__(self, transport: Any) -> None:
        super().__init__()
        self._transport = transport
        self._unread = 0
        self._is_full = self._writes_wait = False

    def pauseProducing(self) -> None:
        self._writes_wait = True
        self._transport.pauseProducing()

    def resumeProducing(self) -> None:
        self._writes_wait = False
        self._read_on()

    def stopProducing(self) -> None:
        self._transport.stopProducing()

    # -- what asyncio lets a queue of another kind say -----------------------------------------------------------------

    def _put(self, item: dict[str, Any]) -> None:
        super()._put(item)
        self._unread += _cost(item)
        if self._unread > UNREAD_BYTES and not self._is_full:
            self._is_full = True
            self._transport.pauseProducing()

    def _get(self) -> dict[str, Any]:
        item: dict[str, Any] = super()._get()
        self._unread -= _cost(item)
        if self._is_full and self._unread <= UNREAD_BYTES // 2:
            self._is_full = False
            self._read_on()
        return item

    def _read_on(self) -> None:
        if not (self._is_full or self._writes_wait):
            self._transport.resumeProducing()


def _cost(event: dict[str, Any]) -> int:
    return OVERHEAD + len(event.get("text") or event.get("bytes") or "")
