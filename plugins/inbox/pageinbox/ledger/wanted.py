"""Which sources are looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from pageinbox.ledger.arrivals import unseen
from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import source as source_table
from pageinbox.ledger.schema import wait
from pageinbox.ledger.sources import Sources
from pageinbox.model.source import Source

EVERY = select(source_table)
ADD = {dialect: insert(source_table).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
CHANGE = update(source_table).where(source_table.c.id.in_(bindparam("ids", expanding=True)))
LEAVE = update(wait).where(wait.c.source.in_(bindparam("ids", expanding=True)), wait.c.gone.is_(None)).values(body=None)
"""Made once: making a statement takes as long as running it."""


def want(
    ledger: Ledger,
    sources: Sources,
    wanted: Collection[Source],
    meant: Callable[[Sequence[Row[Any]]], Collection[int]] = lambda rows: (),
) -> None:
    """From now on just these sources are looked at. Raises LedgerError.

    One that was not wanted before begins anew, with a quiet first look: what came while nobody watched is no news.
    Those of the others that are `meant` by some watch stay wanted, though this bot cannot look there: a watch may
    be paused, and another bot have other settings. Of those that are not, it is not known any more who waits there.
    """
    with ledger.writing() as connection:
        # A Page that is gone from the settings stays as it is: when it is back, what it missed is told.
        every = connection.execute(EVERY).all()
        rows = {source: row for row in every if (source := sources.named(row)) is not None}
        new = [
            {"wanted": True, **{name.removeprefix("its_"): value for name, value in sources.its(source).items()}}
            for source in wanted
            if source not in rows
        ]
        if new:
            connection.execute(ADD[connection.dialect.name], new)
        again = [rows[source].id for source in wanted if source in rows and not rows[source].wanted]
        if again:
            anew = {"wanted": True, "complete": False, "waits": None, "quiet_until": None, "looked": None,
                    "failing": None, "failures": 0, "trouble": None, "told": False, "kinds": None}  # fmt: skip
            for row in rows.values():
                if row.id in again and row.looked is not None:
                    unseen(connection, row.id, row.looked, row.looked)  # until its first look is finished
            connection.execute(CHANGE, {"ids": again, **anew})
        others = [rows[source] for source in rows.keys() - {*wanted} if rows[source].wanted]
        if gone := {row.id for row in others}.difference(meant(others) if others else ()):
            connection.execute(CHANGE, {"ids": [*gone], "wanted": False})
            connection.execute(LEAVE, {"ids": [*gone], "gone": ledger.now(connection)})
