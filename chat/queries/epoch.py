from functools import cache

from chat.models import Epoch


@cache
def epoch() -> str:
    """The life of the database that cursors belong to. Read once: who restores a backup restarts the workers."""
    return Epoch.objects.get().value.hex
