"""What looks note down for statistics: new conversations by the quarter of an hour, and the times without looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.schema import arrival, gap, ms
from pageinbox.ledger.sources import SourceRow
from pageinbox.model.conversation import Conversation

QUARTER = 15 * 60 * 1000
"""Milliseconds."""


def adding(insert: Any) -> Any:
    """What counts further conversations of a quarter of an hour."""
    statement = insert(arrival)
    more = {"many": arrival.c.many + statement.excluded.many}
    return statement.on_conflict_do_update(index_elements=["source", "quarter"], set_=more)


ADD = {dialect: adding(insert) for dialect, insert in INSERTS.items()}
NOTE = {dialect: insert(gap).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}


def arrived(connection: Connection, row: SourceRow, new: Sequence[Conversation], at: int) -> None:
    """Count conversations that are new in a source. `at` is the ledger's time in milliseconds.

    They began when the customer wrote, which may be long before a look found them; a time that is yet to come is wrong.
    """
    counts = Counter(min(ms(item.updated), at) // QUARTER for item in new)
    if counts:
        rows = [{"source": row.id, "quarter": quarter, "many": many} for quarter, many in counts.items()]
        in_bulk(connection, ADD[connection.dialect.name], rows)


def unseen(connection: Connection, row: SourceRow, begun: int, ended: int) -> None:
    """Nobody looked at a source between these times, which are the ledger's, in milliseconds."""
    in_bulk(connection, NOTE[connection.dialect.name], [{"source": row.id, "begun": begun, "ended": ended}])
