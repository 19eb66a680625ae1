"""A ledger that no bot has open, nor can open meanwhile."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, func, select, text

from pageinbox.ledger.address import where_of
from pageinbox.ledger.engine import Clock, clocked
from pageinbox.ledger.faults import not_there
from pageinbox.ledger.files import lock_file
from pageinbox.ledger.schema import announcement, source, tables
from pageinbox.ledger.versions import one_opens
from pageinbox.model.errors import LedgerError


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
    """Raises LedgerError, `used`, where a bot shows that it has a ledger in PostgreSQL open.

    It does so by looking at lists or telling something: see `Leases`. One that was killed does until these run out.
    `clock` tells a simulated time.
    """
    if connection.dialect.name == "sqlite":
        return  # the lock of its file tells
    now = clocked(connection, clock)
    for until in (source.c.lease_until, announcement.c.until):
        if connection.execute(select(func.count()).where(until > now)).scalar_one():
            raise LedgerError("used", where)


def hold(connection: Connection, where: str, clock: Clock = None) -> None:
    """Keep every bot from changing a ledger of today's version, or opening it, as long as this transaction lasts.

    Raises LedgerError, `used`.
    """
    one_opens(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {', '.join(tables.tables)} IN EXCLUSIVE MODE"))
    refuse_used(connection, where, clock)
