from chat.models import Epoch

_known: str | None = None


def epoch() -> str:
    """The life of the database that cursors belong to, as this process knows it."""
    return _known or stored_epoch()


def stored_epoch() -> str:
    """The same as the database has it now; from here on `epoch` says this."""
    global _known
    _known = Epoch.objects.get().value.hex
    return _known
