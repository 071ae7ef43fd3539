import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from chat.management import demo
from chat.management.demo.staging import stage
from chat.models import Room, User


class Command(BaseCommand):
    help = "Fill an empty Parley with a small company's rooms and four days of talk. Again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.DATA_DIR / "demo-passwords.txt"
        slugs = {script.slug for script in demo.ROOMS}
        taken = User.objects.filter(username__in=demo.PEOPLE).count() + Room.objects.filter(slug__in=slugs).count()
        if taken == len(demo.PEOPLE) + len(slugs):
            self.stdout.write(f"The demo is here already; its passwords are in {path}.")
            return
        if User.objects.exists() or Room.objects.exists():
            raise CommandError("The demo goes into an empty Parley only; this one has people or rooms.")
        passwords = {name: secrets.token_urlsafe(12) for name in demo.SIGNING_IN}
        with transaction.atomic():
            stage(names=demo.PEOPLE, administrator=demo.ADMINISTRATOR, scripts=demo.ROOMS, now=timezone.now())
            for name, password in passwords.items():
                person = User.objects.get(username=name)
                person.set_password(password)
                person.save(update_fields=["password"])
            lines = "".join(f"{name:8}{password}\n" for name, password in passwords.items())
            _keep(path, lines)
        self.stdout.write(f"The demo is ready. Sign in as (kept in {path}):\n{lines}", ending="")


def _keep(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
