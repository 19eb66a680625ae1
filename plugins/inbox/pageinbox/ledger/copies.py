"""The copies of a ledger that are made before its tables are changed: a file beside SQLite's, tables in PostgreSQL."""

from __future__ import annotations

import glob
import os
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from pageinbox.ledger.files import close_to_others

COPY = "err_inbox_version_"
"""How the names of tables begin that are a copy."""


def back_up(connection: Connection, version: int) -> None:
    """A copy of all tables as they are: a file beside SQLite's, tables beside PostgreSQL's.

    Where there is one of this version, its ledger was put back since: it is replaced.
    """
    if connection.dialect.name == "postgresql":
        for table in inspect(connection).get_table_names():
            if table.startswith("inbox_"):
                copy = f"{COPY}{version}_{table}"
                connection.execute(text(f"DROP TABLE IF EXISTS {copy}"))
                connection.execute(text(f"CREATE TABLE {copy} AS TABLE {table}"))
        return
    path = connection.engine.url.database
    assert path is not None
    # Read through a connection of its own: this one already holds the right to write, which reading does not need.
    partial = f"{path}.version-{version}.partial"
    Path(partial).unlink(missing_ok=True)
    close_to_others(Path(partial))
    with sqlite3.connect(path) as old, sqlite3.connect(partial) as new:
        old.backup(new)
    old.close()
    new.close()
    os.replace(partial, f"{path}.version-{version}")


def drop_copies(connection: Connection) -> int:
    """Delete the copies of all versions, and give how many versions there were."""
    if connection.dialect.name == "postgresql":
        copies = [table for table in inspect(connection).get_table_names() if table.startswith(COPY)]
        for table in copies:
            connection.execute(text(f"DROP TABLE {table}"))
        return len({table.removeprefix(COPY).partition("_")[0] for table in copies})
    path = Path(str(connection.engine.url.database))
    files = list(path.parent.glob(f"{glob.escape(path.name)}.version-*"))
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
