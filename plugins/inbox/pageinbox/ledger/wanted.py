"""Which sources are looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from pageinbox.ledger.arrivals import unseen
from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import source as source_table
from pageinbox.ledger.schema import wait
from pageinbox.ledger.sources import Sources
from pageinbox.model.source import Source

FREE: Mapping[str, None] = MappingProxyType({"lease": None, "lease_until": None})
"""So that a look that is under way keeps nothing of what it found: it began when something else was known."""

Meant = Callable[[Sequence[Row[Any]]], Collection[int]]
"""Those of the sources' rows, by their ids, that are to stay wanted."""

EVERY = select(source_table)
ADD = {dialect: insert(source_table).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
CHANGE = update(source_table).where(source_table.c.id.in_(bindparam("ids", expanding=True)))
LEAVE = update(wait).where(wait.c.source.in_(bindparam("ids", expanding=True)), wait.c.gone.is_(None)).values(body=None)
"""Made once: making a statement takes as long as running it."""


def want(
    ledger: Ledger,
    sources: Sources,
    wanted: Collection[Source],
    meant: Meant = lambda rows: (),
) -> None:
    """From now on just these sources are looked at. Raises LedgerError.

    One that was not wanted before begins anew, with a quiet first look: what came while nobody watched is no news.
    Those of the others that are `meant` by some watch stay wanted, though this bot cannot look there: a watch may
    be paused, and another bot have other settings. Of those that are not, it is not known any more who waits there.
    """
    with ledger.reading() as connection:  # mostly nothing differs, and to change something takes the right to write
        if not any(differing(connection, sources, wanted, meant)):
            return
    with ledger.writing() as connection:
        new, again, gone = differing(connection, sources, wanted, meant)
        if new:
            names = [{name.removeprefix("its_"): value for name, value in sources.its(each).items()} for each in new]
            connection.execute(ADD[connection.dialect.name], [{**each, "wanted": True} for each in names])
        if again:
            anew = {"wanted": True, "complete": False, "waits": None, "quiet_until": None, "looked": None,
                    "failing": None, "failures": 0, "trouble": None, "told": False, "kinds": None, **FREE}  # fmt: skip
            for row in again:
                if row.looked is not None:
                    unseen(connection, row.id, row.looked, row.looked)  # until its first look is finished
            connection.execute(CHANGE, {"ids": [row.id for row in again], **anew})
        if gone:
            connection.execute(CHANGE, {"ids": [*gone], "wanted": False, **FREE})
            connection.execute(LEAVE, {"ids": [*gone], "gone": ledger.now(connection)})


def differing(
    connection: Connection, sources: Sources, wanted: Collection[Source], meant: Meant
) -> tuple[list[Source], list[Row[Any]], set[int]]:
    """The sources that were never wanted, the rows of those that are wanted again, and of those that nobody means."""
    # A Page that is gone from the settings stays as it is: when it is back, what it missed is told.
    every = connection.execute(EVERY).all()
    rows = {source: row for row in every if (source := sources.named(row)) is not None}
    new = [source for source in wanted if source not in rows]
    again = [rows[source] for source in wanted if source in rows and not rows[source].wanted]
    others = [rows[source] for source in rows.keys() - {*wanted} if rows[source].wanted]
    return new, again, {row.id for row in others}.difference(meant(others) if others else ())
