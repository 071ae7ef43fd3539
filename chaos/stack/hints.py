"""Whether Redis carries what workers tell each other, by its own account."""

from collections.abc import Collection

from chaos.stack.redis_server import RedisServer


class Hints:
    """Listens beside the workers on a server that runs, as a context manager.

    `rooms` are those whose streams must flow, `workers` how many must hear them.
    """

    def __init__(self, server: RedisServer, rooms: Collection[int], *, workers: int) -> None:
        self._dry = {f"__group__room.{room}" for room in rooms}
        self._workers = workers
        self._client = server.client()
        self._pubsub = self._client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]

    def __enter__(self) -> "Hints":
        # A pattern does not count among the subscribers of a channel.
        self._pubsub.psubscribe(*(f"*{ending}" for ending in self._dry))
        return self

    def __exit__(self, *failure: object) -> None:
        self._pubsub.close()
        self._client.close()

    def flow(self) -> bool:
        """Whether by now something of each room was sent to all workers."""
        while message := self._pubsub.get_message():
            channel = message["channel"]
            [(_, heard_by)] = self._client.pubsub_numsub(channel)
            if heard_by >= self._workers:
                self._dry -= {ending for ending in self._dry if channel.decode().endswith(ending)}
        return not self._dry


def carried_by(server: RedisServer, rooms: Collection[int]) -> list[int]:
    """Those of the rooms of which workers tell each other through this server, which runs."""
    with server.client() as client:
        return [room for room in rooms if client.pubsub_channels(f"*__group__room.{room}")]
