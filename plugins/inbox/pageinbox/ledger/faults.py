"""What can go wrong with the ledger: one kind for each thing a person can do about it."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pageinbox.model.errors import LedgerError

log = logging.getLogger(__name__)

SQLITE_KINDS = {
    "FULL": "full",
    "READONLY": "readonly",
    "BUSY": "locked",
    "LOCKED": "locked",
    "CORRUPT": "corrupt",
    "NOTADB": "corrupt",
    "CANTOPEN": "readonly",
    "PERM": "readonly",
    "IOERR": "full",
}
POSTGRES_KINDS = {
    "28": "refused",
    "3D": "refused",
    "53100": "full",
    "25006": "standby",
    "42501": "readonly",
    "53300": "crowded",
    "55P03": "locked",
    "57014": "locked",
    "40P01": "locked",
    "57P01": "unreachable",
    "57P02": "unreachable",
    "57P03": "unreachable",
}
"""By SQLSTATE or its class (PostgreSQL manual, appendix A)."""

FATAL = re.compile(r"FATAL:  (?!the database system is|terminating)")
"""A server that answered and let nobody in; psycopg names no SQLSTATE for what went wrong while connecting."""

CROWDED = re.compile(r"FATAL:  (sorry, too many|remaining connection|too many connections)")
"""A server that has as many connections as it may have: in all, or for this database or user."""

UNFIT = re.compile(
    r"invalid \S+ value|invalid value for parameter|bad value for|unrecognized configuration parameter|certificate"
    r"|SSL was required|weak sslmode|definition of service|channel binding required|authentication method requirement"
)
"""libpq or the server on what an address asks for beyond the place: no server need be down for that."""


def kind_of(error: SQLAlchemyError) -> str:
    """The kind of trouble behind an error of the database."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "").removeprefix("SQLITE_").partition("_")[0]
        return SQLITE_KINDS.get(name, "broken")
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return POSTGRES_KINDS.get(state) or POSTGRES_KINDS.get(state[:2]) or "broken"
    if cause is not None and UNFIT.search(str(cause)):
        return "unfit"
    if cause is not None and FATAL.search(str(cause)):
        return "crowded" if CROWDED.search(str(cause)) else "refused"
    if isinstance(error, PoolTimeout):
        return "starved"
    return "broken" if cause is None else "unreachable"


@contextmanager
def told_plainly(where: str) -> Iterator[None]:
    """Raises LedgerError instead of SQLAlchemy's errors, which quote statements with customers' text in them."""
    try:
        yield
    except SQLAlchemyError as error:
        kind = kind_of(error)
        if kind == "readonly" and not_there(where):
            kind = "nofolder"
        if kind == "broken":
            log.error("The ledger failed unexpectedly: %s", name_of(error))
        raise LedgerError(kind, where) from None


def not_there(path: str) -> bool:
    """Whether a file can't be opened because there is no such folder, rather than because it is forbidden."""
    try:
        os.stat(os.path.join(os.path.dirname(path), os.curdir))
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return os.path.isdir(path)


def name_of(error: SQLAlchemyError) -> str:
    """What an error is called, without its text, which quotes statements and values."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    parts = (error, cause, getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None))
    return " ".join(part if isinstance(part, str) else type(part).__name__ for part in parts if part is not None)
