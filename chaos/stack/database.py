"""The product's database, seen from outside the product."""

import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg

from chaos.oracle.history import Row, body_hash

MESSAGES = "SELECT room_id, number, id, seq, key, body, deleted_at FROM chat_message ORDER BY room_id, number"
REACTIONS = "SELECT message_id, emoji, user_id FROM chat_reaction ORDER BY id"


class Database:
    """One database for one stack: a SQLite file in `directory`, or one of its own on the PostgreSQL at `server`.

    `name`: of one that is there already.
    """

    def __init__(self, directory: Path, *, server: str = "", name: str = "") -> None:
        self._server = "" if server.startswith("sqlite") else server
        self.file = directory / "parley.sqlite3"
        self.name = name or f"parley_{secrets.token_hex(6)}"
        if self._server and not name:
            self.administer(f'CREATE DATABASE "{self.name}"')

    @property
    def is_postgres(self) -> bool:
        return bool(self._server)

    @property
    def url(self) -> str:
        return self.url_by("")

    @property
    def address(self) -> str:
        """`address:port` of the PostgreSQL server."""
        return urlsplit(self._server).netloc.rpartition("@")[2]

    def url_by(self, host: str) -> str:
        """Its URL by way of another `address:port`; empty for its own."""
        if not self._server:
            return f"sqlite:///{self.file}"
        parts = urlsplit(self._server)
        user, _, own = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{user}@{host or own}", path=f"/{self.name}"))

    def rows(self) -> list[Row]:
        """Every message, as it is committed."""
        reactions: dict[int, dict[str, list[tuple[str, int]]]] = {}
        for message, emoji, person in self.select(REACTIONS):
            reactions.setdefault(message, {}).setdefault(emoji, []).append((emoji, person))
        return [
            Row(
                room=room,
                number=number,
                id=id,
                seq=seq,
                key=str(UUID(str(key))),
                body=body_hash(body),
                deleted=deleted is not None,
                reactions=tuple(chain.from_iterable(reactions.get(id, {}).values())),
            )
            for room, number, id, seq, key, body, deleted in self.select(MESSAGES)
        ]

    def select(self, query: str) -> list[tuple[Any, ...]]:
        with self.connection() as connection:
            return list(connection.execute(query).fetchall())

    def alter(self, *statements: str) -> None:
        """Change what the product finds, under its feet and in one transaction."""
        if self._server:
            with psycopg.connect(self.url) as connection:
                for statement in statements:
                    connection.execute(statement.encode())
        else:
            with closing(sqlite3.connect(self.file, timeout=10)) as file, file:
                for statement in statements:
                    file.execute(statement)

    def drop(self) -> None:
        """Remove it; the product must have ended."""
        if self._server:
            self.administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def back_up(self) -> None:
        """Keep a copy of everything as it is now; the product goes on meanwhile."""
        if self._server:
            subprocess.run(["pg_dump", "-Fc", "-f", self._copy, "-d", self._uri], check=True, capture_output=True)
            return
        with (
            closing(sqlite3.connect(self.file, timeout=10)) as source,
            closing(sqlite3.connect(self._copy)) as copy,
        ):
            source.backup(copy)

    def restore(self) -> None:
        """Put the copy in the place of what is there. The product must have ended."""
        if self._server:
            self.administer(f'DROP DATABASE "{self.name}" WITH (FORCE)')
            self.administer(f'CREATE DATABASE "{self.name}"')
            subprocess.run(["pg_restore", "-d", self._uri, self._copy], check=True, capture_output=True)
            return
        for leftover in self.file.parent.glob(f"{self.file.name}*"):
            leftover.unlink()
        shutil.move(self._copy, self.file)

    @property
    def _copy(self) -> Path:
        return self.file.with_name("backup")

    @property
    def _uri(self) -> str:
        """As PostgreSQL's own programs understand it."""
        return self.url.replace("postgres://", "postgresql://", 1)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """Our own, which SQLite only reads by."""
        if self._server:
            with psycopg.connect(self.url) as connection:
                yield connection
        else:
            with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)) as connection:
                yield connection

    def terminate_backends(self) -> int:
        """End every connection to it that the PostgreSQL server has; how many there were."""
        ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"
        with psycopg.connect(self._server, autocommit=True) as connection:
            return sum(was_there for (was_there,) in connection.execute(ended))

    def administer(self, statement: str) -> None:
        """Run a statement on the server, beside the product's database."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)
