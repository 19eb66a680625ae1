"""The version of a ledger's tables: they are made, or those of an older version become today's."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection, Engine, inspect, select, text, update

from pageinbox.ledger import schema
from pageinbox.ledger.copies import back_up
from pageinbox.ledger.faults import told_plainly
from pageinbox.ledger.migrations import Migration, codes, following, indexes, statistics, tokens_and_pushes, waits
from pageinbox.model.errors import LedgerError

MIGRATIONS: Mapping[int, Migration] = MappingProxyType(
    {1: following, 2: codes, 3: indexes, 4: waits, 5: statistics, 6: tokens_and_pushes}
)
"""By the version they begin with, what makes the next one of it."""

OPENING, AGAIN = 30.0, 0.1
"""Seconds for which a ledger is tried again that somebody else locks, and between two tries: on a slow disk it takes
longer to make its tables, or to bring them up, than anything else waits for a lock."""


def bring_up_in_turn(
    engine: Engine, where: str, migrations: Mapping[int, Migration], version: int
) -> Mapping[str, str]:
    """`bring_up`, as soon as nobody else is at it. Raises LedgerError."""
    until = time.monotonic() + OPENING
    while True:
        try:
            with told_plainly(where):
                return bring_up(engine, where, migrations, version)
        except LedgerError as error:
            if error.kind != "locked" or time.monotonic() >= until:
                raise
        time.sleep(AGAIN)


def bring_up(engine: Engine, where: str, migrations: Mapping[int, Migration], version: int) -> Mapping[str, str]:
    """Make the tables, or turn those of an older version into today's, and give what `inbox_meta` says.

    Raises LedgerError.
    """
    with engine.begin() as connection:
        one_opens(connection)
        if not inspect(connection).has_table(schema.meta.name):
            schema.tables.create_all(connection)
            facts = {"version": str(version), "name": new_name()}
            connection.execute(schema.meta.insert(), [{"name": name, "value": facts[name]} for name in facts])
            return facts
        facts = {row.name: row.value for row in connection.execute(select(schema.meta))}
        have = version_of(facts, where)
        if have > version:
            raise LedgerError("newer", where)
        if have < version:
            back_up(connection, have)
            for step in range(have, version):
                migrations[step](connection)
            connection.execute(update(schema.meta).where(schema.meta.c.name == "version").values(value=str(version)))
        return facts


def version_of(facts: Mapping[str, str], where: str) -> int:
    """The version of the tables, by what `inbox_meta` says. Raises LedgerError where it says none."""
    told = facts.get("version", "")
    if not re.fullmatch("[1-9][0-9]{0,8}", told):
        raise LedgerError("corrupt", where)
    return int(told)


def one_opens(connection: Connection) -> None:
    """Let nobody else open a ledger, or make its tables, as long as this transaction lasts.

    SQLite's one right to write is enough for that.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('err-inbox'))"))


def new_name() -> str:
    """A name that no other ledger has."""
    return uuid.uuid4().hex[:8]
