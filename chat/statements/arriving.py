"""What connecting reads, for many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from chat.statements.lists import column, table

SESSIONS = {
    "sqlite": """
        SELECT session_key, session_data FROM django_session
        WHERE session_key IN (SELECT value FROM json_each(%s)) AND expire_date > %s""",
    "postgresql": """
        SELECT session_key, session_data FROM django_session
        WHERE session_key = ANY(%s::varchar[]) AND expire_date > %s""",
}
ACCOUNTS = {
    "sqlite": """
        SELECT session.session_key, person.id, person.username, person.is_active, person.password
        FROM json_each(%s) AS wish
        JOIN django_session AS session ON session.session_key = json_extract(wish.value, '$[0]')
        JOIN chat_user AS person ON person.id = json_extract(wish.value, '$[1]')""",
    "postgresql": """
        SELECT session.session_key, person.id, person.username, person.is_active, person.password
        FROM unnest(%s::varchar[], %s::bigint[]) AS wish (session, person)
        JOIN django_session AS session ON session.session_key = wish.session
        JOIN chat_user AS person ON person.id = wish.person""",
}
_INBOXES = """
        LEFT JOIN chat_inbox AS inbox ON inbox.user_id = wish.value
        LEFT JOIN chat_membership AS membership
            ON membership.user_id = wish.value AND membership.state = 'active'
        LEFT JOIN chat_room AS room ON room.id = membership.room_id
        ORDER BY room.name"""
_INBOX_COLUMNS = """
        SELECT wish.value, inbox.head, membership.state, membership.role, membership.last_read_number, room.id,
            room.slug, room.name, room.topic, room.kind, room.archived_at, room.head, room.message_count,
            room.member_count"""
INBOXES = {
    "sqlite": f"{_INBOX_COLUMNS} FROM json_each(%s) AS wish {_INBOXES}",
    "postgresql": f"{_INBOX_COLUMNS} FROM unnest(%s::bigint[]) AS wish (value) {_INBOXES}",
}


@dataclass(frozen=True, slots=True)
class Account:
    """A person of a session that is still there. `password` is its hash."""

    id: int
    username: str
    is_active: bool
    password: str


@dataclass(frozen=True, slots=True)
class RoomRow:
    """What of a room's row its wire shape needs, under the model's names."""

    pk: int
    slug: str
    name: str
    topic: str
    kind: str
    archived: bool
    head: int
    message_count: int
    member_count: int


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """The same of a membership's row."""

    room_id: int
    state: str
    role: str
    last_read_number: int

    @property
    def active(self) -> bool:
        return self.state == "active"


@dataclass(frozen=True, slots=True)
class InboxRows:
    """An inbox's position, and the active memberships at that moment by name of the room."""

    head: int
    joined: list[tuple[RoomRow, MembershipRow]]


def sessions(session_keys: Collection[str]) -> dict[str, str]:
    """The data of those of the sessions that have neither ended nor expired."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS[connection.vendor], [*column(session_keys), now])
        return dict(cursor.fetchall())


def accounts(pairs: Sequence[tuple[str, int]]) -> dict[str, Account]:
    """The accounts of sessions and the people they name, by session, as far as both are there."""
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS[connection.vendor], table(pairs))
        return {
            key: Account(id=pk, username=username, is_active=bool(is_active), password=password)
            for key, pk, username, is_active, password in cursor.fetchall()
        }


def inboxes(person_ids: Collection[int]) -> dict[int, InboxRows]:
    """Each person's position and rooms, all of the same moment."""
    found: dict[int, InboxRows] = {}
    with connection.cursor() as cursor:
        cursor.execute(INBOXES[connection.vendor], column(set(person_ids)))
        for person_id, position, state, role, last_read, pk, slug, name, topic, kind, archived_at, *counts in cursor:
            rows = found.setdefault(person_id, InboxRows(head=position or 0, joined=[]))
            if pk is not None:
                head, message_count, member_count = counts
                room = RoomRow(pk, slug, name, topic, kind, archived_at is not None, head, message_count, member_count)
                rows.joined.append((room, MembershipRow(pk, state, role, last_read)))
    return found
