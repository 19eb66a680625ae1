"""Opening the ledger: the database, its tables, and whether this process has it for itself."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select, text, update
from sqlalchemy.exc import ArgumentError

from pageinbox.ledger import schema
from pageinbox.ledger.deadline import keep_deadlines
from pageinbox.ledger.faults import told_plainly
from pageinbox.ledger.migrations import Migration, codes, following
from pageinbox.model.errors import LedgerError

MIGRATIONS: Mapping[int, Migration] = MappingProxyType({1: following, 2: codes})
"""By the version they begin with, what makes the next one of it."""

CONNECTING = 5
"""Seconds to wait for PostgreSQL to answer."""

PATIENT = {
    "connect_timeout": CONNECTING,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000",
}
"""A server that is silent counts as gone after some ten seconds, as one that refuses does at once."""

Transaction = Connection
"""What `Ledger.writing` gives, for who does several things at once and knows no SQL."""

BUSY = 5000
"""Milliseconds to wait for another process that writes to the same SQLite file."""


class Ledger:
    """An open ledger. `session` names this opening of it, `exclusive` tells that no other process has it open.

    `where` names it to people: a path, or a host without user and password.
    """

    def __init__(self, engine: Engine, where: str, name: str, *, lock: IO[bytes] | None, exclusive: bool) -> None:
        self.engine = engine
        self.where = where
        self.name = name
        self.session = uuid.uuid4().hex[:12]
        self.exclusive = exclusive
        self._lock = lock
        sqlite_file = engine.dialect.name == "sqlite" and engine.url.database
        self._file = file_of(sqlite_file) if sqlite_file else None

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction: all of it or, after any exception, nothing. Raises LedgerError."""
        self.check()
        with told_plainly(self.where), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; each statement sees the ledger as it is then. Raises LedgerError."""
        self.check()
        with told_plainly(self.where), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def key(self, announcement: int) -> str:
        """What an announcement is known by in the chat: no other has it, of this ledger or another one."""
        return f"{self.name}-{announcement}"

    def check(self) -> None:
        """Raises LedgerError when the file this is kept in is no longer there: it would be written to for nothing.

        Every transaction begins with it. Who does what can't be undone asks once more, just before.
        """
        path = self.engine.url.database
        if self._file is not None and path is not None and file_of(path) != self._file:
            raise LedgerError("gone", self.where)

    def close(self) -> None:
        """Let go of the database and of the lock beside it."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def open_ledger(
    location: str | Path, migrations: Mapping[int, Migration] = MIGRATIONS, version: int = schema.VERSION
) -> Ledger:
    """The ledger in a file, or at a `sqlite:///` or `postgresql://` address, its tables brought up to `version`.

    Raises LedgerError.
    """
    address = address_of(location)
    where = address.database if address.get_backend_name() == "sqlite" else host_of(address)
    lock, exclusive = None, False
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address)
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_immediate)
        if address.database and address.database != ":memory:":
            close_to_others(Path(address.database))
            lock, exclusive = lock_file(Path(address.database))
    else:
        try:
            # A connection may have died with the server since it was used last.
            engine = create_engine(address, pool_pre_ping=True, connect_args=PATIENT)
            keep_deadlines(engine)
        except ImportError:
            raise LedgerError("driver", where or "localhost") from None
    where = where or ("memory" if address.get_backend_name() == "sqlite" else "localhost")
    try:
        with told_plainly(where):
            name = bring_up(engine, where, migrations, version)
    except BaseException:
        engine.dispose()
        if lock is not None:
            lock.close()
        raise
    return Ledger(engine, where, name, lock=lock, exclusive=exclusive)


def address_of(location: str | Path) -> URL:
    """Where the ledger is, as SQLAlchemy writes it, with the driver we use. Raises LedgerError."""
    if isinstance(location, Path):
        return URL.create("sqlite", database=str(location))
    if location.count("@") > 1:
        raise LedgerError("refused", "DATABASE_URL")  # part of a password would be taken for the host, and shown
    try:
        # Many hosts hand out postgres://, which SQLAlchemy does not know.
        address = make_url(
            f"postgresql{location.removeprefix('postgres')}" if location.startswith("postgres:") else location
        )
    except (ArgumentError, ValueError):  # the latter for a port that is none, which may be the rest of a password
        raise LedgerError("refused", "DATABASE_URL") from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    return address


def file_of(path: str) -> tuple[int, int] | None:
    """Which file lies at a path; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def host_of(address: URL) -> str | None:
    """The host alone: of a password with an @ in it, SQLAlchemy takes the rest for the host's beginning."""
    return address.host and address.host.rpartition("@")[2]


def close_to_others(path: Path) -> None:
    """Let only this user read the file, since customers' words wait in it; SQLite's other files follow suit."""
    with suppress(OSError):  # what is wrong with it is told when it is opened
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


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


def bring_up(engine: Engine, where: str, migrations: Mapping[int, Migration], version: int) -> str:
    """Make the tables, or turn those of an older version into today's, and give the ledger's name."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two bots that start at once must not both make the tables.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('err-inbox'))"))
        if not inspect(connection).has_table(schema.meta.name):
            schema.tables.create_all(connection)
            name = uuid.uuid4().hex[:8]
            rows = [{"name": "version", "value": str(version)}, {"name": "name", "value": name}]
            connection.execute(schema.meta.insert(), rows)
            return name
        facts = {row.name: row.value for row in connection.execute(select(schema.meta))}
        have = int(facts["version"])
        if have > version:
            raise LedgerError("newer", where)
        if have < version:
            back_up(connection, have)
            for step in range(have, version):
                migrations[step](connection)
            connection.execute(update(schema.meta).where(schema.meta.c.name == "version").values(value=str(version)))
        return str(facts["name"])


def back_up(connection: Connection, version: int) -> None:
    """A copy of all tables as they are: a file beside SQLite's, a schema of that name in PostgreSQL."""
    if connection.dialect.name == "postgresql":
        backup = f"err_inbox_version_{version}"
        connection.execute(text(f"CREATE SCHEMA {backup}"))
        for table in inspect(connection).get_table_names():
            if table.startswith("inbox_"):
                connection.execute(text(f"CREATE TABLE {backup}.{table} AS TABLE {table}"))
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
