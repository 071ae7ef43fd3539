"""This worker's place on the channel layer: one channel, one receive loop, and no trust in any of it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from channels.layers import BaseChannelLayer
from redis.asyncio import Redis

from chat.delivery import groups
from chat.delivery.envelope import Envelope, Probe, pack, unpack
from chat.delivery.health import Health

logger = logging.getLogger(__name__)

DEADLINE = 1.0
DEAF_AFTER = 5.0


class Link:
    """Sends to groups and receives from them while the layer is well, and says when it is not.

    Nothing here raises or waits longer than a second: what the layer loses is repaired from the log.
    """

    def __init__(
        self,
        layer: BaseChannelLayer,
        redis: Redis,
        *,
        worker: str,
        on_envelope: Callable[[Envelope], None],
        on_well: Callable[[], None],
        on_doubt: Callable[[], None],
        on_renewed: Callable[[], None],
    ) -> None:
        self._layer, self._redis, self._worker, self._on_envelope = layer, redis, worker, on_envelope
        self._channel: str | None = None
        self._on_renewed = on_renewed
        self._receiver: asyncio.Task[None] | None = None
        self.health = Health(self._send_probe, on_well=on_well, on_doubt=on_doubt)

    @property
    def well(self) -> bool:
        """Whether a message sent now is likely to arrive."""
        return self.health.well

    async def join(self, stream_group: str) -> bool:
        """Hear what is sent to the group; False where the layer did not answer."""
        channel = self._channel
        if channel is None or not self.well:
            return False
        return await self._tried(self._layer.group_add(stream_group, channel))

    async def leave(self, stream_group: str) -> None:
        """Stop hearing the group."""
        if self._channel is not None:
            await self._tried(self._layer.group_discard(stream_group, self._channel))

    async def send(self, stream_group: str, envelope: Envelope) -> bool:
        """Send to the group; False where the layer is unwell or did not answer."""
        return self.well and await self._tried(self._layer.group_send(stream_group, pack(envelope)))

    async def send_all(self, envelopes: Sequence[tuple[str, Envelope]]) -> bool:
        """Send to many groups in one round trip, in order; False where not all may have gone."""
        return self.well and await self._tried(self._publish(envelopes))

    async def run(self) -> None:
        """Keep a channel and the probe going until cancelled; renews a layer that went deaf while Redis answers."""
        probe = asyncio.create_task(self.health.run())
        try:
            while True:
                await self._renew()
                await self._wait_until_deaf()
        finally:
            probe.cancel()
            if self._receiver is not None:
                self._receiver.cancel()

    async def _publish(self, envelopes: Sequence[tuple[str, Envelope]]) -> None:
        # What the layer's own `group_send` does for each, but that waits for an answer to every one.
        pipeline = self._redis.pipeline(transaction=False)
        for group, envelope in envelopes:
            channel = self._layer._get_group_channel_name(group)
            pipeline.publish(channel, self._layer.serialize(pack(envelope)))
        await pipeline.execute()

    async def _send_probe(self, sent_at: float) -> None:
        message = pack(Probe(self._worker, sent_at))
        await self._layer.group_send(groups.probe_group(self._worker), message)

    async def _renew(self) -> None:
        """Begin anew with a channel of our own; what the layer kept of the old one goes with the flush."""
        if self._receiver is not None:
            self._receiver.cancel()
        self._channel = None
        while True:
            try:
                async with asyncio.timeout(DEADLINE * 2):
                    await self._layer.flush()
                    channel = await self._layer.new_channel()
                    await self._layer.group_add(groups.probe_group(self._worker), channel)
                    break
            except Exception as failure:
                logger.info("the channel layer cannot be reached: %r", failure)
                await asyncio.sleep(1)
        self._channel = channel
        self._receiver = asyncio.create_task(self._receive(channel))
        self._on_renewed()
        await self._tried(self._send_probe(time.monotonic()))

    async def _wait_until_deaf(self) -> None:
        """Return when probes leave without an error but have not come back for some seconds."""
        deaf_for = 0.0
        while deaf_for < DEAF_AFTER:
            await asyncio.sleep(1)
            deaf_for = 0.0 if self.well else deaf_for + 1

    async def _receive(self, channel: str) -> None:
        while True:
            message = await self._layer.receive(channel)
            try:
                self._take(message)
            except Exception:
                logger.exception("a message of the channel layer was not understood")

    def _take(self, message: dict[str, Any]) -> None:
        envelope = unpack(message)
        if isinstance(envelope, Probe):
            self.health.heard(envelope.sent_at)
        elif envelope.sender != self._worker:
            self._on_envelope(envelope)

    async def _tried(self, call: Awaitable[None]) -> bool:
        try:
            async with asyncio.timeout(DEADLINE):
                await call
        except Exception as failure:
            self.health.failed()
            logger.debug("the channel layer did not answer: %r", failure)
            return False
        return True
