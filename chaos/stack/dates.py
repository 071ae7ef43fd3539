"""What the workers' clocks said when they stored messages."""

from datetime import UTC, datetime
from uuid import UUID

from chaos.stack.database import Database

DATES = "SELECT key, created_at FROM chat_message"


def dates(database: Database) -> dict[str, float]:
    """By key: the seconds since 1970 at which the message says that it was written."""
    return {str(UUID(str(key))): _moment(created).timestamp() for key, created in database.select(DATES)}


def _moment(created: datetime | str) -> datetime:
    """SQLite has text, in UTC."""
    return created if isinstance(created, datetime) else datetime.fromisoformat(created).replace(tzinfo=UTC)
