"""What storing messages reads and writes; only actions call it, inside their transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from chat.statements.lists import column, is_postgresql, table

LOCK_ROOMS = {
    "sqlite": """
        SELECT id, kind, archived_at, head, message_count FROM chat_room
        WHERE id IN (SELECT value FROM json_each(%s))""",
    "postgresql": """
        SELECT id, kind, archived_at, head, message_count FROM chat_room
        WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE""",
}
STANDINGS = {
    "sqlite": """
        SELECT wish.key, person.username, person.is_active, membership.state, message.id
        FROM json_each(%s) AS wish
        CROSS JOIN chat_user AS person ON person.id = json_extract(wish.value, '$[0]')
        LEFT JOIN chat_membership AS membership
            ON membership.user_id = person.id AND membership.room_id = json_extract(wish.value, '$[1]')
        LEFT JOIN chat_message AS message
            ON message.author_id = person.id AND message.key = json_extract(wish.value, '$[2]')""",
    "postgresql": """
        SELECT wish.place - 1, person.username, person.is_active, membership.state, message.id
        FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[]) WITH ORDINALITY AS wish (person, room, key, place)
        JOIN chat_user AS person ON person.id = wish.person
        LEFT JOIN chat_membership AS membership
            ON membership.user_id = person.id AND membership.room_id = wish.room
        LEFT JOIN chat_message AS message ON message.author_id = person.id AND message.key = wish.key""",
}
INSERT = {
    "sqlite": """
        INSERT INTO chat_message (
            deletion_reason, id, created_at, room_id, number, seq, author_id, fingerprint, body, html, key)
        VALUES ('', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
    "postgresql": """
        INSERT INTO chat_message (
            deletion_reason, created_at, room_id, number, seq, author_id, fingerprint, body, html, key)
        SELECT '', %s, * FROM unnest(
            %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[], %s::text[], %s::text[], %s::uuid[])
        RETURNING id, room_id, number""",
}
AUTHOR, KEY = 3, 7
"""Places among the inserted values."""
LAST_ID = "SELECT seq FROM sqlite_sequence WHERE name = 'chat_message'"
SAVE_POSITIONS = "UPDATE chat_room SET head = %s, message_count = %s WHERE id = %s"


@dataclass(slots=True)
class LockedRoom:
    """A room's counters, held until the transaction ends."""

    id: int
    kind: str
    archived: bool
    head: int
    message_count: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody's wish to say something somewhere."""

    author_id: int
    room_id: int
    key: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a wish: the account, the membership's state if there ever was one, the message of that key."""

    author: str
    allowed: bool
    state: str | None
    stored_id: int | None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message row, placed in its room."""

    author_id: int
    room_id: int
    number: int
    seq: int
    key: UUID
    fingerprint: bytes
    body: str
    html: str


def lock_rooms(room_ids: Collection[int]) -> dict[int, LockedRoom]:
    """The rooms that there are of these, locked. SQLite's transaction holds the one lock already."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ROOMS[connection.vendor], column(sorted(room_ids)))
        rows = cursor.fetchall()
    return {
        pk: LockedRoom(id=pk, kind=kind, archived=archived_at is not None, head=head, message_count=count)
        for pk, kind, archived_at, head, count in rows
    }


def standings(wishes: Sequence[Wish]) -> list[Standing | None]:
    """For each wish, what stands about it now; None where there is no such account."""
    found: list[Standing | None] = [None] * len(wishes)
    with connection.cursor() as cursor:
        rows = [(each.author_id, each.room_id, each.key.hex) for each in wishes]
        cursor.execute(STANDINGS[connection.vendor], table(rows))
        for place, author, allowed, state, stored_id in cursor.fetchall():
            found[place] = Standing(author=author, allowed=bool(allowed), state=state, stored_id=stored_id)
    return found


def insert(messages: Sequence[NewMessage], *, created_at: datetime) -> list[int]:
    """Store the rows. Returns their ids, in order."""
    created = connection.ops.adapt_datetimefield_value(created_at)
    rows = [_values(each) for each in messages]
    with connection.cursor() as cursor:
        if is_postgresql():
            # Those who retry under the same keys elsewhere wait for each other in one order.
            rows.sort(key=lambda values: (values[AUTHOR], values[KEY]))
            cursor.execute(INSERT["postgresql"], [created, *table(rows)])
            ids = {(room_id, number): pk for pk, room_id, number in cursor.fetchall()}
            return [ids[each.room_id, each.number] for each in messages]
        # As AUTOINCREMENT would, which cannot tell what it chose for many rows; nobody else writes meanwhile.
        cursor.execute(LAST_ID)
        first = next(iter(cursor.fetchall()), (0,))[0] + 1
        cursor.executemany(INSERT["sqlite"], [(pk, created, *values) for pk, values in enumerate(rows, first)])
        return list(range(first, first + len(rows)))


def _values(each: NewMessage) -> tuple[Any, ...]:
    return (
        each.room_id,
        each.number,
        each.seq,
        each.author_id,
        each.fingerprint,
        each.body,
        each.html,
        each.key.hex,
    )


def save_positions(rooms: Sequence[LockedRoom]) -> None:
    """Save `head` and `message_count` of locked rooms."""
    with connection.cursor() as cursor:
        cursor.executemany(
            SAVE_POSITIONS,
            [(room.head, room.message_count, room.id) for room in rooms],
        )
