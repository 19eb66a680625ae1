"""An older ledger becomes today's, with a backup; a newer one is refused, and so is what is none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import VERSION
from pageinbox.model.errors import LedgerError
from tests.core.stage import INTERVAL, Stage
from tests.errbot_fork import Fork

EMPTY = {
    "inbox_mute", "inbox_notice", "inbox_wait", "inbox_act", "inbox_answer", "inbox_gap", "inbox_digest",
    "inbox_forgotten", "inbox_token", "inbox_push",
}  # fmt: skip
"""The tables that the ledger of these tests has nothing in."""

OPENER = """
import sys
from sqlalchemy import text
from pageinbox.ledger.database import open_ledger

def step(connection):
    connection.execute(text("ALTER TABLE inbox_room ADD COLUMN colour TEXT"))
    connection.execute(text("UPDATE inbox_room SET colour = 'grey'"))

print("ready", flush=True)
sys.stdin.readline()
ledger = open_ledger(sys.argv[1], {int(sys.argv[2]) - 1: step}, int(sys.argv[2]))
print(ledger.name, flush=True)
ledger.close()
"""


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    engine = create_engine(driven(url), poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def driven(url: str) -> Any:
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def version(url: str) -> str:
    ((found,),) = rows(url, "SELECT value FROM inbox_meta WHERE name = 'version'")
    return str(found)


def paint(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE inbox_room ADD COLUMN colour TEXT"))
    connection.execute(text("UPDATE inbox_room SET colour = 'grey'"))


def paint_again(connection: Connection) -> None:
    connection.execute(text("UPDATE inbox_room SET colour = colour || 'ish'"))


def stumble(connection: Connection) -> None:
    paint(connection)
    connection.execute(text("DELETE FROM inbox_watch"))
    raise RuntimeError("a migration with a mistake in it")


@pytest.fixture
def old(database_url: str) -> Iterator[Stage]:
    """A ledger with everything in it, and nobody who has it open."""
    one = Stage(database_url)
    one.arrive(3)
    life = one.bot()
    life.look_everywhere()
    one.time.wait(10)
    life.tell()
    one.rooms.down = True
    one.arrive(2)
    one.time.wait(INTERVAL)
    life.look_everywhere()
    life.tell()
    one.stop(life)
    yield one
    one.close()


def backup(url: str) -> tuple[str, str]:
    """Where the copy of today's version is: its address and what its tables' names begin with."""
    if url.startswith("sqlite"):
        return f"{url}.version-{VERSION}", ""
    return url, f"err_inbox_version_{VERSION}_"


@pytest.mark.servers
def test_an_older_ledger_is_migrated_and_its_data_is_kept_twice(old: Stage) -> None:
    before = {name: rows(old.url, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables(old.url)}
    assert {len(found) > 0 for name, found in before.items() if name not in EMPTY} == {True}
    ledger = open_ledger(old.url, {VERSION: paint, VERSION + 1: paint_again}, VERSION + 2)
    ledger.close()
    assert version(old.url) == str(VERSION + 2)
    assert rows(old.url, "SELECT name, colour FROM inbox_room") == [("#room", "greyish")]
    where, prefix = backup(old.url)
    for name, found in before.items():
        assert rows(where, f"SELECT * FROM {prefix}{name} ORDER BY 1, 2") == found
        if name not in ("inbox_meta", "inbox_room"):
            assert rows(old.url, f"SELECT * FROM {name} ORDER BY 1, 2") == found
    again = open_ledger(old.url, {}, VERSION + 2)
    assert again.name == ledger.name
    again.close()


def tables(url: str) -> list[str]:
    engine = create_engine(driven(url), poolclass=NullPool)
    with engine.connect() as connection:
        return [name for name in inspect(connection).get_table_names() if name.startswith("inbox_")]


@pytest.mark.servers
def test_what_was_queued_is_told_after_the_migration(old: Stage) -> None:
    ledger = open_ledger(old.url, {VERSION: paint}, VERSION + 1)
    ledger.close()
    engine = create_engine(driven(old.url), poolclass=NullPool)
    with engine.begin() as connection:  # so that today's code takes it for its own
        connection.execute(text(f"UPDATE inbox_meta SET value = '{VERSION}' WHERE name = 'version'"))
    old.rooms.down = False
    old.time.wait(600)
    old.bot().tell()
    assert len(old.rooms.told("#room")) == 2


@pytest.mark.servers
def test_a_migration_that_fails_leaves_the_old_ledger_as_it_was(old: Stage) -> None:
    before = {name: rows(old.url, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables(old.url)}
    for _ in range(2):
        with pytest.raises(RuntimeError):
            open_ledger(old.url, {VERSION: stumble}, VERSION + 1)
        assert {name: rows(old.url, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables(old.url)} == before
    open_ledger(old.url, {VERSION: paint}, VERSION + 1).close()
    assert version(old.url) == str(VERSION + 1)
    where, prefix = backup(old.url)
    assert rows(where, f"SELECT * FROM {prefix}inbox_room") == before["inbox_room"]


@pytest.mark.processes
def test_two_that_open_at_once_migrate_once(old: Stage, tmp_path: Path) -> None:
    names = started_at_once(old.url, VERSION + 1, tmp_path)
    assert len(set(names)) == 1
    assert version(old.url) == str(VERSION + 1)
    assert rows(old.url, "SELECT colour FROM inbox_room") == [("grey",)]


@pytest.mark.processes
def test_two_that_open_at_once_make_one_ledger(database_url: str, tmp_path: Path) -> None:
    assert len(set(started_at_once(database_url, VERSION, tmp_path))) == 1
    assert version(database_url) == str(VERSION)


LOCKS = {
    "BEGIN IMMEDIATE": "PRAGMA busy_timeout=0",
    "SELECT pg_advisory_xact_lock(hashtext('err-inbox'))": "SET LOCAL lock_timeout = 1",
}
"""What whoever opens a ledger waits for, by the database, and how it is made to wait no longer than a moment."""


def test_who_opens_a_ledger_tries_again_while_another_one_is_at_it(ledger_url: str) -> None:
    other = create_engine(driven(ledger_url), poolclass=NullPool).connect()
    lock = next(lock for lock in LOCKS if ("pg_" in lock) == ledger_url.startswith("postgresql"))
    other.exec_driver_sql(lock)
    in_vain: list[str] = []

    def impatient(_: Connection, cursor: Any, statement: str, *more: object) -> None:
        if statement in LOCKS:
            cursor.execute(LOCKS[statement])

    def end(failed: ExceptionContext) -> None:
        in_vain.append(str(failed.statement))
        if len(in_vain) == 2:
            other.rollback()

    event.listen(Engine, "before_cursor_execute", impatient)
    event.listen(Engine, "handle_error", end)
    try:
        open_ledger(ledger_url).close()
    finally:
        event.remove(Engine, "before_cursor_execute", impatient)
        event.remove(Engine, "handle_error", end)
        other.close()
    assert in_vain == [lock, lock]


def started_at_once(url: str, wanted: int, folder: Path) -> list[str]:
    """The ledger's name as several processes have it that open it at the same moment."""
    opener = folder / "opener.py"
    opener.write_text(OPENER, "utf-8")
    homes = [folder / str(number) for number in range(3)]
    for home in homes:
        home.mkdir()
    processes = [Fork([opener, url, str(wanted)], home, os.environ, subprocess.PIPE) for home in homes]
    for one in processes:
        assert one.stdout and one.stdout.readline() == b"ready\n"
    for one in processes:
        assert one.stdin
        one.stdin.write(b"\n")
    names = []
    for one, home in zip(processes, homes, strict=True):
        assert one.stdin and one.stdout
        with one.stdin, one.stdout:
            names.append(one.stdout.read().decode())
        assert (one.wait(), (home / "stderr.txt").read_text("utf-8")) == (0, "")
    return names


@pytest.mark.servers
def test_a_newer_ledger_is_refused_and_left_alone(old: Stage) -> None:
    open_ledger(old.url, {VERSION: paint}, VERSION + 1).close()
    before = rows(old.url, "SELECT * FROM inbox_meta ORDER BY 1")
    with pytest.raises(LedgerError) as refused:
        open_ledger(old.url)
    assert refused.value.kind == "newer"
    assert rows(old.url, "SELECT * FROM inbox_meta ORDER BY 1") == before


def test_what_is_no_database_is_called_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_text("Dear diary, today nobody wrote to us at all. " * 100)
    with pytest.raises(LedgerError) as refused:
        open_ledger(f"sqlite:///{path}")
    assert (refused.value.kind, refused.value.where) == ("corrupt", str(path))
    assert path.read_text().startswith("Dear diary")
