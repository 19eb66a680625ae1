"""In what condition an open ledger is, seen without changing it."""

from __future__ import annotations

from sqlalchemy import select, update

from pageinbox.ledger import schema
from pageinbox.ledger.database import Ledger
from pageinbox.model.checkup import Kept


def condition(ledger: Ledger) -> Kept:
    """The ledger, if it can be written: something is changed in it, and taken back. Raises LedgerError."""
    postgres = ledger.engine.dialect.name == "postgresql"
    size = ledger.size()
    with ledger.writing() as connection:
        meta = schema.meta.c
        version = connection.execute(select(meta.value).where(meta.name == "version")).scalar_one()
        asked = "SHOW server_version" if postgres else "SELECT sqlite_version()"
        server = str(connection.exec_driver_sql(asked).scalar_one()).split(" ")[0]
        journal = "" if postgres else connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        connection.execute(update(schema.meta).where(meta.name == "version").values(value=version))
        connection.rollback()
    return Kept(
        f"{'PostgreSQL' if postgres else 'SQLite'} {server}",
        version=int(version),
        size=size,
        journal=str(journal),
    )
