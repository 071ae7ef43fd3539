"""The application that an ASGI server runs."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
http = get_asgi_application()

# Channels and the chat read the settings and the models that the line above loads.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import re_path  # noqa: E402

from chat import runtime  # noqa: E402
from chat.routing import websocket_urlpatterns  # noqa: E402
from chatproject.origins import SameOrigin  # noqa: E402

# A path nobody serves is refused like a foreign origin; URLRouter alone would raise, a traceback in the log for each.
elsewhere = re_path("", WebsocketDenier.as_asgi())

routed = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": SameOrigin(URLRouter([*websocket_urlpatterns, elsewhere])),
    }
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The routed application, with the live parts of this worker running before its first request."""
    runtime.current()
    await routed(scope, receive, send)
