from django.conf import settings
from django.db import models


class ModerationEvent(models.Model):
    """An append-only record of what a moderator or administrator did, written in the transaction of the act."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=40)
    target = models.CharField(max_length=120)
    reason = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
