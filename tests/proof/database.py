"""The product's database, seen from outside the product."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg

from tests.proof.history import Row, body_hash

MESSAGES = "SELECT room_id, number, id, seq, key, body, deleted_at FROM chat_message ORDER BY room_id, number"


class Database:
    """One database for one stack: a SQLite file, or a PostgreSQL database of its own beside that of DATABASE_URL."""

    def __init__(self, directory: Path) -> None:
        self._server = os.environ.get("DATABASE_URL", "")
        if self._server.startswith("sqlite"):
            self._server = ""
        self._file = directory / "parley.sqlite3"
        self._name = f"parley_{secrets.token_hex(6)}"
        if self._server:
            self._administer(f'CREATE DATABASE "{self._name}"')

    @property
    def url(self) -> str:
        if not self._server:
            return f"sqlite:///{self._file}"
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{self._name}"))

    def rows(self) -> list[Row]:
        """Every message, as it is committed."""
        return [
            Row(room, number, id, seq, str(UUID(str(key))), body_hash(body), deleted is not None)
            for room, number, id, seq, key, body, deleted in self.select(MESSAGES)
        ]

    def select(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return list(connection.execute(query).fetchall())

    def drop(self) -> None:
        """Remove it; the product must have ended."""
        if self._server:
            self._administer(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        if self._server:
            with psycopg.connect(self.url) as connection:
                yield connection
        else:
            with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=10)) as connection:
                yield connection

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)
