from django.urls import path

from chat.api import history, rooms  # noqa: F401
from chat.api.root import api

urlpatterns = [path("api/", api.urls)]
