"""Which pages may open the WebSocket: a browser sends its cookies to it from any page, and asks nobody."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host


class SameOrigin:
    """Lets a socket through whose page came from this very host and port, over HTTPS where that is served.

    Stricter than Channels' own check, which lets pages of every port and scheme of an allowed host in; the same rule as
    Django's for forms. All others get 403.
    """

    def __init__(self, application: Any) -> None:
        self._application, self._denier = application, WebsocketDenier.as_asgi()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = self._application if is_same_origin(scope["headers"]) else self._denier
        await answer(scope, receive, send)


def is_same_origin(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether there is one `Origin` and one `Host`, allowed and equal."""
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    if len(origins) != 1 or len(hosts) != 1:
        return False
    schemes = ("https",) if settings.SECURE_SSL_REDIRECT else ("http", "https")
    try:
        origin = urlsplit(origins[0])
        hostname = origin.hostname or ""
    except ValueError:
        return False
    if origin.scheme not in schemes or origins[0].lower() != f"{origin.scheme}://{hosts[0].lower()}":
        return False
    name = f"[{hostname}]" if ":" in hostname else hostname
    return validate_host(name, settings.ALLOWED_HOSTS)
