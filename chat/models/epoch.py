import uuid

from django.db import models


class Epoch(models.Model):
    """Which life of the database this is: one row. A restored backup gets another: old cursors reset."""

    only = models.BooleanField(primary_key=True, default=True)
    value = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="one_epoch")]

    def __str__(self) -> str:
        return self.value.hex
