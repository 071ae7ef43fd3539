from typing import Any

from django.core.management.base import BaseCommand

from chat.actions.epoch import renew_epoch


class Command(BaseCommand):
    help = (
        "After restoring a backup: have every client load anew. Clients may remember more than the backup holds; "
        "without this they would wait for positions that come a second time. Workers that run learn of it in seconds."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The epoch is now {renew_epoch()}. Workers that run follow within 5 seconds.")
