from django.db import models

from chat.models.stream import Stream


class Canary(Stream):
    """A worker process that checks itself: its stream moves every few seconds, and all workers listen."""

    worker = models.CharField(max_length=32)
    sung_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"canary of {self.worker}"
