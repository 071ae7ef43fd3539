from django.conf import settings
from django.db import models

from chat.models.stream import Stream


class Inbox(Stream):
    """A person's own stream: their memberships, their read markers, and the account itself (`account_seq`)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    account_seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"inbox of {self.user_id}"
