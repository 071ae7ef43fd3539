from django.conf import settings
from django.db import models

from chat.models.room import Room


class Membership(models.Model):
    """A person's standing in a room. It is mirrored by two streams: the room's (`room_seq`) and the inbox's (`seq`).

    It is never deleted: one that ended stays as its own tombstone. `removed` means put out by somebody else; that
    person may not see the room any more, even a public one, until invited again.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        LEFT = "left"
        REMOVED = "removed"

    class Role(models.TextChoices):
        OWNER = "owner"
        MODERATOR = "moderator"
        MEMBER = "member"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="memberships")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)
    last_read_number = models.PositiveBigIntegerField(default=0)
    seq = models.PositiveBigIntegerField()
    room_seq = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "room"], name="one_membership_a_room"),
            models.UniqueConstraint(fields=["user", "seq"], name="membership_seq_unique_in_inbox"),
            models.UniqueConstraint(fields=["room", "room_seq"], name="membership_seq_unique_in_room"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}: {self.state}"

    @property
    def active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def moderates(self) -> bool:
        return self.active and self.role in (self.Role.OWNER, self.Role.MODERATOR)
