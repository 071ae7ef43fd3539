"""The product's settings, but for what a test run has no use for."""

from chatproject.settings import *  # noqa: F403
from chatproject.settings import STORAGES

# Static files are not collected for tests in one process.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Argon2 is slow by design; one test checks that the product uses it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The live parts run alone here; tests of delivery across workers start real ones.
REDIS_URL = ""
CHANNEL_LAYERS: dict[str, object] = {}
