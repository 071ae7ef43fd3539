"""Only actions change rows: what they do is checked, stamped and told; what goes around them is not."""

import pytest

from tests.architecture.sources import Source, product
from tests.architecture.writers import ALLOWED, writes


def test_only_actions_write() -> None:
    assert list(writes(product())) == []


def test_those_who_may_write_exist() -> None:
    modules = {source.module for source in product()}
    assert [each for each in ALLOWED if each not in modules] == []


@pytest.mark.parametrize(
    "text",
    [
        "message.save()",
        "message.save(update_fields=['body'])",
        "await message.asave()",
        "Room.objects.create(name='x')",
        "Room.objects.filter(pk=1).update(name='x')",
        "Room.objects.filter(pk=1).delete()",
        "Message.objects.bulk_create(rows)",
        "Membership.objects.get_or_create(user=user)",
        "queryset.delete()",
        "room.members.all().delete()",
        "user.delete()",
        "room.messages.filter(pk=1).adelete()",
    ],
)
def test_a_planted_write_is_found(text: str) -> None:
    assert list(writes([Source.parse("chat.views.pages", f"async def view():\n    {text}")])) != []


@pytest.mark.parametrize(
    "text",
    [
        "digest.update(b'x')",
        "seen.add(1)",
        "Room.objects.filter(pk=1).first()",
        "super().save()",
        "request.session.save()",
    ],
)
def test_other_calls_are_let_through(text: str) -> None:
    assert list(writes([Source.parse("chat.views.pages", text)])) == []


def test_actions_may_write() -> None:
    assert list(writes([Source.parse("chat.actions.rooms", "room.save()")])) == []
