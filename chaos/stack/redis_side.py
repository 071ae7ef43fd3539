"""Everything of a stack that is Redis."""

from chaos.proxy import FaultProxy
from chaos.stack.layout import Layout
from chaos.stack.ports import free_port
from chaos.stack.redis_server import RedisServer
from chaos.stack.sentinels import Sentinels


class RedisSide:
    """One server, and what the layout puts beside or before it."""

    def __init__(self, layout: Layout) -> None:
        listens = layout.redis_proxy or layout.sentinels
        self.server = RedisServer(port=free_port() if listens else 0)
        self.proxy = FaultProxy(self.server.connect)
        self.second = RedisServer() if layout.second_redis else None
        self.sentinels = Sentinels(self.server) if layout.sentinels else None
        self._by_proxy = layout.redis_proxy

    @property
    def url(self) -> str:
        """What the product is told."""
        if self.sentinels is not None:
            return self.sentinels.url
        if self.second is not None:
            return f"{self.server.url},{self.second.url}"
        return f"redis://{self.proxy.host}" if self._by_proxy else self.server.url

    async def start(self) -> None:
        """Start it all; the proxy lives in this event loop."""
        self.server.start()
        if self._by_proxy:
            await self.proxy.start()
        if self.second is not None:
            self.second.start()
        if self.sentinels is not None:
            self.sentinels.start()

    async def remove(self) -> None:
        """End it all and leave nothing behind."""
        await self.proxy.stop()
        if self.sentinels is not None:
            self.sentinels.remove()
        if self.second is not None:
            self.second.remove()
        self.server.remove()
