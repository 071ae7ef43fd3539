from chat.models import Epoch


def epoch() -> str:
    """The life of the database that cursors belong to."""
    return Epoch.objects.get().value.hex
