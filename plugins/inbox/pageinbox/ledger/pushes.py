"""What Meta's pushes brought, and what they missed, by the hour."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import ms, push, source
from pageinbox.ledger.sources import SourceRow, Sources
from pageinbox.model.push import Brought

HOUR = ms(3600)
DAY, KEPT = 24, 7 * 24
"""Hours that are summed up, and those that are kept."""


def adding(insert: Any) -> Any:
    """What counts further changes of an hour."""
    statement = insert(push)
    more = {name: push.c[name] + statement.excluded[name] for name in ("pushed", "polled", "gained")}
    return statement.on_conflict_do_update(index_elements=["source", "hour"], set_=more)


ADD = {dialect: adding(insert) for dialect, insert in INSERTS.items()}
LISTED = source.c.page, source.c.platform, source.c.folder
BROUGHT = (
    select(*LISTED, *(func.sum(push.c[name]).label(name) for name in ("pushed", "polled", "gained")))
    .join(source, source.c.id == push.c.source)
    .where(push.c.hour > bindparam("since"))
    .group_by(*LISTED)
)
THIN = delete(push).where(push.c.hour < bindparam("since"))
"""Made once: making a statement takes as long as running it."""


def compared(connection: Connection, row: SourceRow, found: Brought, at: int) -> None:
    """Count the changes that a look found in a source. `at` is the ledger's time in milliseconds."""
    if found.pushed or found.polled:
        hour = at // HOUR
        counts = {"pushed": found.pushed, "polled": found.polled, "gained": ms(found.gained)}
        in_bulk(connection, ADD[connection.dialect.name], [{"source": row.id, "hour": hour, **counts}])


class Pushed:
    """The last day's pushes of one ledger."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources

    def brought(self) -> dict[str, Brought]:
        """What pushes brought each configured Page in the last 24 hours, by its name. Raises LedgerError."""
        with self._ledger.reading() as connection:
            since = self._ledger.now(connection) // HOUR - DAY
            rows = connection.execute(BROUGHT, {"since": since}).all()
        found: dict[str, Brought] = {}
        for row in rows:
            if (its := self._sources.named(row)) is not None:
                # PostgreSQL's sums are decimals.
                counts = Brought(int(row.pushed), int(row.polled), int(row.gained) / 1000)
                found[its.page] = found.get(its.page, Brought()) + counts
        return found


def thin(connection: Connection, at: int) -> None:
    """Drop what is older than a week. `at` is the ledger's time in milliseconds."""
    connection.execute(THIN, {"since": at // HOUR - KEPT})
