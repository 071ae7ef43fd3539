from django.conf import settings
from django.db import models

from chat.models.stream import Stream


class Room(Stream):
    """A conversation. As a stream it carries its messages, its memberships and its own details (`seq`).

    `message_count` is the number of the newest message; numbers are never reused. `member_count` counts the active.
    """

    class Kind(models.TextChoices):
        PUBLIC = "public"
        PRIVATE = "private"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    topic = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PUBLIC)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    seq = models.PositiveBigIntegerField(default=0)
    message_count = models.PositiveBigIntegerField(default=0)
    member_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(seq__lte=models.F("head")), name="room_seq_within_head"),
            models.CheckConstraint(condition=models.Q(floor__lte=models.F("head")), name="room_floor_within_head"),
            models.CheckConstraint(
                condition=models.Q(message_count__lte=models.F("head")), name="room_messages_within_head"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        return self.archived_at is not None
