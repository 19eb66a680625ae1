"""Where the ledger is, and how patient we are with what is there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from pageinbox.ledger.pooler import OPTIONS
from pageinbox.model.errors import LedgerError

CONNECTING = 5
"""Seconds to wait for PostgreSQL to answer."""

NAME = "err-inbox"
"""What a session is called to whoever lists those of a server."""

PATIENT: dict[str, Any] = {
    "application_name": NAME,
    "connect_timeout": CONNECTING,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": OPTIONS,
    "prepare_threshold": None,
}
"""A server that is silent counts as gone after some ten seconds, as one that refuses does at once.

Nothing is prepared there, since there may be a pooler between."""

UNICODE = {"client_encoding": "utf8"}
"""Whatever the server or the environment says: of a database that knows no encoding, psycopg gives bytes for texts."""


def address_of(location: str | Path) -> URL:
    """Where the ledger is, as SQLAlchemy writes it, with the driver we use. Raises LedgerError."""
    if isinstance(location, Path):
        return URL.create("sqlite", database=str(location))
    if location.count("@") > 1:
        raise LedgerError("refused", "DATABASE_URL")  # part of a password would be taken for the host, and shown
    try:
        # Many hosts hand out postgres://, which SQLAlchemy does not know.
        address = make_url(re.sub(r"\Apostgres(?=[:+])", "postgresql", location))
    except (ArgumentError, ValueError):  # the latter for a port that is none, which may be the rest of a password
        raise LedgerError("refused", "DATABASE_URL") from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.database in (None, "", ":memory:"):
        raise LedgerError("refused", "DATABASE_URL")  # it would be gone with the bot
    for name in address.query:
        raise LedgerError("option", shown(address, name))
    return address


def connecting(address: URL) -> dict[str, Any]:
    """What psycopg is to connect with: our patience, where the address itself does not say otherwise.

    Its `options` come behind ours, and so do those that libpq takes from the environment otherwise. Raises LedgerError
    for what libpq does not know, and ImportError where there is no psycopg.
    """
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name, value in address.query.items():
        if name not in known or not (isinstance(value, str) or name in ("host", "port")):
            raise LedgerError("option", shown(address, name))
    own = {name: value for name, value in address.query.items() if name in PATIENT}
    options = own.get("options", os.environ.get("PGOPTIONS", ""))
    return {**PATIENT, **own, **UNICODE, "options": f"{PATIENT['options']} {options}".rstrip()}


def shown(address: URL, name: str) -> str:
    """The name of an option as it may be shown: empty where it may be what stands behind an & in a password."""
    harmless = re.fullmatch(r"\w{1,40}", name) and not any("pass" in other for other in address.query)
    return name if harmless else ""


def where_of(address: URL) -> str:
    """What a ledger is called to people: its path, or the host alone."""
    return (address.database if address.get_backend_name() == "sqlite" else host_of(address)) or "localhost"


def host_of(address: URL) -> str | None:
    """The host alone: of a password with an @ in it, SQLAlchemy takes the rest for the host's beginning."""
    return address.host and address.host.rpartition("@")[2]
