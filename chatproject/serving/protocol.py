"""One WebSocket connection."""

import time
from dataclasses import dataclass
from typing import Any

from autobahn.util import encode_truncate
from daphne.ws_protocol import WebSocketProtocol

from chat.protocol.close_codes import CloseCode
from chatproject.serving.intake import Intake
from chatproject.serving.writer import Writer

STALL_SECONDS = 10.0
BARREN_FRAMES = 500


@dataclass(frozen=True, slots=True)
class Request:
    """What Daphne still asks of the request at the end."""

    path: str


class SocketProtocol(WebSocketProtocol):
    """Daphne's WebSocket with any close code, frames written through, and a bound on what waits to be sent.

    `writer` is what the application is offered, `intake` where it finds what the client sent.
    A socket is closed with 4408 when a frame comes while more than `outbound_bytes` wait already, or when bytes wait
    and the peer takes none for ten seconds; with 4400 after 500 frames within two seconds that say nothing: pings,
    pongs and empty fragments, which no limit on commands counts. Nothing is sent after a close; what the client sends
    after it is ignored. A client that closes and takes nothing of what waits is cut off after ten seconds, too.
    """

    server: Any = None
    request: Any = None
    writer: Writer | None = None
    intake: Intake
    overflowed = False
    barren_frames = 0
    taken_bytes = 0
    passed_bytes = 0
    passed_at = 0.0
    _state = 0

    def write(self, frames: bytes) -> None:
        """Send whole WebSocket frames as they are, in order, without waiting. No effect while closing.

        Raises ValueError before the socket is accepted.
        """
        if self.state == self.STATE_OPEN:
            self.sendData(frames)
        elif self.state == self.STATE_CONNECTING:
            raise ValueError("the socket has not been accepted")

    def send_text(self, text: bytes) -> None:
        """Frame UTF-8 text and send it. Of any size: the limit on messages is for incoming ones."""
        self._send_framed(text, binary=False)

    def close(self, code: int, reason: str) -> None:
        """Close with any code and up to 123 bytes of reason; before accepting: reject. No effect while closing."""
        if self.state == self.STATE_CONNECTING:
            self.serverReject()
        else:
            self.sendCloseFrame(code=code, reasonUtf8=encode_truncate(reason, 123))

    def buffered(self) -> int:
        """Bytes the kernel has not taken yet."""
        transport = self.transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return waiting

    def is_accepted(self) -> bool:
        """Whether frames can be sent: the application accepted and no close has begun."""
        return bool(self.state == self.STATE_OPEN)

    def is_live(self) -> bool:
        """Whether no close has begun; the application may have yet to accept."""
        return self.state in (self.STATE_CONNECTING, self.STATE_OPEN)

    # -- what Daphne and autobahn call -------------------------------------------------------------------------------

    @property
    def state(self) -> int:
        """Autobahn's; whatever changes it ends the short way out."""
        return self._state

    @state.setter
    def state(self, state: int) -> None:
        self._state = state
        if self.writer is not None:
            self.writer.clear = False

    def connectionMade(self) -> None:
        self.writer = Writer(self)
        self.intake = Intake(self.transport)
        super().connectionMade()

    def handle_reply(self, message: dict[str, Any]) -> None:
        """An event from the application. Unlike Daphne's: empty frames are sent, the close reason is kept."""
        if not self.is_live():
            return
        if self.state == self.STATE_OPEN and message.get("type") == "websocket.send":
            self._send_event(message)
        elif self.state == self.STATE_OPEN and message.get("type") == "websocket.close":
            self.close(message.get("code") or 1000, message.get("reason") or "")
        else:
            super().handle_reply(message)

    def serverAccept(self, subprotocol: str | None = None) -> None:
        """Answer the handshake. Raises ValueError for what the client did not offer: autobahn would answer nothing."""
        if subprotocol is not None and subprotocol not in self.websocket_protocols:
            raise ValueError("the client did not offer this subprotocol")
        super().serverAccept(subprotocol)

    def onOpen(self) -> None:
        super().onOpen()
        self._forget_request()

    def onFrameBegin(self) -> None:
        frame = self.current_frame
        if frame.opcode > 7 or not (frame.length or (frame.fin and frame.opcode)):
            self._count_barren()
        super().onFrameBegin()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """A message from the client."""
        if self.state == self.STATE_OPEN:
            super().onMessage(payload, isBinary)

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:
        """The end. Daphne's fails on a connection that ends in its handshake, before it knows the server."""
        if self.server is not None:
            super().onClose(wasClean, code, reason)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Every byte to the peer passes here: at once when nothing waits, else behind what waits.

        `sync` and `chopsize` are autobahn's, for fuzzing; nothing here sets them.
        """
        transport = self.transport
        if transport.dataBuffer or transport._tempDataBuffer:
            if self.state == self.STATE_OPEN and not self.overflowed and self.buffered() > self.server.outbound_bytes:
                self._close_too_slow()
                return
            transport.write(data)
        elif transport.connected:
            sent = transport.writeSomeData(data)
            if not isinstance(sent, int):
                transport.abortConnection()
            elif sent < len(data):
                transport.write(data[sent:])
            if self.writer is not None:
                # What the kernel did not take must not be overtaken by what goes the short way.
                self.writer.clear = sent == len(data) and self.state == self.STATE_OPEN
        self.taken_bytes += len(data)

    def check_timeouts(self) -> None:
        """Every two seconds."""
        self.barren_frames = 0
        super().check_timeouts()
        if self.transport.connected and self._is_stuck():
            if self.state == self.STATE_OPEN:
                self._close_too_slow()
            else:
                self.transport.abortConnection()

    # ----------------------------------------------------------------------------------------------------------------

    def _forget_request(self) -> None:
        """Let go of what the handshake needed, which would be kept for as long as the socket lives."""
        # The HTTP channel stays registered to pause reading while much waits to be written.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.intake, True)
        self.request = Request(self.request.path)
        self.clean_headers.clear()
        self.http_request_data = self.http_status_line = b""
        self.http_headers.clear()
        self.http_request_params.clear()
        del self.send_queue  # of a `sendData` that is not ours

    def _send_event(self, message: dict[str, Any]) -> None:
        match message.get("text"), message.get("bytes"):
            case str(text), None:
                self._send_framed(text.encode(), binary=False)
            case None, bytes(data):
                self._send_framed(data, binary=True)
            case _:
                raise ValueError("websocket.send needs either text or bytes")

    def _send_framed(self, payload: bytes, *, binary: bool) -> None:
        # A prepared message passes where sendMessage would apply the limit on incoming messages to this one.
        self.write(self.factory.prepareMessage(payload, isBinary=binary).payloadHybi)

    def _is_stuck(self) -> bool:
        """Whether bytes wait, and the peer took none for too long."""
        now, waiting = time.monotonic(), self.buffered()
        passed = self.taken_bytes - waiting
        if not waiting or passed != self.passed_bytes:
            self.passed_bytes, self.passed_at = passed, now
        return now - self.passed_at > STALL_SECONDS

    def _count_barren(self) -> None:
        self.barren_frames += 1
        if self.barren_frames > BARREN_FRAMES and self.state == self.STATE_OPEN:
            self.close(CloseCode.BAD_FRAME, "too many empty frames")
            self.transport.pauseProducing()  # or all that is under way would be taken apart before the end

    def _close_too_slow(self) -> None:
        # The close frame must pass the bound that it is the answer to.
        self.overflowed = True
        self.close(CloseCode.TOO_SLOW, "too slow")


def configured(factory: Any) -> type[SocketProtocol]:
    """A `SocketProtocol` with the factory's options as class attributes.

    Autobahn would copy all of them to each connection, formatted for a log that is off: 2.4 KiB and 0.17 ms each time.
    """
    options = {name: getattr(factory, name) for name in SocketProtocol.CONFIG_ATTRS}
    # A function would become a method.
    options = {name: staticmethod(value) if callable(value) else value for name, value in options.items()}
    return type("ConfiguredSocketProtocol", (SocketProtocol,), {**options, "CONFIG_ATTRS": ()})
