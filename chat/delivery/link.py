"""This worker's place on the channel layer: one channel, one receive loop, and no trust in any of it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from channels.layers import BaseChannelLayer

from chat.delivery import groups
from chat.delivery.envelope import Envelope, Probe, pack, unpack
from chat.delivery.health import Health
from chat.delivery.peers import Peers
from chat.delivery.replay import Publication

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
        *,
        worker: str,
        server: str = "Redis",
        on_envelope: Callable[[Envelope], None],
        on_well: Callable[[], None],
        on_doubt: Callable[[], None],
        on_renewed: Callable[["Link"], None],
    ) -> None:
        self._layer, self._worker, self._on_envelope = layer, worker, on_envelope
        self.server = server
        self._channel: str | None = None
        self._leaving = False
        self._on_renewed = on_renewed
        self._receiver: asyncio.Task[None] | None = None
        self._on_doubt = on_doubt
        self.peers = Peers(on_missing=on_doubt)
        self._resubscribed_at: float | None = None
        self.health = Health(self._send_probe, server=server, on_well=on_well, on_doubt=on_doubt)

    @property
    def well(self) -> bool:
        """Whether a message sent now is likely to arrive."""
        return self.health.well

    @property
    def doubtful(self) -> bool:
        """Whether something may be missed: it is unwell, or about to be, or another worker does not reach it."""
        return not self.well or self.health.doubtful or bool(self.peers.missing)

    def heard_since(self, moment: float) -> bool:
        """Whether a probe that was sent after this moment of the monotonic clock has come back."""
        return self.health.newest_heard >= moment

    async def join(self, stream_group: str) -> bool:
        """Hear soon what is sent to the group; False where the layer could not ask for that."""
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

    def publications(self, envelopes: Sequence[tuple[str, Envelope]]) -> list[Publication]:
        """Channels and messages that a server must publish for the groups to hear the envelopes."""
        # What the layer's own `group_send` does for each, but that waits for an answer to every one.
        return [
            (self._layer._get_group_channel_name(group), self._layer.serialize(pack(envelope)))
            for group, envelope in envelopes
        ]

    async def tried(self, call: Coroutine[Any, Any, None]) -> bool:
        """Whether the server did as asked within a second; nothing is asked of one that is unwell."""
        if not self.well:
            call.close()
            return False
        return await self._tried(call)

    async def farewell(self) -> None:
        """Tell the other workers that this one leaves, so that none of them misses it."""
        self._leaving = True
        if self.well:
            await self._tried(self._send_probe(time.monotonic()))

    async def run(self) -> None:
        """Keep a channel and the probe going until cancelled; renews a layer that went deaf while Redis answers."""
        probe = asyncio.create_task(self.health.run())
        try:
            while True:
                await self._renew()
                await self._wait_until_deaf()
        finally:
            probe.cancel()
            self.peers.close()
            if self._receiver is not None:
                self._receiver.cancel()

    async def _send_probe(self, sent_at: float) -> None:
        message = pack(Probe(self._worker, sent_at, self._leaving))
        await self._layer.group_send(groups.probe_group(), message)

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
                    await self._layer.group_add(groups.probe_group(), channel)
                    break
            except Exception as failure:
                self.health.failed(failure)
                logger.info("the channel layer cannot be reached: %r", failure)
                await asyncio.sleep(1)
        self._channel = channel
        # The library subscribes again by itself and tells nobody; what was published meanwhile is lost.
        self._layer._get_shard(channel)._pubsub.connection.register_connect_callback(self._reconnected)
        self._receiver = asyncio.create_task(self._receive(channel))
        self._on_renewed(self)
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
            self._probe_heard(envelope)
        elif envelope.sender != self._worker:
            self._on_envelope(envelope)

    def _reconnected(self, connection: object) -> None:
        self._resubscribed_at = time.monotonic()

    def _probe_heard(self, probe: Probe) -> None:
        if probe.sender != self._worker:
            return self.peers.left(probe.sender) if probe.last else self.peers.heard(probe.sender)
        self.health.heard(probe.sent_at)
        if self._resubscribed_at is not None and self._resubscribed_at <= probe.sent_at:
            # The subscription is whole again, so what the log has to tell from here on is all that was missed.
            self._resubscribed_at = None
            self._on_doubt()

    async def _tried(self, call: Awaitable[None]) -> bool:
        try:
            async with asyncio.timeout(DEADLINE):
                await call
        except Exception as failure:
            self.health.failed(failure)
            logger.debug("the channel layer did not answer: %r", failure)
            return False
        return True
