"""A ledger that no bot has open, nor can open meanwhile."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, func, select, text

from pageinbox.ledger.address import NAME, where_of
from pageinbox.ledger.engine import Clock, clocked
from pageinbox.ledger.faults import not_there
from pageinbox.ledger.files import belong, lock_file
from pageinbox.ledger.pooler import POOLED
from pageinbox.ledger.schema import announcement, source, tables
from pageinbox.ledger.versions import one_opens
from pageinbox.model.errors import LedgerError

ENDING = 2.0
"""Seconds after which a server has noticed that a session was left."""

OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = :name AND pid <> pg_backend_pid()"
)
ANEW = text("SELECT pg_stat_clear_snapshot()")


@contextmanager
def locked(address: URL) -> Iterator[None]:
    """Let a bot that is to open a ledger's file, which need not be there yet, wait. PostgreSQL has no such lock.

    Raises LedgerError, `used`, where one has it open.
    """
    if address.get_backend_name() != "sqlite":
        yield
        return
    where = where_of(address)
    lock, exclusive = lock_file(Path(where))
    try:
        if lock is None:
            raise LedgerError("nofolder" if not_there(where) else "readonly", where)
        belong(Path(f"{where}.lock"))
        if not exclusive:
            raise LedgerError("used", where)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LedgerError("used", where) from None
        yield
    finally:
        if lock is not None:
            lock.close()


def refuse_used(connection: Connection, where: str, clock: Clock = None) -> None:
    """Raises LedgerError, `used`, where a bot has a ledger in PostgreSQL open; of a file its lock tells.

    It looks at lists or tells something (see `Leases`), which one that was killed seems to do until these run out, or
    its session is there, unless a pooler lends out sessions. `clock` tells a simulated time.
    """
    if connection.dialect.name == "sqlite":
        return
    now = clocked(connection, clock)
    for until in (source.c.lease_until, announcement.c.until):
        if connection.execute(select(func.count()).where(until > now)).scalar_one():
            raise LedgerError("used", where)
    ends = time.monotonic() + ENDING
    while not connection.info.get(POOLED) and connection.execute(OTHERS, {"name": NAME}).scalar_one():
        if time.monotonic() > ends:
            raise LedgerError("used", where)
        time.sleep(0.05)
        connection.execute(ANEW)


def hold(connection: Connection, where: str, clock: Clock = None) -> None:
    """Keep every bot from changing a ledger of today's version, or opening it, as long as this transaction lasts.

    Raises LedgerError, `used`.
    """
    one_opens(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {', '.join(tables.tables)} IN EXCLUSIVE MODE"))
    refuse_used(connection, where, clock)
