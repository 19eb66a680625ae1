"""In what condition a ledger is, seen without changing it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, update

from pageinbox.ledger import schema
from pageinbox.ledger.address import address_of, where_of
from pageinbox.ledger.backups import disposing, facts_of
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.engine import connect, size_of
from pageinbox.ledger.faults import not_there, told_plainly
from pageinbox.ledger.restored import refuse_unused
from pageinbox.ledger.transfer import is_ledger
from pageinbox.model.checkup import Kept
from pageinbox.model.errors import LedgerError


def condition(ledger: Ledger) -> Kept:
    """The ledger, if it can be written: something is changed in it, and taken back. Raises LedgerError."""
    with ledger.writing() as connection:
        kept = tried(connection, ledger.where)
        connection.rollback()
    return kept


def glance(location: str | Path) -> tuple[str, Kept | None]:
    """What the ledger at an address is called, and the same of it; None where none is there, but can be made.

    It isn't opened for good: no tables are made, and none brought up to date. Raises LedgerError.
    """
    address = address_of(location)
    where = where_of(address)
    if address.get_backend_name() == "sqlite" and not os.path.exists(where):
        if not os.access(Path(where).parent, os.W_OK | os.X_OK):
            raise LedgerError("nofolder" if not_there(where) else "readonly", where)
        return where, None
    with disposing(connect(address)) as engine, told_plainly(where), engine.begin() as connection:
        if not is_ledger(connection):
            return where, None
        refuse_unused(facts_of(connection, where), where)
        kept = tried(connection, where)
        connection.rollback()
    return where, kept


def tried(connection: Connection, where: str) -> Kept:
    """What can be seen of a ledger, after changing something in it, which is to be taken back."""
    postgres = connection.dialect.name == "postgresql"
    version = facts_of(connection, where)["version"]
    asked = "SHOW server_version" if postgres else "SELECT sqlite_version()"
    server = str(connection.exec_driver_sql(asked).scalar_one()).split(" ")[0]
    journal = "" if postgres else connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    connection.execute(update(schema.meta).where(schema.meta.c.name == "version").values(value=version))
    return Kept(
        f"{'PostgreSQL' if postgres else 'SQLite'} {server}",
        version=int(version),
        size=size_of(connection),
        journal=str(journal),
    )
