import orjson

from chat.delivery.change import Change, StreamKey
from chat.models import Canary


def sung(canary: Canary, *, prev: int) -> Change:
    """The canary's stream moved to its head. The text looks like an event; no client ever gets it."""
    text = orjson.dumps({"type": "canary.sung", "canary": canary.pk, "prev": prev, "seq": canary.head})
    return Change(stream=StreamKey("canary", canary.pk), prev=prev, seq=canary.head, text=text)
