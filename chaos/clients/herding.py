"""The process behind `Herd`: it reads an order, then questions, line by line, and answers each with its state."""

import asyncio
import json
import sys
import time
from collections import Counter
from random import Random
from typing import Any, ClassVar, cast

import uvloop

from chaos.clients.backoff import STEADY, Backoff
from chaos.clients.wire import HELLO
from chat.protocol.codec import SUBPROTOCOL

NO_CLOSE = 1006


class Member(asyncio.Protocol):
    """One connection after another, with the page's own back-off, and its place in one room."""

    failures: Counter[str] = Counter()
    """Connections that were not live before they ended, by what came instead."""
    failed_at = 0.0
    """When the last of those ended."""
    lives = 0
    """Connections that were live."""
    ends: Counter[str] = Counter()
    """Connections that were live before they ended, by the close code; 1006 for those that ended without one."""
    waits: ClassVar[list[float]] = []
    """Seconds to wait, as a goodbye said, of those."""

    def __init__(self, order: dict[str, Any], number: int) -> None:
        self.live_since = 0.0
        """When it last became live; 0 while it is not."""
        self.seq = 0
        self._address, _, self._port = order["host"].rpartition(":")
        self._request = (
            f"GET /ws/ HTTP/1.1\r\nHost: {order['host']}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\nOrigin: http://{order['host']}\r\n"
            f"Cookie: sessionid={order['sessions'][number % len(order['sessions'])]}\r\n\r\n"
        ).encode()
        self._room, self._stays = order["room"], order["stays"]
        self._random = Random(number)
        self._epoch = ""
        self._not_before: float | None = None
        self._backoff = Backoff(self._random)
        self._gone = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._upgraded = self._greeted = False
        self._buffer = b""
        self._answer = ""
        self._code = NO_CLOSE

    async def live(self) -> None:
        """Connect, and again whenever that ends, for ever."""
        loop = asyncio.get_running_loop()
        self._backoff.begin()
        while True:
            self._gone.clear()
            self._answer, self._code = "no answer", NO_CLOSE
            try:
                async with asyncio.timeout(HELLO):
                    await loop.create_connection(lambda: self, self._address, int(self._port))
                await self._until_gone()
            except (OSError, TimeoutError) as failure:
                self._answer = type(failure).__name__
            if self.live_since:
                Member.ends[str(self._code)] += 1
                if self._not_before is not None:
                    Member.waits.append(self._not_before)
            else:
                Member.failures[self._answer] += 1
                Member.failed_at = time.monotonic()
            held = time.monotonic() - self.live_since if self.live_since else 0.0
            if held and self._stays:
                # Who leaves on purpose comes again with another page.
                held = STEADY
            told = self._not_before or 0.0
            self.live_since, self._not_before = 0.0, None
            await asyncio.sleep(self._backoff.next(held=held, told=told))

    async def _until_gone(self) -> None:
        """The connection's end; like the page, one that gets no `hello` within ten seconds is dropped."""
        try:
            async with asyncio.timeout(HELLO):
                await self._gone.wait()
        except TimeoutError:
            if not self._greeted and self._transport is not None:
                self._transport.abort()
            await self._gone.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one in all but name.
        self._transport = cast("asyncio.Transport", transport)
        self._upgraded, self._greeted, self._buffer = False, False, b""
        self._transport.write(self._request)

    def connection_lost(self, failure: Exception | None) -> None:
        self._gone.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._upgraded, self._buffer = True, rest
            self._answer = head.split(b" ", 2)[1].decode()
            if self._answer != "101":
                assert self._transport is not None
                self._transport.abort()
                return
        while (frame := self._next_frame()) is not None:
            self._take(*frame)

    def _next_frame(self) -> tuple[int, bytes] | None:
        """The next whole frame's kind and payload; servers do not mask."""
        if len(self._buffer) < 2:
            return None
        size, begin = self._buffer[1] & 127, 2
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(self._buffer[2:begin], "big")
        if len(self._buffer) < begin + size:
            return None
        kind, payload = self._buffer[0] & 15, self._buffer[begin : begin + size]
        self._buffer = self._buffer[begin + size :]
        return kind, payload

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == 9:
            self._send(10, payload)
        elif kind == 1:
            self._heard(json.loads(payload))
        elif kind == 8:
            self._code = int.from_bytes(payload[:2], "big")
            self._send(8, payload[:2])

    def _heard(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "hello":
                self._greeted = True
                self._open({"epoch": self._epoch, "seq": self.seq} if self._epoch else None)
                self._epoch = event["epoch"]
            case "reply" if event["ok"] and event["data"]["next"] is not None:
                self._open({"epoch": event["data"]["epoch"], "seq": event["data"]["next"]})
            case "reply" if event["ok"]:
                self.seq = max(self.seq, event["data"]["head"])
                self.live_since = time.monotonic()
                Member.lives += 1
                self._leave_again()
            case "goodbye":
                self._not_before = event["retry_after"]
            case _ if event.get("room") == self._room and "seq" in event:
                self.seq = max(self.seq, event["seq"])

    def _open(self, since: dict[str, Any] | None) -> None:
        command = {"type": "room.open", "ref": "1", "room": self._room, "since": since}
        self._send(1, json.dumps(command).encode())

    def _leave_again(self) -> None:
        """Those who do not stay drop the connection without a word, after as long as they stay on average."""
        assert self._transport is not None
        if self._stays:
            seconds = self._random.uniform(0, 2 * self._stays)
            asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def _send(self, kind: int, payload: bytes) -> None:
        # A mask of zeros changes nothing.
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + size.to_bytes(2, "big")
        assert self._transport is not None
        self._transport.write(bytes([128 | kind]) + length + bytes(4) + payload)


async def main() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    order = json.loads(await reader.readline())
    members = [Member(order, number) for number in range(order["size"])]
    tasks = []
    for number, member in enumerate(members):
        tasks.append(asyncio.create_task(member.live()))
        if number % 20 == 19:
            await asyncio.sleep(0.1)
    while await reader.readline():
        state = {
            "live": sum(member.live_since > 0 for member in members),
            "since": [member.live_since for member in members],
            "seqs": [member.seq for member in members],
            "failures": Member.failures,
            "failed_at": Member.failed_at,
            "lives": Member.lives,
            "ends": Member.ends,
            "waits": Member.waits,
        }
        print(json.dumps(state), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    uvloop.run(main())
