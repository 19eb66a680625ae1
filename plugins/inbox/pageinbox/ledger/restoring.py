"""Putting a backup back: in the place of a ledger, or as one that somebody has put there otherwise."""

from __future__ import annotations

import glob
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Engine

from pageinbox.ledger import restored
from pageinbox.ledger.address import address_of, where_of
from pageinbox.ledger.alone import hold, locked, refuse_used
from pageinbox.ledger.backups import Backup, disposing, examine, facts_of, file_errors, keep, opened, snapshot
from pageinbox.ledger.engine import Clock, clocked, connect
from pageinbox.ledger.faults import told_plainly
from pageinbox.ledger.files import BESIDE, belong
from pageinbox.ledger.schema import VERSION, tables
from pageinbox.ledger.transfer import copy_all, is_ledger
from pageinbox.ledger.versions import MIGRATIONS, bring_up, one_opens
from pageinbox.model.errors import LedgerError


def restore(file: Path | None, location: str | Path, *, replace: bool = False, clock: Clock = None) -> Backup | None:
    """Put a backup in the place of a ledger, or take the one that was put there otherwise for a backup.

    From then on all is marked that may have been said since the backup was made: see `restored.put_back`. A ledger that
    is there already is refused without `replace`. Gives the backup. `clock` is for who simulates the time: see
    `Ledger`. Raises LedgerError, also where a bot has the ledger open.
    """
    address = address_of(location)
    with locked(address):
        if file is None:
            put_back_in_place(address, clock)
            return None
        found = examine(file)
        if address.get_backend_name() == "sqlite":
            into_file(file, Path(str(address.database)).resolve(), clock, replace=replace)
        else:
            into_server(file, address, clock, replace=replace)
        return found


def into_file(file: Path, path: Path, clock: Clock, *, replace: bool) -> None:
    """Put a backup in the place of a ledger in a file, all of it or nothing."""
    if path.exists() and path.stat().st_size and not replace:
        raise LedgerError("taken", str(path))
    beside = f"{path.name}.restoring-"
    for left in path.parent.glob(f"{glob.escape(beside)}*"):  # of one that was killed: customers' words are in it
        shutil.rmtree(left, ignore_errors=True)
    with file_errors(path), TemporaryDirectory(prefix=beside, dir=path.parent) as folder:
        copy = Path(folder, path.name)
        copy_unread(file, copy)
        with disposing(brought_up(copy)) as engine, told_plainly(str(copy)), engine.begin() as connection:
            restored.put_back(connection, clocked(connection, clock))
        keep(copy)
        with suppress(LedgerError), opened(path) as other:  # it may be damaged, or there may be none
            # What is only beside it goes into it: who is killed before the next step leaves it whole.
            other.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        for ending in BESIDE[:-1]:  # what is left of the other one would be read as part of this one
            path.with_name(path.name + ending).unlink(missing_ok=True)
        os.replace(copy, path)
        belong(path)
        keep(path.parent)


def into_server(file: Path, address: URL, clock: Clock, *, replace: bool) -> None:
    """Put a backup into a PostgreSQL database, in the place of the ledger that is there, in one transaction."""
    where = where_of(address)
    with TemporaryDirectory() as folder, disposing(connect(address)) as server:
        copy = Path(folder, "ledger.sqlite")
        copy_unread(file, copy)
        with (
            disposing(brought_up(copy)) as engine,
            told_plainly(where),
            engine.connect() as source,
            server.begin() as target,
        ):
            one_opens(target)
            if is_ledger(target):
                if not replace:
                    raise LedgerError("taken", where)
                refuse_used(target, where, clock)
                tables.drop_all(target)
            copy_all(source, target)
            restored.put_back(target, clocked(target, clock))


def put_back_in_place(address: URL, clock: Clock) -> None:
    """Let what somebody has put there, with the database's own tools, be a ledger that was put back."""
    where = where_of(address)
    if address.get_backend_name() == "sqlite":
        examine(Path(str(address.database)))
    with disposing(connect(address)) as engine, told_plainly(where):
        with engine.begin() as connection:
            facts_of(connection, where)
            refuse_used(connection, where, clock)
        bring_up(engine, where, MIGRATIONS, VERSION)
        with engine.begin() as connection:
            hold(connection, where, clock)
            restored.put_back(connection, clocked(connection, clock))


def copy_unread(file: Path, copy: Path) -> None:
    """Copy a backup into a new file that nobody else may read."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    snapshot(file, copy)


def brought_up(file: Path) -> Engine:
    """The ledger in a file, with today's tables."""
    engine = connect(address_of(file))
    try:
        with told_plainly(str(file)):
            bring_up(engine, str(file), MIGRATIONS, VERSION)
    except BaseException:
        engine.dispose()
        raise
    return engine
