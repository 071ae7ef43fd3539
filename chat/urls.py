"""HTTP: the API, the health checks and the page."""

from django.urls import path

from chat.api import history, rooms
from chat.api.root import api
from chat.views import health, metrics, pages

__all__ = ["history", "rooms", "urlpatterns"]  # imported so that their routes register

urlpatterns = [
    path("api/", api.urls),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", pages.index, name="index"),
    path("rooms/<slug:slug>/", pages.room, name="room"),
]
