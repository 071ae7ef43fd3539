"""Settings for the chat of the Channels tutorial, with what the comparison must hold equal: SQLite's durability."""

import os

SECRET_KEY = "only for measuring"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "bench.peers.tutorial",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ASGI_APPLICATION = "bench.peers.tutorial.asgi.application"
USE_TZ = True
SAVES = os.environ["TUTORIAL_SAVES"] == "1"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["TUTORIAL_DATABASE"],
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=5000",
        },
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": os.environ["TUTORIAL_LAYER"],
        # redis-py 8 ends a quiet receive after five seconds, and the core layer's consumer with it.
        "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": None}]},
    }
}
