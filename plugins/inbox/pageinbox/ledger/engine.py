"""The database of a ledger, SQLite or PostgreSQL: its connections, its time and its size."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, BigInteger, ColumnElement, Connection, Engine, create_engine, event, literal_column, select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from pageinbox.ledger import schema
from pageinbox.ledger.address import connecting, where_of
from pageinbox.ledger.deadline import keep_deadlines
from pageinbox.ledger.faults import leave_standby
from pageinbox.ledger.files import begin_immediate, drop_foreign_wal, prepare_sqlite
from pageinbox.model.errors import LedgerError

if TYPE_CHECKING:
    from psycopg import Connection as Connected

CONNECTIONS = 8
"""Open to the database at most, for all that one bot reads and writes; who comes later waits."""

WAITING = 30.0
"""Seconds to wait for one of these, or for the turn to write."""

POOL: Mapping[str, Any] = MappingProxyType(
    {"poolclass": QueuePool, "pool_size": CONNECTIONS, "max_overflow": 0, "pool_timeout": WAITING}
)

Clock = Callable[[], float] | None
"""A simulated time in seconds since 1970, in place of the database's own; None for that."""

CLOCK: ColumnElement[int] = literal_column("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)", BigInteger())
"""PostgreSQL's time as it is now; what it calls `now()` is when the transaction began."""

TOLD = select(CLOCK)


def size_of(connection: Connection) -> int:
    """How many bytes a ledger's tables take."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    else:
        names = ", ".join(f"'{name}'" for name in schema.tables.tables)
        asked = (
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
            f" WHERE relname IN ({names}) AND pg_table_is_visible(oid)"
        )
    return int(connection.exec_driver_sql(asked).scalar_one())


def clock_of(dialect: str, clock: Clock) -> Clock:
    """What tells a ledger's time without asking its database; None where that is to be asked."""
    # A file is on one machine, so that all who have it open share that machine's clock.
    return clock or (time.time if dialect == "sqlite" else None)


def clocked(connection: Connection, clock: Clock = None) -> int:
    """The time of a ledger in milliseconds: by a simulated `clock`, or its database's own."""
    own = clock_of(connection.dialect.name, clock)
    return connection.execute(TOLD).scalar_one() if own is None else schema.ms(own())


def refuse_narrow(where: str, connection: Connected[Any], record: object) -> None:
    """Raises LedgerError for a new connection to a database whose encoding lacks what customers write."""
    if connection.info.parameter_status("server_encoding") not in (None, "UTF8", "SQL_ASCII"):
        connection.close()
        raise LedgerError("narrow", where)


def connect(address: URL) -> Engine:
    """The database at an address, of which nothing is asked yet. Each transaction may write. Raises LedgerError."""
    if address.get_backend_name() == "sqlite":
        drop_foreign_wal(Path(str(address.database)))
        engine = create_engine(address, **POOL)
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_immediate)
        return engine
    try:
        engine = create_engine(address, connect_args=connecting(address), **POOL)
        event.listen(engine, "connect", partial(refuse_narrow, where_of(address)))
        keep_deadlines(engine)
        event.listen(engine, "handle_error", leave_standby)
    except ImportError:
        raise LedgerError("driver", where_of(address)) from None
    except ArgumentError:
        raise LedgerError("unfit", where_of(address)) from None
    return engine


def for_use(engine: Engine) -> Engine:
    """The same database, for who begins with `begun`. SQLAlchemy tells nobody then, which took a third of a statement.

    As long as anybody wants to hear of one event, it looks for who wants to hear of each of ten.
    """
    return create_engine(engine.url, pool=engine.pool) if engine.dialect.name == "sqlite" else engine


@contextmanager
def begun(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it or, after any exception, nothing. Of SQLite it takes the one right to write."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            begin_immediate(connection)
        yield connection
