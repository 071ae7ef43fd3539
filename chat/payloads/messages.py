from collections.abc import Iterable
from datetime import datetime

from chat.models import Message, Reaction
from chat.payloads.people import person
from chat.protocol import shapes
from chat.statements.sending import NewMessage


def message(row: Message, *, reactions: Iterable[Reaction] | None = None) -> shapes.Message:
    """The wire shape of a message row.

    The author must be loaded. `reactions` are those of the row with their users loaded; None reads the prefetched.
    """
    return shapes.Message(
        id=row.pk,
        number=row.number,
        seq=row.seq,
        key=row.key,
        author=person(row.author),
        body=row.body,
        html=row.html,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted=row.deleted_at is not None,
        reactions=_grouped(row.reactions.all() if reactions is None else reactions),
        parent=row.parent_id,
    )


def new_message(row: NewMessage, *, pk: int, author: shapes.Person, created_at: datetime) -> shapes.Message:
    """The same for a message stored just now."""
    return shapes.Message(
        id=pk,
        number=row.number,
        seq=row.seq,
        key=row.key,
        author=author,
        body=row.body,
        html=row.html,
        created_at=created_at,
        edited_at=None,
        deleted=False,
        reactions=[],
        parent=None,
    )


def submitted_message(row: Message, *, body: str, html: str) -> shapes.Message:
    """The same of a row as it was submitted, with this text: nothing of what happened to it or in its room since.

    Its `seq` is its number, for the stream was there or beyond when it was stored, and the row's own may be newer.
    """
    return shapes.Message(
        id=row.pk,
        number=row.number,
        seq=row.number,
        key=row.key,
        author=person(row.author),
        body=body,
        html=html,
        created_at=row.created_at,
        edited_at=None,
        deleted=False,
        reactions=[],
        parent=None,
    )


def _grouped(reactions: Iterable[Reaction]) -> list[shapes.Reaction]:
    by_emoji: dict[str, list[shapes.Person]] = {}
    for reaction in sorted(reactions, key=lambda each: each.pk):
        by_emoji.setdefault(reaction.emoji, []).append(person(reaction.user))
    return [shapes.Reaction(emoji=emoji, people=people) for emoji, people in by_emoji.items()]
