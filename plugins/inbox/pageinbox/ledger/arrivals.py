"""What looks note down for statistics: new conversations by the quarter of an hour, and the times without looks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.schema import arrival, gap, ms, source
from pageinbox.ledger.sources import SourceRow
from pageinbox.model.conversation import Conversation
from pageinbox.model.statistics import QUARTER as SECONDS

QUARTER = ms(SECONDS)
"""Milliseconds of a quarter of an hour."""


def adding(insert: Any) -> Any:
    """What counts further conversations of a quarter of an hour."""
    statement = insert(arrival)
    more = {"many": arrival.c.many + statement.excluded.many}
    return statement.on_conflict_do_update(index_elements=["source", "quarter"], set_=more)


ADD = {dialect: adding(insert) for dialect, insert in INSERTS.items()}
GAPS = select(gap).where(gap.c.source.in_(bindparam("sources", expanding=True))).order_by(gap.c.source, gap.c.begun)
STANDING = select(source.c.id, source.c.complete, source.c.wanted, source.c.looked)
STANDING = STANDING.where(source.c.id.in_(bindparam("sources", expanding=True)))
LATEST = select(func.max(gap.c.begun)).where(gap.c.source == bindparam("its_source")).scalar_subquery()
SEEN = update(gap).where(gap.c.source == bindparam("its_source"), gap.c.begun == LATEST)
NOTE = {dialect: insert(gap).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}


def arrived(connection: Connection, row: SourceRow, new: Sequence[Conversation], at: int) -> None:
    """Count conversations that are new in a source. `at` is the ledger's time in milliseconds.

    They began with the first message that is known, which may be long before a look found them; a time that is yet to
    come is wrong.
    """
    counts = Counter(min(ms(began(item)), at) // QUARTER for item in new)
    if counts:
        rows = [{"source": row.id, "quarter": quarter, "many": many} for quarter, many in counts.items()]
        in_bulk(connection, ADD[connection.dialect.name], rows)


def began(item: Conversation) -> float:
    """When the customer of a new conversation wrote first, as far as that is known."""
    return min(at for at in (item.waits, item.asked, item.updated) if at is not None)


def unseen(connection: Connection, source_id: int, begun: int, ended: int) -> None:
    """Nobody looked at a source, given by its row, between these times, which are the ledger's, in milliseconds."""
    in_bulk(connection, NOTE[connection.dialect.name], [{"source": source_id, "begun": begun, "ended": ended}])


def begun(connection: Connection, row: SourceRow, at: int) -> None:
    """A first look at a source was finished: nobody has looked at it since it was watched last, or ever, until then."""
    if not connection.execute(SEEN, {"its_source": row.id, "ended": at}).rowcount:
        unseen(connection, row.id, 0, at)


def blind(connection: Connection, usual: Mapping[int, float], at: int) -> list[tuple[float, float]]:
    """The times in which one of some sources was not looked at as often as usual, in seconds since 1970, in any order.

    Of each there is one that begins at 0; what lasts still has no end. `usual` are the sources' rows, each with the
    seconds within which it is looked at as long as all is well, `at` is now, in milliseconds.
    """
    found: dict[int, list[tuple[float, float]]] = {row: [] for row in usual}
    for row, begun, ended in connection.execute(GAPS, {"sources": [*usual]}):
        found[row].append((begun / 1000, ended / 1000))
    for each in connection.execute(STANDING, {"sources": [*usual]}):
        mine = found[each.id]
        if not each.complete:
            mine.append((mine[-1][0] if mine else 0.0, math.inf))
        elif not each.wanted or (at - each.looked) / 1000 > usual[each.id]:
            mine.append((each.looked / 1000, math.inf))
    return [each for mine in found.values() for each in mine]
