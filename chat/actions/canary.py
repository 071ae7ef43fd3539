from django.db import transaction
from django.utils import timezone

from chat.delivery.publish import publish
from chat.errors import NotFound
from chat.models import Canary
from chat.payloads.canary import sung
from chat.queries.canaries import LIVING


@transaction.atomic
def hatch(*, worker: str) -> int:
    """Give a worker its canary; those of workers long gone go. Returns its id."""
    now = timezone.now()
    Canary.objects.filter(sung_at__lt=now - LIVING).delete()
    return Canary.objects.create(worker=worker, sung_at=now).pk


@transaction.atomic
def sing(*, canary_id: int) -> int:
    """Move the canary's stream by one. Returns its position. Raises `NotFound` where it is gone."""
    canary = Canary.objects.select_for_update().filter(pk=canary_id).first()
    if canary is None:
        raise NotFound
    prev, seq = canary.advance()
    canary.sung_at = timezone.now()
    canary.save(update_fields=["head", "sung_at"])
    publish([sung(canary, prev=prev)])
    return seq
