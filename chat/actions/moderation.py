"""The record of what moderators and administrators did."""

from chat.models import ModerationEvent, User


def record(*, actor: User | None, action: str, target: str, reason: str = "") -> None:
    """Note an act; call it inside the act's transaction."""
    ModerationEvent.objects.create(actor=actor, action=action, target=target, reason=reason)
