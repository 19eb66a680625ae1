"""Where most stories begin: a bot whose room knows that nothing was there. That is played once, and copied."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import meta, tables
from pageinbox.ledger.transfer import NUMBERED, go_on, last_number
from tests.core.stage import Life, Stage

TOLD = 10.0
"""Seconds until a room was told that a list is known."""

Rows = list[tuple[Table, list[dict[str, Any]], int]]
"""What a ledger has, by table, with the highest number given there."""

KNOWN: dict[tuple[tuple[str, ...], ...], Rows] = {}
"""By the watches and the Pages."""


def learned(stage: Stage, **more: Any) -> Life:
    """The first bot of a stage where nothing has happened, after another one has looked, said what there is and ended.

    What it said is not kept, `more` is for the bot that is given.
    """
    wanted = (*stage.watches,), (*stage.world.pages,)
    if wanted in KNOWN:
        stage.time.wait(TOLD)
        with closing(open_ledger(stage.url)) as ledger, ledger.writing() as connection:
            put(connection, KNOWN[wanted])
        return stage.bot(**more)
    life = stage.bot()
    life.look_everywhere()
    stage.time.wait(TOLD)
    life.remind()
    stage.stop(life)
    stage.rooms.messages.clear()
    life = stage.bot(**more)
    with life.ledger.reading() as connection:
        KNOWN[wanted] = [(table, *rows(connection, table)) for table in tables.sorted_tables]
    return life


def rows(connection: Connection, table: Table) -> tuple[list[dict[str, Any]], int]:
    every = [dict(row) for row in connection.execute(select(table)).mappings()]
    return every, last_number(connection, table) if every and table in NUMBERED else 0


def put(connection: Connection, every: Rows) -> None:
    connection.execute(delete(meta))
    for table, some, last in every:
        if some:
            connection.execute(insert(table), some)
            go_on(connection, table, last)
