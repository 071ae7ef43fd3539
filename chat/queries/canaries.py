from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from chat.models import Canary

# Generous, for machines whose clocks disagree: one that is gone is only listened to in vain.
LIVING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Song:
    """How far a worker's canary has come."""

    canary: int
    worker: str
    head: int


def songs() -> list[Song]:
    """Those of workers that sang within the last minutes."""
    rows = Canary.objects.filter(sung_at__gt=timezone.now() - LIVING).values_list("pk", "worker", "head")
    return [Song(*row) for row in rows]
