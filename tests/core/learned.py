"""Where most stories begin: a bot whose room knows that nothing was there. That is played once, and copied."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import tables
from pageinbox.ledger.transfer import NUMBERED, last_number
from tests.core.stage import Life, Stage

TOLD = 10.0
"""Seconds until a room was told that a list is known."""

Known = bytes | str
"""SQLite's file, or the statements that make it of a new ledger in PostgreSQL."""

KNOWN: dict[tuple[bool, tuple[tuple[str, ...], ...]], Known] = {}
"""By whether it is a file, and by the watches and the Pages."""


def learned(stage: Stage, **more: Any) -> Life:
    """The first bot of a stage where nothing has happened, after another one has looked, said what there is and ended.

    What it said is not kept, `more` is for the bot that is given.
    """
    wanted = stage.url.startswith("sqlite:"), ((*stage.watches,), (*stage.world.pages,))
    if wanted in KNOWN:
        stage.time.wait(TOLD)
        put(stage.url, KNOWN[wanted])
        return stage.bot(**more)
    life = stage.bot()
    life.look_everywhere()
    stage.time.wait(TOLD)
    life.remind()
    stage.stop(life)
    stage.rooms.messages.clear()
    KNOWN[wanted] = taken(stage.url)
    return stage.bot(**more)


def taken(url: str) -> Known:
    """What `put` needs, of a ledger that nobody has open."""
    if url.startswith("sqlite:"):
        return file_of(url).read_bytes()
    statements = ["DELETE FROM inbox_meta"]
    with closing(open_ledger(url)) as ledger, ledger.reading() as connection:
        cursor = psycopg.ClientCursor(connection.connection.dbapi_connection)
        for table in tables.sorted_tables:
            rows = connection.exec_driver_sql(f"SELECT * FROM {table.name}").all()
            for row in rows:
                values = ", ".join(["%s"] * len(row))
                statements.append(cursor.mogrify(f"INSERT INTO {table.name} VALUES ({values})", [*row]))
            if rows and table in NUMBERED:
                last = last_number(connection, table)
                statements.append(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})")
    return ";".join(statements)


def put(url: str, known: Known) -> None:
    """Make one that was taken of a new ledger, which nobody has open: to open it would take as long as a bot."""
    if isinstance(known, bytes):
        file_of(url).write_bytes(known)
        return
    with psycopg.connect(url) as connection:
        connection.execute(known)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
