from typing import Any

from chat.presence.memory import MemoryStore


class RedisStore(MemoryStore):
    def __init__(self, redis: Any) -> None: ...
