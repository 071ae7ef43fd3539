from django.conf import settings
from django.db import models

from chat.models.message import Message


class Reaction(models.Model):
    """One person's emoji on one message. It has no seq of its own: it is part of the message's row on the wire."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="one_reaction_of_a_kind_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.message_id}"
