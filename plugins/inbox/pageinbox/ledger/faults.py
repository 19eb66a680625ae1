"""What can go wrong with the ledger: one kind for each thing a person can do about it."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import ExceptionContext
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
    "PROTOCOL": "unlockable",
}
LOCKS = re.compile("IOERR_.*(LOCK|SHM)")
"""What fails of SQLite on a disk that keeps no locks: the others of its IOERR are the disk's own trouble."""

STANDBY = "25006"
POSTGRES_KINDS = {
    "28": "refused",
    "3D": "refused",
    "08": "unreachable",
    "53100": "full",
    STANDBY: "standby",
    "42501": "forbidden",
    "3F": "forbidden",
    "42P01": "gone",
    "53300": "crowded",
    "55P03": "locked",
    "57014": "locked",
    "40P01": "locked",
    "57P01": "unreachable",
    "57P02": "unreachable",
    "57P03": "unreachable",
}
"""By SQLSTATE or its class (PostgreSQL manual, appendix A)."""

FATAL = re.compile(r"FATAL:  ?(.*)")
"""What a server said that let nobody in; psycopg names no SQLSTATE for what went wrong while connecting."""

SAID = (
    ("options", re.compile("unsupported startup parameter")),
    (
        "crowded",
        re.compile("sorry, too many|remaining connection|too many connections|no more connections|max clients"),
    ),
    ("unreachable", re.compile("the database system is|terminating|connect failed|cannot connect|query_wait_timeout")),
)
"""By its words. Crowded is one that has as many connections as it may have: in all, for a database or a user, or for
the clients of a pooler, which lets them in although it can't reach its server."""

NOBODY = re.compile("no password supplied|local user with ID")
"""libpq, where an address names no user, or a password is wanted and it has none: the server is up."""

UNFIT = re.compile(
    r"invalid \S+ value|invalid value for parameter|bad value for|unrecognized configuration parameter|certificate"
    r"|SSL was required|weak sslmode|definition of service|channel binding required|authentication method requirement"
)
"""libpq or the server on what an address asks for beyond the place: no server need be down for that."""


def kind_of(error: SQLAlchemyError) -> str:
    """The kind of trouble behind an error of the database."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "").removeprefix("SQLITE_")
        return "unlockable" if LOCKS.match(name) else SQLITE_KINDS.get(name.partition("_")[0], "broken")
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return POSTGRES_KINDS.get(state) or POSTGRES_KINDS.get(state[:2]) or "broken"
    if cause is not None and UNFIT.search(str(cause)):
        return "unfit"
    if cause is not None and NOBODY.search(str(cause)):
        return "refused"
    if cause is not None and (said := FATAL.search(str(cause))):
        return next((kind for kind, words in SAID if words.search(said[1])), "refused")
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


def leave_standby(context: ExceptionContext) -> None:
    """Let all connections be made anew when a server accepts no more changes: by now another one may be the primary.

    It goes on answering whoever asks whether it is there, so nothing else would ever end these.
    """
    if getattr(context.original_exception, "sqlstate", None) == STANDBY:
        context.is_disconnect = True


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
