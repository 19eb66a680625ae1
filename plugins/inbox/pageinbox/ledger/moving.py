"""A ledger goes on in another database, and what it leaves behind says where."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, Connection, select

from pageinbox.ledger import restored
from pageinbox.ledger.address import address_of, where_of
from pageinbox.ledger.alone import hold, locked, refuse_used
from pageinbox.ledger.backups import disposing, facts_of
from pageinbox.ledger.engine import Clock, connect
from pageinbox.ledger.faults import told_plainly
from pageinbox.ledger.files import belong, close_to_others, file_of
from pageinbox.ledger.schema import VERSION, meta, tables
from pageinbox.ledger.transfer import copy_all, is_ledger
from pageinbox.ledger.versions import MIGRATIONS, bring_up, one_opens
from pageinbox.model.errors import LedgerError


def move(location: str | Path, to: str | Path, *, clock: Clock = None) -> int:
    """Let a ledger go on at another address, under its name and with all it knows; gives how many rows that took.

    There must be nothing yet but, maybe, what this ledger left there when it was moved before. Whoever breaks it off in
    whatever way, or has too small a disk, has moved nothing; only between the two last steps, both ledgers may say that
    they were moved, and then moving it again ends it. Gives 0 where it has been moved there already. `clock`
    is for who simulates the time: see `Ledger`. Raises LedgerError, also where a bot has one of the two open.
    """
    old, new = address_of(location), address_of(to)
    if old == new or one_file(old, new):
        raise LedgerError("taken", where_of(new))
    with locked(old), locked(new):
        if old.get_backend_name() == "sqlite" and not Path(str(old.database)).exists():
            raise LedgerError("none", where_of(old))
        if new.get_backend_name() == "sqlite":
            close_to_others(Path(str(new.database)))
            belong(Path(str(new.database)))
        return carried(old, new, clock)


def one_file(one: URL, other: URL) -> bool:
    """Whether two addresses are of the same file, however they are written."""
    if not one.get_backend_name() == other.get_backend_name() == "sqlite":
        return False
    paths = str(one.database), str(other.database)
    first, second = map(file_of, paths)
    return os.path.realpath(paths[0]) == os.path.realpath(paths[1]) or (first is not None and first == second)


def carried(old: URL, new: URL, clock: Clock) -> int:
    """Copy the ledger at one address to another and mark the first, and give how many rows that took."""
    here, there = where_of(old), where_of(new)
    with disposing(connect(old)) as before, disposing(connect(new)) as after:
        with told_plainly(here):
            with before.begin() as source:
                facts_of(source, here)
                refuse_used(source, here, clock)
            facts = bring_up(before, here, MIGRATIONS, VERSION)
        if facts.get(restored.MOVED, place(new)) != place(new):
            raise LedgerError("moved", facts[restored.MOVED])
        if restored.COPIED in facts:
            raise LedgerError("copy", here)
        with told_plainly(here), before.connect() as source:
            hold(source, here, clock)
            with told_plainly(there), after.connect() as target:
                one_opens(target)
                if is_ledger(target) and not make_room(target, facts, there):
                    return 0
                rows = copy_all(source, target)
                restored.release(target)
                restored.note(target, restored.MOVED, place(new))
                target.commit()  # all that may fail for want of room; no bot takes it yet
                restored.note(source, restored.MOVED, place(new))
                source.commit()  # before the other: so no two bots ever have it in two places
                target.execute(meta.delete().where(meta.c.name == restored.MOVED))
                target.commit()
    return rows


def make_room(target: Connection, facts: Mapping[str, str], there: str) -> bool:
    """Take away what a ledger left behind; False where it goes on there already.

    Raises LedgerError where something else is there.
    """
    found = {row.name: row.value for row in target.execute(select(meta))}
    if found.get("name") != facts["name"]:
        raise LedgerError("taken", there)
    if restored.MOVED in found:
        if restored.MOVED in facts and found[restored.MOVED] != facts[restored.MOVED]:
            raise LedgerError("moved", found[restored.MOVED])  # it was there, and went on elsewhere
        tables.drop_all(target)
        return True
    if restored.MOVED in facts:
        return False
    raise LedgerError("taken", there)


def place(address: URL) -> str:
    """An address as it may be shown: a path, or the host and the database there."""
    if address.get_backend_name() == "sqlite":
        return where_of(address)
    return f"PostgreSQL at {where_of(address)}, database {address.database or address.username or 'postgres'}"
