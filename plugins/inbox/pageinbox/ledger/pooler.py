"""PostgreSQL behind a pooler, such as PgBouncer: one of its sessions serves many clients, a transaction at a time.

So a pooler takes no settings when a client connects, and what is prepared in one transaction may be missing in the
next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.pool import ConnectionPoolEntry

if TYPE_CHECKING:
    from psycopg import OperationalError

TIMEOUTS = {"lock_timeout": 5000, "statement_timeout": 30000, "idle_in_transaction_session_timeout": 60000}
"""Milliseconds that PostgreSQL gives each of these; without a pooler they are said once, when a connection is made."""

OPTIONS = " ".join(f"-c {name}={value}" for name, value in TIMEOUTS.items())
FOR_THIS_TRANSACTION = text(
    "SELECT " + ", ".join(f"set_config('{name}', '{TIMEOUTS[name]}', true)" for name in TIMEOUTS)
)

POOLED = "pooled"


def refuses_options(error: OperationalError) -> bool:
    """Whether a connection was refused for the settings that came with it."""
    return "unsupported startup parameter" in str(error)


def without_ours(more: dict[str, Any]) -> dict[str, Any]:
    """What to connect with instead: whatever else was said of `options` stays, since tables may be found by it."""
    left = str(more.get("options", "")).replace(OPTIONS, "").strip()
    kept = {name: value for name, value in more.items() if name != "options"}
    return {**kept, "options": left} if left else kept


def remember(record: ConnectionPoolEntry) -> None:
    """Note that a connection goes through a pooler."""
    record.info[POOLED] = True


def begin_with_timeouts(connection: Connection) -> None:
    """Say for a transaction what could not be said when its connection was made.

    SQLAlchemy tells of a beginning also where AUTOCOMMIT means that there is none.
    """
    if connection.info.get(POOLED) and connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.execute(FOR_THIS_TRANSACTION)
