"""A ledger in a file: how SQLite is to treat it, whom it is closed to, and who else has it open."""

from __future__ import annotations

import fcntl
import glob
import logging
import os
import sqlite3
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from pageinbox.model.errors import LedgerError

log = logging.getLogger(__name__)

OPEN = ("-wal", "-shm")
BESIDE = (*OPEN, "-journal", ".lock")
"""How the names of the files go on that lie beside a ledger's, but for backups; those of one that is `OPEN` are there
for as long as it is."""

ROLLBACK = bytes((1, 1))
"""What the file of a database says that has no WAL (SQLite's file format, "The Database Header"). A backup has none, a
ledger in use has one."""

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
    """Take SQLite's one right to write at once: two that read first and write later could never both go on."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def files_of(path: str) -> list[tuple[int, int] | None]:
    """Which files an open ledger lies in, the one at its path first; None for each that is not there.

    What was written last may be in its WAL alone, and SQLite makes no new one as long as anybody has it open.
    """
    return [file_of(path + ending) for ending in ("", *OPEN)]


def file_of(path: str) -> tuple[int, int] | None:
    """Which file lies at a path; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def journal_of(file: IO[bytes]) -> bytes:
    """What a database's file says of how it is written: `ROLLBACK`, or otherwise where it has a WAL."""
    return os.pread(file.fileno(), len(ROLLBACK), 18)


def drop_foreign_wal(path: Path) -> None:
    """Remove the WAL of another ledger, which SQLite would write into a backup that was put in that one's place."""
    with suppress(OSError), path.open("rb") as file:
        if journal_of(file) == ROLLBACK:
            for ending in OPEN:
                path.with_name(path.name + ending).unlink(missing_ok=True)


def close_to_others(path: Path) -> None:
    """Let only this user read a ledger, since customers' words wait in it, and what belongs to it beside it.

    Raises LedgerError where others can read some of it, and that can't be changed.
    """
    with suppress(OSError):  # what is wrong with it is told when it is opened
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    beside = [path.with_name(path.name + ending) for ending in BESIDE]
    for each in (path, *beside, *path.parent.glob(f"{glob.escape(path.name)}.version-*")):
        with suppress(OSError):
            if is_open(each):
                with suppress(OSError):
                    each.chmod(stat.S_IMODE(each.stat().st_mode) & 0o700)
                if is_open(each):
                    raise LedgerError("exposed", str(each))
                log.warning("Others could read %s; now only the user I run as can", each)


def belong(path: Path) -> None:
    """Give a file that root has made to whoever has its folder: the bot that is to use it may be another user."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def is_open(path: Path) -> bool:
    """Whether others than its owner may do anything with a file."""
    mode = path.stat().st_mode
    return stat.S_ISREG(mode) and mode & 0o077 != 0


def lock_file(path: Path) -> tuple[IO[bytes] | None, bool]:
    """A lock that tells others of this process until it ends, and whether it told this one of nobody."""
    try:
        lock = os.fdopen(os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_WRONLY, 0o600), "wb")
    except OSError:
        return None, False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        exclusive = True
    except OSError:
        exclusive = False
    # Shared from now on, so that who comes next is exclusive only when all who came before are gone.
    with suppress(OSError):  # a disk that keeps no such locks, as some network disks don't: then nobody is exclusive
        fcntl.flock(lock, fcntl.LOCK_SH)
    return lock, exclusive
