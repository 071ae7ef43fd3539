"""The edge: a WebSocket becomes a `Connection`, text becomes commands. It decides nothing."""

import asyncio
import logging
import re
from http.cookies import CookieError, SimpleCookie
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings

from chat import runtime
from chat.connection import Connection
from chat.delivery.frames import Frame
from chat.delivery.outlet import EXTENSION, DirectOutlet, Outlet, QueuedOutlet
from chat.errors import ChatError, Unavailable
from chat.handlers import arrival
from chat.handlers.registry import dispatch
from chat.protocol import codec
from chat.protocol.close_codes import CloseCode
from chat.protocol.commands import AnyCommand, Ping
from chat.protocol.events import Goodbye, Pong
from chat.protocol.shapes import Person
from chat.queries.arriving import Arriving

# Everything else is nobody's, and databases refuse some of it.
SESSION_KEY = re.compile(r"[A-Za-z0-9]{1,40}")

logger = logging.getLogger(__name__)


class ChatConsumer(AsyncConsumer):
    """One socket.

    Two stock methods are overridden. `dispatch` hops through the process's single database thread at every event.
    `__call__` makes tasks for every event, to listen to a channel of the socket's own as well; here the hub listens for
    all sockets, so connecting survives a Redis outage. And it skips `disconnect` on any exception or cancellation.
    """

    channel_layer_alias = None
    connection: Connection | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            return
        finally:
            if self.connection is not None:
                runtime.current().connections.remove(self.connection)
                arrival.farewell(self.connection)

    async def dispatch(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.receive":
                await self._receive(message.get("text"))
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                raise StopConsumer

    async def _connect(self) -> None:
        # Before accepting: our server lets go of the request then.
        outlet, session_key = self._outlet(), self._session_key()
        offered = self.scope.get("subprotocols", [])
        await self.base_send({"type": "websocket.accept", "subprotocol": codec.chosen(offered)})
        if offered and codec.SUBPROTOCOL not in offered:
            return outlet.close(CloseCode.BAD_FRAME, "another version")
        if not session_key:
            return outlet.close(CloseCode.SIGN_IN, "sign in")  # waits for nobody, and nobody for it
        try:
            async with runtime.current().admission.arrival(session_key):
                await self._arrive(session_key, outlet)
        except ChatError as refusal:
            logger.info("a socket could not be welcomed: %s", refusal)
            if refusal.retry_after is not None:
                outlet.write(Frame(codec.encode(Goodbye(retry_after=refusal.retry_after))))
            outlet.close(CloseCode.RESTART, "try again")

    async def _arrive(self, session_key: str, outlet: Outlet) -> None:
        found = await runtime.current().arrivals.of(session_key)
        if found is None:
            outlet.close(CloseCode.SIGN_IN, "sign in")
        elif not found.identity.allowed:
            outlet.close(CloseCode.NOT_ALLOWED, "account disabled")
        else:
            await self._welcome(found, session_key, outlet)

    async def _welcome(self, found: Arriving, session_key: str, outlet: Outlet) -> None:
        live = runtime.current()
        person = Person(found.identity.id, found.identity.name)
        if live.connections.count(person.id) >= settings.LIMITS.person_sockets:
            return outlet.close(CloseCode.TOO_MANY, "too many connections")
        self.connection = Connection(person=person, session_key=session_key, outlet=outlet)
        self.room_for_commands = asyncio.Semaphore(settings.LIMITS.pending_commands)
        live.connections.add(self.connection)
        await arrival.welcome(self.connection, found.joined)

    async def _receive(self, text: str | None) -> None:
        connection = self.connection
        if connection is None:
            return
        if text is None:
            return connection.close(CloseCode.BAD_FRAME, "binary frame")
        ref = None
        try:
            command = codec.decode(text)
            ref = command.ref
            self._take_token(connection)
            await self._begin(connection, command)
        except codec.FrameBroken as broken:
            connection.close(CloseCode.BAD_FRAME, str(broken))
        except codec.CommandRefused as refused:
            self._refuse(connection, refused)
        except ChatError as refusal:
            connection.refuse(ref, refusal)

    def _refuse(self, connection: Connection, refused: codec.CommandRefused) -> None:
        """A bad command costs a token like a good one, and being too fast is said first."""
        try:
            self._take_token(connection)
            connection.refuse_as(refused.ref, code=refused.code, detail=refused.detail)
        except ChatError as refusal:
            connection.refuse(refused.ref, refusal)

    def _take_token(self, connection: Connection) -> None:
        connection.bucket.take()
        runtime.current().connections.buckets.take(connection.person.id)

    async def _begin(self, connection: Connection, command: AnyCommand) -> None:
        if isinstance(command, Ping):
            return connection.send(Pong(ref=command.ref))
        await self.room_for_commands.acquire()
        await connection.judged()
        if connection.leaving:
            self.room_for_commands.release()
            raise Unavailable("This server is about to leave; another one will take it.", retry_after=1.0)
        task = connection.start(dispatch(connection, command), ref=command.ref)
        task.add_done_callback(lambda _: self.room_for_commands.release())

    def _outlet(self) -> Outlet:
        socket = self.scope.get("extensions", {}).get(EXTENSION)
        if socket is not None:
            return DirectOutlet(socket)
        return QueuedOutlet(self.base_send, bound=settings.LIMITS.outbound_bytes)

    def _session_key(self) -> str:
        for name, value in self.scope["headers"]:
            if name == b"cookie":
                try:
                    cookie = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
                except CookieError:
                    return ""
                return cookie.value if cookie is not None and SESSION_KEY.fullmatch(cookie.value) else ""
        return ""
