"""The address that Parley listens on."""

import os
import socket
from dataclasses import dataclass


class CannotListen(Exception):
    """A sentence that says why."""


@dataclass(frozen=True)
class Address:
    """A host and a port; `str` is how gunicorn and nginx write them."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def reachable_host(self) -> str:
        """The host to connect to from this machine, also where Parley listens on every address."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    def url(self) -> str:
        """Where a browser on this machine finds Parley."""
        return f"http://{Address(self.reachable_host(), self.port)}"

    def check_free(self) -> None:
        """Raises `CannotListen` when the address is taken, not this machine's, or not allowed."""
        try:
            family, _, _, _, where = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
        except OSError as refusal:
            reason = refusal.strerror or os.strerror(refusal.errno or 0)
            raise CannotListen(f"Cannot listen on {self}: {reason}. HOST and PORT choose another.") from None
