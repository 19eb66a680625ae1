"""One statement for many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection


def in_bulk(connection: Connection, statement: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Run a statement once for each row, past SQLAlchemy, whose own work for each takes longer than the database's.

    So the values are those that the database takes: no type of a column's converts them. Gives nothing back.
    """
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    fixed = {name: value for name, value in compiled.params.items() if name not in rows[0]}
    values: Any
    if compiled.positional:
        names = compiled.positiontup or ()
        columns = [[row[name] for row in rows] if name in rows[0] else [fixed[name]] * len(rows) for name in names]
        values = list(zip(*columns, strict=True))
    else:
        values = [{**fixed, **row} for row in rows]
    connection.exec_driver_sql(compiled.string, values)
