"""One statement for many rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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

SIZES = (5, 50, 200, 500)
"""As many values are looked for at once: a few, a list's front, what is read at once behind it, and at most."""


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


def among(connection: Connection, statement: Any, name: str, values: Sequence[int]) -> Iterator[Any]:
    """The rows of a statement for these values of its expanding parameter `name`, past SQLAlchemy.

    That would write the statement anew for as many values, which takes longer than the database does.
    """
    for start in range(0, len(values), SIZES[-1]):
        some = [*values[start : start + SIZES[-1]]]
        size = next(size for size in SIZES if size >= len(some))
        some += some[-1:] * (size - len(some))  # a value that is there twice is found once
        expanded = expanded_for(connection.dialect.name, statement, name, size)
        given: Any = expanded.parameters | {f"{name}_{number}": value for number, value in enumerate(some, 1)}
        if expanded.positiontup is not None:
            given = tuple([given[each] for each in expanded.positiontup])
        yield from connection.exec_driver_sql(expanded.statement, given).all()  # one by one takes longer


@lru_cache(32)
def expanded_for(dialect: str, statement: Any, name: str, size: int) -> Any:
    """A statement as the database gets it, for so many values of its expanding parameter."""
    return statement.compile(dialect=DIALECTS[dialect]).construct_expanded_state({name: [0] * size})


@lru_cache(32)
def compiled_for(dialect: str, statement: Any, columns: tuple[str, ...]) -> Any:
    """A statement as the database gets it, to be run with values of these columns."""
    return statement.compile(dialect=DIALECTS[dialect], column_keys=list(columns))
