"""A ledger in a file: how SQLite is to treat it, whom it is closed to, and who else has it open."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

BUSY = 5000
"""Milliseconds to wait for another process that writes to the same SQLite file."""


def prepare_sqlite(connection: Any, record: object) -> None:
    """WAL, so that readers never wait; FULL, so that what was sent stays marked as sent after a power cut.

    Secure deletion overwrites customers' words when they are erased. It is the default on Debian alone, and costs
    nothing that could be measured.
    """
    connection.isolation_level = None  # or Python's driver would begin transactions by itself, and too late
    connection.execute(f"PRAGMA busy_timeout={BUSY}")
    begin_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def begin_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, which a new file is only once: SQLite does not wait when another process does it just then."""
    until = time.monotonic() + BUSY / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def begin_immediate(connection: Connection) -> None:
    """Take SQLite's one right to write at once: two that read first and write later could never both go on.

    SQLAlchemy tells of a beginning also where AUTOCOMMIT means that there is none.
    """
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def file_of(path: str) -> tuple[int, int] | None:
    """Which file lies at a path; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def close_to_others(path: Path) -> None:
    """Let only this user read the file, since customers' words wait in it; SQLite's other files follow suit."""
    with suppress(OSError):  # what is wrong with it is told when it is opened
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def lock_file(path: Path) -> tuple[IO[bytes] | None, bool]:
    """A lock that tells others of this process until it ends, and whether it told this one of nobody."""
    try:
        lock = open(path.with_name(path.name + ".lock"), "ab")  # noqa: SIM115
    except OSError:
        return None, False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        exclusive = True
    except OSError:
        exclusive = False
    # Shared from now on, so that who comes next is exclusive only when all who came before are gone.
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock, exclusive
