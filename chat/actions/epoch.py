import uuid

from django.db import transaction

from chat.models import Epoch


@transaction.atomic
def renew_epoch() -> str:
    """Begin another life of the database: every cursor of the one before resets. Returns the new epoch."""
    value = uuid.uuid4()
    Epoch.objects.update_or_create(only=True, defaults={"value": value})
    return value.hex
