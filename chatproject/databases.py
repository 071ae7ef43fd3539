"""How Django reaches the database, every parameter stated."""

from typing import Any

import dj_database_url

LOCKED_SECONDS = 5
# Workers shorten the log every second; this is for processes that do not. 4 KiB a page.
LOG_PAGES = 10_000


def database(url: str, *, test_file: str) -> dict[str, Any]:
    """Django's settings of one database. `test_file`: where tests put theirs, if it is SQLite."""
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    options = settings.setdefault("OPTIONS", {})
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        options |= _sqlite()
        settings["TEST"] = {"NAME": test_file}
    else:
        settings["OPTIONS"] = _postgres() | options
        # With checks the pool waits a second, then two, then four, for each of its connections that a restart of the
        # server killed. `chat.database.discard` clears them away at the first that fails.
        settings["CONN_HEALTH_CHECKS"] = False
    return settings


def _sqlite() -> dict[str, Any]:
    # IMMEDIATE: a deferred transaction that upgrades to write fails at once instead of waiting.
    # FULL: what is acknowledged must survive a power cut.
    pragmas = {
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "busy_timeout": LOCKED_SECONDS * 1000,
        "wal_autocheckpoint": LOG_PAGES,
    }
    commands = ";".join(f"PRAGMA {name}={value}" for name, value in pragmas.items())
    return {"transaction_mode": "IMMEDIATE", "timeout": LOCKED_SECONDS, "init_command": commands}


def _postgres() -> dict[str, Any]:
    # Psycopg takes a tenth of a second to load, and is needed here alone.
    from chatproject.postgres import ImpatientConnection

    return {
        # A pool per process; CONN_MAX_AGE must be 0 with it. By default it would try less and less often, so that a
        # minute's outage lasted two; having given up it tries again for whoever asks next.
        "pool": {
            "min_size": 1,
            "max_size": 8,
            "timeout": 5,
            "reconnect_timeout": 2,
            "connection_class": ImpatientConnection,
        },
        "connect_timeout": 5,
        # A server's host that vanished is found within about ten seconds.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        # Like SQLite's busy timeout. And a worker that froze in a transaction keeps no room locked for long.
        "options": f"-c lock_timeout={LOCKED_SECONDS}s -c idle_in_transaction_session_timeout=15s",
    }
