from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

from redis.asyncio import Redis

from chat.delivery.change import StreamKey
from chat.delivery.link import Link
from chat.delivery.replay import Replay


@dataclass(slots=True, eq=False)
class Shard:
    """One Redis server, as a worker uses it. `replay` is None until the life of the database is known."""

    link: Link
    redis: Redis
    replay: Replay | None = None

    def begin(self, epoch: str) -> None:
        """Keep and use the copies of this life of the database: in another the counters repeat."""
        self.replay = Replay(self.redis, f"parley:{epoch}")

    @property
    def replay_if_well(self) -> Replay | None:
        """The copies kept there, where asking for them makes sense."""
        return self.replay if self.link.well and not self.link.health.doubtful else None


class Links:
    """The Redis servers of an installation, none or several: each stream belongs to one, the same for all workers."""

    def __init__(self, shards: Iterable[Shard] = ()) -> None:
        self.shards = list(shards)

    def __iter__(self) -> Iterator[Shard]:
        return iter(self.shards)

    @property
    def well(self) -> bool:
        """Whether there is a server, and none is in doubt."""
        return bool(self.shards) and not any(each.link.doubtful for each in self.shards)

    def of(self, stream: StreamKey) -> Shard | None:
        """The stream's server; None where there are no servers at all."""
        return self.shards[place(stream, len(self.shards))] if self.shards else None


def place(stream: StreamKey, servers: int) -> int:
    """Which of so many servers is the stream's."""
    return 0 if servers == 1 else crc32(str(stream).encode()) % servers
