"""Whether the ledger can be written, and has room to grow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pageinbox.model.checkup import Disk, Finding, State, Unkept, good, unknown
from pageinbox.model.errors import LedgerError

if TYPE_CHECKING:
    from pageinbox.ledger.database import Ledger

ROOM = 512 * 2**20
"""Bytes that should be free; a ledger that is written anew needs its own size once more besides."""


def ledger(opened: Callable[[], Ledger]) -> list[Finding]:
    """The condition of what `opened` gives, which may raise LedgerError."""
    from pageinbox.ledger.condition import condition

    try:
        found = opened()
        kept = condition(found)
    except LedgerError as error:
        state = State.UNKNOWN if error.kind == "opening" else State.ATTENTION
        return [Finding(state, Unkept(error.kind, error.where))]
    return [good(kept), disk(found.where if kept.journal else "", kept.size)]


def disk(file: str, size: int) -> Finding:
    """How much is free beside a ledger of `size` bytes; `file` is empty where it is in none of this machine's."""
    try:
        free = shutil.disk_usage(Path(file).parent).free if file else None
    except OSError:
        free = None
    return unknown(Disk(file, free)) if free is None else good(Disk(file, free), unless=free < ROOM + size)
