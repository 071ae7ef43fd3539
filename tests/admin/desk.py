"""What an administrator does in the browser."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client

from chat.models import ModerationEvent, User
from tests.accounts.visitors import make_account


class Desk:
    """An administrator's browser."""

    def __init__(self, name: str = "admin", *, permissions: Iterable[str] | None = None) -> None:
        """A superuser, or with `permissions` somebody of the staff who has just these."""
        self.person = make_account(name, is_staff=True, is_superuser=permissions is None)
        self.person.user_permissions.set(Permission.objects.filter(codename__in=permissions or ()))
        self.client = Client()
        self.client.force_login(self.person)

    def get(self, path: str) -> str:
        return self.client.get(f"/admin/{path}", follow=True).content.decode()

    def status(self, path: str) -> int:
        return self.client.get(f"/admin/{path}").status_code

    def save(self, path: str, **fields: Any) -> str:
        """Send a form; the page it leads to."""
        return self.client.post(f"/admin/{path}", fields, follow=True).content.decode()

    def choose(self, noun: str, action: str, *rows: Model, **fields: Any) -> str:
        """Do something to rows chosen in a list; the page it leads to."""
        chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
        return self.client.post(f"/admin/chat/{noun}/", chosen | fields, follow=True).content.decode()


def events() -> list[tuple[str, str, str, str]]:
    """The record of moderation, oldest first: actor, action, target, reason."""
    rows = ModerationEvent.objects.order_by("pk").values_list("actor__username", "action", "target", "reason")
    return list(rows)


def reload(user: User) -> User:
    return User.objects.get(pk=user.pk)
