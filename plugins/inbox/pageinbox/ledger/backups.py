"""Backups of a ledger, each a file of SQLite, whatever the ledger is in."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, select

from pageinbox.ledger import restored
from pageinbox.ledger.address import address_of, where_of
from pageinbox.ledger.engine import connect
from pageinbox.ledger.faults import told_plainly
from pageinbox.ledger.files import BESIDE, BUSY, drop_foreign_wal
from pageinbox.ledger.schema import VERSION, meta, ms, seconds
from pageinbox.ledger.transfer import copy_all, is_ledger
from pageinbox.ledger.versions import version_of
from pageinbox.model.errors import LedgerError

FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is whole: its file, bytes and version, and when it was made, in seconds since 1970.

    `made` is None of a file that is no backup but a ledger itself.
    """

    file: Path
    size: int
    version: int
    made: float | None


def back_up(location: str | Path, file: Path, *, replace: bool = False) -> Backup:
    """Copy a ledger as it is at one moment into a file that nobody else may read, while bots go on using it.

    What is in the file by then stays until the backup is known to be whole, and is refused without `replace`; a file of
    the ledger itself always is. Raises LedgerError.
    """
    address = address_of(location)
    if is_of_ledger(file, address):
        raise LedgerError("itself", str(file))
    if file.exists() and not replace:
        raise LedgerError("taken", str(file))
    partial = file.with_name(f"{file.name}.partial")
    with file_errors(file):
        held = begin(partial, file)
    try:
        if address.get_backend_name() == "sqlite":
            snapshot(Path(str(address.database)), partial, in_use=True)
        else:
            gather(address, partial)
        with opened(partial) as connection:
            restored.note(connection, restored.COPIED, str(ms(time.time())))
        made = examine(partial)
        with file_errors(file):
            keep(partial)
            os.replace(partial, file)
            keep(file.parent)
    finally:
        with held, file_errors(file):
            partial.unlink(missing_ok=True)
    return Backup(file, made.size, made.version, made.made)


def is_of_ledger(file: Path, address: URL) -> bool:
    """Whether a file is one of those that a ledger lies in, under whatever name of its folder."""
    if address.get_backend_name() != "sqlite":
        return False
    path = Path(str(address.database))
    folders = {path.parent.resolve() / path.name, path.resolve()}  # SQLite follows a link to the file itself, too
    own = {each.with_name(each.name + ending) for each in folders for ending in ("", *BESIDE)}
    return file.parent.resolve() / file.name in own


def begin(partial: Path, file: Path) -> IO[bytes]:
    """Make what a backup is written into, in the place of what was left of one that was broken off; it is locked.

    Raises LedgerError, `making`, where somebody else makes that backup.
    """
    try:
        with suppress(FileNotFoundError), open(partial, "rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()
        made = os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "r+b")
        fcntl.flock(made, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileExistsError):
        raise LedgerError("making", str(file)) from None
    return made


def examine(file: Path) -> Backup:
    """What a file is as a backup. Raises LedgerError where there is none, or it is damaged."""
    if not file.exists():
        raise LedgerError("none", str(file))
    with opened(file) as connection:
        if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
            raise LedgerError("corrupt", str(file))
        facts = facts_of(connection, str(file))
    made = facts.get(restored.COPIED, "")
    at = seconds(int(made)) if re.fullmatch("[0-9]{1,14}", made) else None
    return Backup(file, file.stat().st_size, version_of(facts, str(file)), at)


def facts_of(connection: Connection, where: str) -> dict[str, str]:
    """What `inbox_meta` says. Raises LedgerError where there is no ledger, or one of a newer version."""
    if not is_ledger(connection):
        raise LedgerError("none", where)
    facts = {row.name: row.value for row in connection.execute(select(meta))}
    if version_of(facts, where) > VERSION:
        raise LedgerError("newer", where)
    return facts


def snapshot(path: Path, file: Path, *, in_use: bool = False) -> None:
    """Copy the ledger of one file into another, which is empty, without the pages that nothing is in.

    One that is to be `in_use` is refused where it is a backup, or was moved. Raises LedgerError.
    """
    if not path.exists():
        raise LedgerError("none", str(path))
    with opened(path) as connection:
        facts = facts_of(connection, str(path))
        if in_use:
            restored.refuse_unused(facts, str(path))
        try:
            with told_plainly(str(path)):
                connection.exec_driver_sql("VACUUM INTO ?", (str(file.absolute()),))
        except LedgerError as error:  # the ledger is only read: no room is where the copy is
            raise LedgerError(error.kind, str(file if error.kind == "full" else path)) from None


def gather(address: URL, file: Path) -> None:
    """Copy the ledger of a PostgreSQL database into a file, which is empty."""
    where = where_of(address)
    with disposing(connect(address)) as server, disposing(written(file)) as engine, told_plainly(where):
        once = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with server.connect().execution_options(**once) as source, engine.begin() as target:
            facts = facts_of(source, where)
            restored.refuse_unused(facts, where)
            if int(facts["version"]) < VERSION:
                raise LedgerError("older", where)
            copy_all(source, target)


@contextmanager
def opened(file: Path) -> Iterator[Connection]:
    """A connection to a file that is there, each statement of which is a transaction. Raises LedgerError."""
    with (
        disposing(written(file)) as engine,
        told_plainly(str(file)),
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        yield connection


def written(file: Path) -> Engine:
    """The database in a file that is there, which gets no other file for longer than it is written to."""
    drop_foreign_wal(file)
    query = {"mode": "rw", "uri": "true", "timeout": str(BUSY / 1000)}
    address = URL.create("sqlite", database=f"file:{quote(str(file.absolute()))}", query=query)
    return create_engine(address, poolclass=NullPool)


@contextmanager
def disposing(engine: Engine) -> Iterator[Engine]:
    """An engine that is let go of in the end."""
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def file_errors(file: Path) -> Iterator[None]:
    """Raises LedgerError for what the system has against a file."""
    try:
        yield
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError)
        raise LedgerError("nofolder" if missing else "full" if error.errno in FULL else "readonly", str(file)) from None


def keep(path: Path) -> None:
    """Wait until a file, or what a folder lists, would outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
