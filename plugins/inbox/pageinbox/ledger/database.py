"""Opening the ledger: the database, its tables, and whether this process has it for itself."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, bindparam

from pageinbox.ledger import schema
from pageinbox.ledger.address import address_of, where_of
from pageinbox.ledger.copies import drop_copies
from pageinbox.ledger.deadline import READ_IN_VAIN, Rest
from pageinbox.ledger.disks import MOUNTS, refuse_shared, tell_of_lent
from pageinbox.ledger.engine import CLOCK, WAITING, Clock, begun, clock_of, clocked, connect, for_use, size_of
from pageinbox.ledger.faults import told_plainly
from pageinbox.ledger.files import close_to_others, files_of, journal_of, lock_file
from pageinbox.ledger.migrations import Migration
from pageinbox.ledger.restored import RESTORED, refuse_unused
from pageinbox.ledger.versions import MIGRATIONS, bring_up_in_turn
from pageinbox.model.errors import LedgerError

SMALL = 50 * 2**20
"""Bytes of a ledger that is written anew within a second, and in memory."""

AT_ONCE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"sqlite": {}, "postgresql": {"isolation_level": "AUTOCOMMIT"}}
)
"""By database, the options of connections each of whose statements is a transaction of its own.

SQLite's driver begins nothing by itself, see `prepare_sqlite`: to be told so for each connection took it longer than
most of what is read, and once a connection is given back SQLAlchemy tells it to begin by itself from then on. Who
writes tells it to, see `begun`.
"""

Transaction = Connection
"""What `Ledger.writing` gives, for who does several things at once and knows no SQL."""


class Here(threading.local):
    """The connection that this thread has, if any."""

    connection: Connection | None = None

    @contextmanager
    def holding(self, connection: Connection) -> Iterator[None]:
        self.connection = connection
        try:
            yield
        finally:
            self.connection = None


class Ledger:
    """An open ledger. `session` names this opening of it, `exclusive` tells that no other process has it open.

    `where` names it to people: a path, or a host without user and password. `clock`, if given, tells its time in place
    of the database, in seconds since 1970. `restored` is when it was put back from a copy, by its own time in
    milliseconds; None for never.
    """

    def __init__(
        self,
        engine: Engine,
        where: str,
        name: str,
        *,
        lock: IO[bytes] | None,
        exclusive: bool,
        restored: int | None = None,
        clock: Clock = None,
    ) -> None:
        self.engine = engine
        self.restored = restored
        self._at_once = engine.execution_options(**AT_ONCE[engine.dialect.name])
        self.where = where
        self.name = name
        self.session = uuid.uuid4().hex[:12]
        self.exclusive = exclusive
        self._lock = lock
        self._clock = clock
        own = clock_of(engine.dialect.name, clock)
        self.clock: ColumnElement[int] = (
            CLOCK if own is None else bindparam("clock", callable_=lambda: schema.ms(own()), type_=BigInteger)
        )
        """What `now` gives, for a statement that compares it itself."""
        sqlite_file = engine.dialect.name == "sqlite" and engine.url.database
        # The files beside a ledger stay while a connection does, and the pool may give all up.
        self._held = engine.raw_connection() if sqlite_file else None
        if self._held is not None:
            self._held.detach()
        self._teller = None if self._held is None else self._held.dbapi_connection
        self._counting = threading.Lock()
        self._files = files_of(sqlite_file) if sqlite_file else None
        # To be closed last: that gives up the locks that SQLite has on the same file.
        self._main = open(sqlite_file, "rb") if sqlite_file else None  # noqa: SIM115
        self._journal = None if self._main is None else journal_of(self._main)
        # SQLite lets one write at a time; who waits for that here holds no connection meanwhile.
        self._turn = threading.Lock() if sqlite_file else None
        self._here = Here()
        self._rest = Rest()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction: all of it or, after any exception, nothing. Raises LedgerError.

        What the same thread reads within it is read through it, so that no transaction waits for a second connection.
        """
        self.check()
        if self._here.connection is not None:
            raise RuntimeError("a transaction begins within another one of its thread, or while that reads")
        with (
            self._rest.kept(self.where),
            told_plainly(self.where),
            self._own_turn(),
            begun(self.engine) as connection,
            self._here.holding(connection),
        ):
            yield connection

    @contextmanager
    def writing_at_once(self) -> Iterator[Connection]:
        """A connection each of whose statements is a transaction of its own, in one trip to a server.

        Raises LedgerError.
        """
        self.check()
        with self._rest.kept(self.where), told_plainly(self.where), self._own_turn(), self._at_once.connect() as one:
            yield one

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; each statement sees the ledger as it is then. Raises LedgerError."""
        if self._here.connection is not None:
            yield self._here.connection
            return
        self.check()
        with (
            self._rest.kept(self.where, READ_IN_VAIN),
            told_plainly(self.where),
            self._at_once.connect() as connection,
            self._here.holding(connection),
        ):
            yield connection

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=WAITING):
            raise LedgerError("starved", self.where)
        try:
            yield
        finally:
            self._turn.release()

    def now(self, connection: Connection) -> int:
        """The ledger's own time in milliseconds, the same for every bot whatever its clock shows. Raises LedgerError.

        To be read within the transaction that compares it: who waits for a lock has no use for the time before.
        """
        return clocked(connection, self._clock)

    def key(self, announcement: int) -> str:
        """What an announcement is known by in the chat: no other has it, of this ledger or another one."""
        return f"{self.name}-{announcement}"

    def check(self) -> None:
        """Raises LedgerError when a file this is kept in is no longer there: it would be written to for nothing.

        Every transaction begins with it. Who does what can't be undone asks once more, just before.
        """
        path = self.engine.url.database
        if path is None or self._main is None:
            return
        if files_of(path) != self._files or journal_of(self._main) != self._journal:  # the latter where it was cp
            raise LedgerError("gone", self.where)

    def rewrite(self) -> None:
        """Leave nothing of deleted rows in the database's files, which takes some seconds for a million conversations.

        A file is written anew and its WAL emptied, while nobody else can write. PostgreSQL only gives the room of
        deleted rows to others, and keeps its own log. Raises LedgerError.
        """
        self.check()
        small = self.size() <= SMALL
        with told_plainly(self.where), self._own_turn(), self._at_once.connect() as plain:
            if self.engine.dialect.name == "postgresql":
                plain.exec_driver_sql(f"VACUUM {', '.join(schema.tables.tables)}")
                return
            # Else it goes through a file in another folder, such as /var/tmp, which may be full.
            plain.exec_driver_sql(f"PRAGMA temp_store={'MEMORY' if small else 'DEFAULT'}")
            plain.exec_driver_sql("VACUUM")
            busy, *_ = plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if busy:  # somebody still reads what was there before
                raise LedgerError("locked", self.where)

    def size(self) -> int:
        """How many bytes its tables take. Raises LedgerError."""
        with self.reading() as connection:
            return size_of(connection)

    def drop_copies(self) -> int:
        """Delete the copies of older versions beside it, and give how many there were. Raises LedgerError."""
        with told_plainly(self.where), self._own_turn(), begun(self.engine) as connection:
            return drop_copies(connection)

    def changes(self) -> int | None:
        """A number that is another one as soon as anything was changed, by this process or any other.

        None where that can't be told: of PostgreSQL, within a transaction, and in trouble. Of a file that is no longer
        there it is the same for ever, which is for `check` to tell whoever reads.
        """
        if self._teller is None or self._here.connection is not None:
            return None
        with suppress(sqlite3.Error), self._counting:
            # Nothing is ever changed through this connection, of whose own changes it would not tell.
            number: int = self._teller.cursor().execute("PRAGMA data_version").fetchone()[0]
            return number
        return None

    def close(self) -> None:
        """Let go of the database and of the lock beside it."""
        self.engine.dispose()
        if self._held is not None:
            self._held.close()
        if self._main is not None:
            self._main.close()
        if self._lock is not None:
            self._lock.close()


def open_ledger(
    location: str | Path,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    version: int = schema.VERSION,
    *,
    clock: Clock = None,
    mounts: Path = MOUNTS,
) -> Ledger:
    """The ledger in a file, or at a `sqlite:///` or `postgresql://` address, its tables brought up to `version`.

    `clock` is for who simulates the time: see `Ledger`. `mounts` tells which disks there are. Raises LedgerError.
    """
    address = address_of(location)
    where = where_of(address)
    lock, exclusive = None, False
    if address.get_backend_name() == "sqlite":
        path = Path(str(address.database))
        close_to_others(path)
        tell_of_lent(path, mounts)
        lock, exclusive = lock_file(path)
    try:
        if not exclusive and lock is not None:
            refuse_shared(path, lock, mounts)
        engine = connect(address)
        try:
            facts = bring_up_in_turn(engine, where, migrations, version)
            refuse_unused(facts, where)
        except BaseException:
            engine.dispose()
            raise
    except BaseException:
        if lock is not None:
            lock.close()
        raise
    restored = facts.get(RESTORED)
    return Ledger(
        for_use(engine),
        where,
        facts["name"],
        lock=lock,
        exclusive=exclusive,
        restored=None if restored is None else int(restored),
        clock=clock,
    )
