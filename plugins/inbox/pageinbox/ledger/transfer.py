"""All that a ledger has, put into another database, SQLite or PostgreSQL, within one transaction on either side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, Text, func, insert, inspect, select, text, type_coerce

from pageinbox.ledger.bulk import in_bulk
from pageinbox.ledger.graph_id import GraphId
from pageinbox.ledger.schema import tables

BATCH = 5_000
"""Rows that are held in memory."""

NUMBERED = [table for table in tables.sorted_tables if table.autoincrement_column is not None]
"""The tables whose rows the database gives numbers."""

GIVEN = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
SEQUENCE = text("SELECT pg_get_serial_sequence(:table, 'id')")
SET_SQLITE = (
    text("DELETE FROM sqlite_sequence WHERE name = :table"),
    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"),
)
SET = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")


class RowsMissing(Exception):
    """A table has not as many rows as were put into it; the text names it."""


def is_ledger(connection: Connection) -> bool:
    """Whether there is a ledger in a database, of whatever version."""
    return inspect(connection).has_table("inbox_meta")


def copy_all(source: Connection, target: Connection) -> int:
    """Copy a ledger that has today's tables into a database that has none, and give how many rows that took.

    The rows keep their numbers, and none that was ever given there is given here again. Raises RowsMissing where what
    is there in the end is not what was read.
    """
    tables.create_all(target)
    return sum(copy(source, target, table) for table in tables.sorted_tables)


def copy(source: Connection, target: Connection, table: Table) -> int:
    """Copy the rows of one table, and give how many there are."""
    # Ids are copied as they are written: to unpack and pack each would take as long as all the rest.
    columns = [
        type_coerce(column, Text).label(column.name) if isinstance(column.type, GraphId) else column
        for column in table.columns
    ]
    many = 0
    rows = source.execute(select(*columns), execution_options={"yield_per": BATCH})
    for batch in rows.partitions():
        put(target, table, batch)
        many += len(batch)
    counts = [side.execute(select(func.count()).select_from(table)).scalar_one() for side in (source, target)]
    if counts != [many, many]:
        raise RowsMissing(table.name)
    if table in NUMBERED:
        go_on(target, table, last_number(source, table))
    return many


def put(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Put rows into a table: into PostgreSQL as lists of values, since one by one they take seven times as long."""
    names = [column.name for column in table.columns]
    if connection.dialect.name == "sqlite":
        in_bulk(connection, insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    quoted = map(connection.dialect.identifier_preparer.quote, names)
    lists = [f"%s::{column.type.compile(connection.dialect)}[]" for column in table.columns]
    statement = f"INSERT INTO {table.name} ({', '.join(quoted)}) SELECT * FROM unnest({', '.join(lists)})"
    connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))


def last_number(connection: Connection, table: Table) -> int:
    """The highest number that a row of a table has or ever had, as far as the database knows; 0 for none."""
    highest = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    if connection.dialect.name == "sqlite":
        given = connection.execute(GIVEN, {"table": table.name}).scalar_one_or_none() or 0
    else:
        sequence = connection.execute(SEQUENCE, {"table": table.name}).scalar_one()
        given = connection.execute(
            text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
        ).scalar_one()
    return int(max(highest, given))


def go_on(connection: Connection, table: Table, last: int) -> None:
    """Let the next row of a table have a number behind `last`."""
    if not last:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(SET, {"table": table.name, "last": last})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        for statement in SET_SQLITE:
            connection.execute(statement, {"table": table.name, "last": last})
