"""One statement for many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

INSERTS: Mapping[str, Any] = MappingProxyType({"sqlite": sqlite.insert, "postgresql": postgresql.insert})
"""By the name of the dialect, the insert that can do something else where the row is there already."""

DIALECTS: Mapping[str, Any] = MappingProxyType({"sqlite": sqlite.dialect(), "postgresql": psycopg.dialect()})  # type: ignore[no-untyped-call]
"""By its name, a dialect to compile for: each database that is opened has one of its own, but they all say the same."""


def in_bulk(connection: Connection, statement: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Run a statement once for each row, past SQLAlchemy, whose own work for each takes longer than the database's.

    So the values are those that the database takes: no type of a column's converts them. Gives nothing back.
    """
    compiled = compiled_for(connection.dialect.name, statement, tuple(rows[0]))
    fixed = {name: value for name, value in compiled.params.items() if name not in rows[0]}
    values: Any
    if compiled.positional:
        names = compiled.positiontup or ()
        columns = [[row[name] for row in rows] if name in rows[0] else [fixed[name]] * len(rows) for name in names]
        values = list(zip(*columns, strict=True))
    else:
        values = [{**fixed, **row} for row in rows]
    connection.exec_driver_sql(compiled.string, values)


@lru_cache(32)
def compiled_for(dialect: str, statement: Any, columns: tuple[str, ...]) -> Any:
    """A statement as the database gets it, to be run with values of these columns."""
    return statement.compile(dialect=DIALECTS[dialect], column_keys=list(columns))
