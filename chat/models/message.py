from django.conf import settings
from django.db import models

from chat.models.room import Room


class Message(models.Model):
    """What somebody said. `number` is its place in the room for good; `seq` is when the row last changed.

    `key` is the client's, unique per author for the row's life, which makes sending safe to retry; `fingerprint`
    identifies what was first sent under it. A deleted message is a tombstone without its text.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveBigIntegerField()
    seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    key = models.UUIDField()
    fingerprint = models.BinaryField(max_length=16)
    body = models.TextField()
    html = models.TextField()
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies")
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    deletion_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="message_key_unique_per_author"),
            models.UniqueConstraint(fields=["room", "number"], name="message_number_unique_in_room"),
            models.UniqueConstraint(fields=["room", "seq"], name="message_seq_unique_in_room"),
            models.CheckConstraint(condition=models.Q(number__gte=1, seq__gte=1), name="message_placed_in_room"),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(body="", html=""),
                name="deleted_message_has_no_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}#{self.number}"
