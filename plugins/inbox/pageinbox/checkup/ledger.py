"""Whether the ledger can be written, and has room to grow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pageinbox.ledger.disks import MOUNTS
from pageinbox.ledger.disks import lent as lent_to
from pageinbox.model.checkup import Disk, Outdated, Unkept, Unmade
from pageinbox.model.errors import LedgerError
from pageinbox.model.finding import Finding, State, good, unknown

if TYPE_CHECKING:
    from pageinbox.ledger.database import Ledger

ROOM = 512 * 2**20
"""Bytes that should be free; a ledger that is written anew needs its own size once more besides."""


def ledger(opened: Callable[[], Ledger], failing: LedgerError | None = None) -> list[Finding]:
    """The condition of what `opened` gives, which may raise LedgerError.

    `failing` is what kept the bot from its work with the ledger when it was tried last: a full disk, say, may still
    take the little that is written here.
    """
    from pageinbox.ledger.condition import condition

    try:
        found = opened()
        kept = condition(found)
    except LedgerError as error:
        state = State.UNKNOWN if error.kind == "opening" else State.ATTENTION
        return [Finding(state, Unkept(error.kind, error.where))]
    first = good(kept) if failing is None else Finding(State.ATTENTION, Unkept(failing.kind, failing.where))
    return [first, disk(found.where if kept.journal else "", kept.size)]


def unopened(location: str | Path) -> list[Finding]:
    """The condition of the ledger at an address, which is neither made nor brought up to date for that."""
    from pageinbox.ledger.condition import glance
    from pageinbox.ledger.schema import VERSION

    try:
        where, kept = glance(location)
    except LedgerError as error:
        return [Finding(State.ATTENTION, Unkept(error.kind, error.where))]
    if kept is None:
        return [good(Unmade()), disk(where if Path(where).is_absolute() else "", 0)]
    older = [good(Outdated(kept.version, VERSION))] if kept.version < VERSION else []
    return [good(kept), *older, disk(where if kept.journal else "", kept.size)]


def disk(file: str, size: int, mounts: Path = MOUNTS) -> Finding:
    """How much is free beside a ledger of `size` bytes; `file` is empty where it is in none of this machine's.

    `mounts` tells which disks there are.
    """
    try:
        free = shutil.disk_usage(Path(file).parent).free if file else None
    except OSError:
        free = None
    if free is None:
        return unknown(Disk(file, free))
    lent = lent_to(Path(file), mounts)
    return good(Disk(file, free, lent), unless=bool(lent) or free < ROOM + size)
