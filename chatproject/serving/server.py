"""Daphne's server on listening sockets that it is given."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import daphne.server
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from chat.delivery.outlet import EXTENSION
from chat.limits import Limits
from chatproject.serving import ports
from chatproject.serving.protocol import SocketProtocol, configured
from chatproject.serving.twisted_log import report_errors

logger = logging.getLogger(__name__)


class Server(daphne.server.Server):
    """Serves an ASGI application until the reactor stops.

    `on_ready` is called just before the reactor runs; new connections wait while `is_crowded`. Websocket scopes carry
    the connection's `Writer` as the extension `parley.socket`. Incoming messages over `limits.frame_bytes`
    close with 1009.
    """

    def __init__(
        self,
        application: Any,
        *,
        listeners: Sequence[socket.socket],
        limits: Limits,
        trusted_proxy: bool,
        is_crowded: Callable[[], bool],
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(
            application,
            endpoints=["adopted"],
            signal_handlers=False,
            websocket_timeout=-1,
            websocket_connect_timeout=30,
            websocket_handshake_timeout=30,
            websocket_max_message_size=limits.frame_bytes,
            websocket_max_frame_size=limits.frame_bytes,
            ping_interval=20,
            ping_timeout=30,
            application_close_timeout=30,
            proxy_forwarded_address_header="X-Real-IP" if trusted_proxy else None,
            proxy_forwarded_proto_header="X-Forwarded-Proto" if trusted_proxy else None,
            ready_callable=self._ready,
            server_name="",
        )
        # Descriptions of endpoints cannot express an open socket; they only had to be non-empty.
        self.endpoints: list[str] = []
        self.given = listeners
        self.ports: list[Any] = []
        self.outbound_bytes = limits.outbound_bytes
        self.is_crowded, self.on_ready = is_crowded, on_ready

    def stop_accepting(self) -> None:
        """Leave new connections to the other workers. Established ones go on."""
        for port in self.ports:
            port.socket.let_all_in()
            port.stopListening()
        self.ports = []

    def sockets(self) -> list[SocketProtocol]:
        """The WebSockets that no close has begun for."""
        return [
            connection
            for connection in self.connections
            if isinstance(connection, SocketProtocol) and connection.is_live()
        ]

    def applications(self) -> list["asyncio.Task[None]"]:
        """Applications still running, one a WebSocket or HTTP request."""
        running = (details.get("application_instance") for details in self.connections.values())
        return [task for task in running if task and not task.done()]

    # -- what Daphne calls -------------------------------------------------------------------------------------------

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] != "websocket":
            return super().create_application(protocol, scope)
        scope["asgi"] = {"version": "3.0"}
        scope["extensions"] = {EXTENSION: protocol.writer}
        # Daphne decodes percent signs in them; autobahn agrees to nothing but what the client wrote.
        scope["subprotocols"] = protocol.websocket_protocols
        application = self.application(scope, protocol.intake.get, partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return protocol.intake

    def application_checker(self) -> None:
        """Every second. One connection's failure must not end it for all, as Daphne's would, nor meet it again."""
        try:
            super().application_checker()
        except Exception:
            logger.exception("the look at what runs failed")
            self._let_go_of_the_failed()
            reactor.callLater(1, self.application_checker)  # type: ignore[arg-type]

    def timeout_checker(self) -> None:
        """Every two seconds; see `application_checker`."""
        for connection in list(self.connections):
            try:
                connection.check_timeouts()
            except Exception:
                logger.exception("the time-outs of %r failed", connection)
        reactor.callLater(2, self.timeout_checker)  # type: ignore[arg-type]

    def kill_all_applications(self) -> Any:
        """Cancel what still runs. Daphne's own fails on a connection that has no application yet."""
        running = self.applications()
        for task in running:
            task.cancel()
        return Deferred.fromFuture(asyncio.gather(*running, return_exceptions=True))

    def _let_go_of_the_failed(self) -> None:
        """Close the first connection that could not be told of its application's failure, as after half an answer."""
        for connection, details in self.connections.items():
            task = details.get("application_instance")
            if task and task.done() and not task.cancelled() and task.exception():
                del details["application_instance"]
                connection.transport.loseConnection()
                return

    def _ready(self) -> None:
        report_errors()
        # Omitting allowNullOrigin would turn it off; origins are the application's to judge.
        self.ws_factory.setProtocolOptions(allowNullOrigin=True, failByDrop=False, closeHandshakeTimeout=3)
        self.ws_factory.protocol = configured(self.ws_factory)
        self.ports = [ports.adopt(listener, self.http_factory, is_crowded=self.is_crowded) for listener in self.given]
        self.on_ready()
