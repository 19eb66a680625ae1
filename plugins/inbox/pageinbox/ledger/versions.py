"""The version of a ledger's tables: they are made, or those of an older version become today's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Engine, inspect, select, text, update

from pageinbox.ledger import schema
from pageinbox.ledger.copies import back_up
from pageinbox.ledger.migrations import Migration, codes, following, indexes, statistics, tokens_and_pushes, waits
from pageinbox.model.errors import LedgerError

MIGRATIONS: Mapping[int, Migration] = MappingProxyType(
    {1: following, 2: codes, 3: indexes, 4: waits, 5: statistics, 6: tokens_and_pushes}
)
"""By the version they begin with, what makes the next one of it."""


def bring_up(engine: Engine, where: str, migrations: Mapping[int, Migration], version: int) -> str:
    """Make the tables, or turn those of an older version into today's, and give the ledger's name.

    Raises LedgerError.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two bots that start at once must not both make the tables.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('err-inbox'))"))
        if not inspect(connection).has_table(schema.meta.name):
            schema.tables.create_all(connection)
            name = uuid.uuid4().hex[:8]
            rows = [{"name": "version", "value": str(version)}, {"name": "name", "value": name}]
            connection.execute(schema.meta.insert(), rows)
            return name
        facts = {row.name: row.value for row in connection.execute(select(schema.meta))}
        have = int(facts["version"])
        if have > version:
            raise LedgerError("newer", where)
        if have < version:
            back_up(connection, have)
            for step in range(have, version):
                migrations[step](connection)
            connection.execute(update(schema.meta).where(schema.meta.c.name == "version").values(value=str(version)))
        return str(facts["name"])
