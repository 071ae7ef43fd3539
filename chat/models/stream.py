"""The one idea under everything: a counter, and rows stamped with the value it took when they last changed."""

from django.db import models


class Stream(models.Model):
    """A counter plus the rows that clients mirror.

    `head` moves by one for each change, under this row's lock, in the transaction of the change; so commit order is
    seq order. Rows at or below `floor` may have been purged: a cursor below it cannot be resumed.
    """

    head = models.PositiveBigIntegerField(default=0)
    floor = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True

    def advance(self) -> tuple[int, int]:
        """Move the counter; the caller holds the row's lock and saves `head`. Returns (prev, seq)."""
        prev, self.head = self.head, self.head + 1
        return prev, self.head
