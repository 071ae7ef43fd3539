"""Workers as far as delivery goes, over a real Redis and a log that always answers, and when they deliver."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from channels_redis.pubsub import RedisPubSubChannelLayer

from chat.delivery.carrier import Carrier
from chat.delivery.change import Change, StreamKey
from chat.delivery.envelope import Changes, Envelope
from chat.delivery.frames import Frame
from chat.delivery.hub import Hub
from chat.delivery.link import Link
from chat.delivery.links import Links, Shard
from chat.delivery.redis import connect, layer_settings
from chat.delivery.repair import Repair
from chat.delivery.servers import name as server_name
from chat.delivery.servers import servers
from chat.delivery.subscription import Subscription
from chat.protocol.close_codes import CloseCode
from tests.waiting import until

ROOMS = [StreamKey("room", number) for number in range(1, 25)]
EPOCH = "test"


@dataclass
class Missed:
    """What the log has after a position."""

    head: int
    changes: list[Change]
    more: bool = False


class Log:
    """What is committed, by stream, and when."""

    def __init__(self) -> None:
        self.changes: dict[StreamKey, list[Change]] = defaultdict(list)
        self.at: dict[Change, float] = {}

    def commit(self, stream: StreamKey) -> Change:
        seq = len(self.changes[stream]) + 1
        change = Change(stream=stream, prev=seq - 1, seq=seq, text=f"{stream} {seq}".encode())
        self.changes[stream].append(change)
        self.at[change] = time.monotonic()
        return change

    async def heads(self, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        return {stream: len(self.changes[stream]) for stream in streams}

    async def since(self, stream: StreamKey, seq: int) -> Missed:
        return Missed(len(self.changes[stream]), self.changes[stream][seq:])


class Tab:
    """The outlet of somebody who has every room open: what came, and when."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.at: dict[bytes, float] = {}

    def write(self, frame: Frame) -> None:
        for text in frame.texts:
            self.got.append(bytes(text))
            self.at.setdefault(bytes(text), time.monotonic())

    def close(self, code: CloseCode, reason: str) -> None:
        raise AssertionError("nothing here closes")


class Worker:
    """One worker: its hub, its links and its carrier, wired as the runtime wires them."""

    def __init__(self, name: str, urls: str, log: Log) -> None:
        self.log, self.tab = log, Tab()
        self.hub = Hub(heads=log.heads, repairs=self._repair, on_told=lambda *_: None)
        settings = layer_settings(urls)
        self._layers = [RedisPubSubChannelLayer(**each["CONFIG"]) for each in settings.values()]
        self.hub.links = Links(self._shard(name, place, url) for place, url in enumerate(servers(urls)))
        self.carrier = Carrier(worker=name, receive=self.hub.receive, links=self.hub.links)
        for shard in self.hub.links:
            shard.begin(EPOCH)
        self._running = [
            asyncio.create_task(work) for work in (self.hub.run(), *(s.link.run() for s in self.hub.links))
        ]
        for room in ROOMS:
            feed = self.hub.host(room, head=0)
            subscription = Subscription(person_id=1, outlet=self.tab, on_revoked=lambda: None)
            feed.join(subscription)
            feed.go_live(subscription, 0)

    @property
    def links(self) -> list[Link]:
        return [shard.link for shard in self.hub.links]

    @property
    def joined(self) -> bool:
        return all(feed.joined for feed in self.hub.feeds.values())

    def say(self, room: StreamKey) -> Change:
        """Commit a change and hand it on, as the journal's thread does."""
        change = self.log.commit(room)
        self.carrier.committed([change])
        return change

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for layer in self._layers:
            with suppress(Exception):  # the server may be gone
                await layer.flush()
        for shard in self.hub.links:
            await shard.redis.aclose()

    def _shard(self, name: str, place: int, url: str) -> Shard:
        client = connect(url)
        link = Link(
            self._layers[place],
            worker=name,
            server=server_name(url),
            on_envelope=self._hear,
            on_well=self._well,
            on_doubt=self.hub.poll_soon,
            on_renewed=self.hub.link_was_renewed,
        )
        return Shard(link, client)

    def _hear(self, heard: Envelope) -> None:
        assert isinstance(heard, Changes)
        self.hub.receive([Change.unpack(step) for step in heard.steps])

    def _well(self) -> None:
        self.hub.poll_soon()
        self.carrier.go_on()

    def _repair(self, hub: Hub) -> Repair:
        def replay(stream: StreamKey):  # type: ignore[no-untyped-def]
            shard = hub.links.of(stream)
            return None if shard is None else shard.replay_if_well

        return Repair(changes_since=self.log.since, replay=replay, feeds=hub.feeds)


class Workers:
    """Two workers of one installation over one log."""

    def __init__(self) -> None:
        self.log = Log()
        self.all: list[Worker] = []
        self._turn = 0

    async def start(self, *urls: str) -> None:
        """A worker for each, and all of them well. Two with one URL: give it twice."""
        self.all += [Worker(f"worker-{len(self.all) + n}", url, self.log) for n, url in enumerate(urls)]
        await self.well()

    async def well(self, *, within: float = 20) -> None:
        """Return when every link of every worker is well, and every group is joined."""
        await until(lambda: all(worker.hub.links.well and worker.joined for worker in self.all), within=within)

    def unwell(self) -> bool:
        return any(not link.well for worker in self.all for link in worker.links)

    def alerts(self) -> int:
        """How many were raised so far."""
        return sum(link.health.alerts for worker in self.all for link in worker.links)

    async def talk(self, seconds: float, *, every: float = 0.1) -> None:
        """Say something in one room after the other, each worker in turn: so nearly every message is a room's last."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.all[self._turn % len(self.all)].say(ROOMS[self._turn % len(ROOMS)])
            self._turn += 1
            await asyncio.sleep(every)

    async def level(self, *, within: float = 20) -> None:
        """Return when everybody was told everything."""
        await until(lambda: all(len(worker.tab.at) == len(self.log.at) for worker in self.all), within=within)

    def delays(self, *, since: float = 0.0) -> list[float]:
        """How long after its commit each message said after a moment came, for everybody."""
        return [delay for _, delay in self._arrivals(since=since)]

    def late(self, after: float, *, since: float) -> set[StreamKey]:
        """The rooms in which something said after a moment came to somebody so many seconds later or more."""
        return {change.stream for change, delay in self._arrivals(since=since) if delay >= after}

    def say(self, rooms: Iterable[StreamKey]) -> None:
        """Every worker says something in each."""
        for room in rooms:
            for worker in self.all:
                worker.say(room)

    def assert_in_order(self) -> None:
        """Each room's changes came once, in order."""
        for worker in self.all:
            for room in ROOMS:
                told = [text for text in worker.tab.got if text.startswith(f"{room} ".encode())]
                assert told == [change.text for change in self.log.changes[room]]

    def _arrivals(self, *, since: float) -> Iterator[tuple[Change, float]]:
        for worker in self.all:
            for change, at in self.log.at.items():
                if at >= since:
                    yield change, worker.tab.at[change.text] - at

    async def stop(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self.all))
