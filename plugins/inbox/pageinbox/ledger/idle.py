"""What has been idle for too long leaves the ledger: conversations, and what was said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, case, delete, exists, func, literal_column, select, update

from pageinbox.ledger import pushes
from pageinbox.ledger.arrivals import QUARTER
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.marks import HELD
from pageinbox.ledger.schema import (
    ANSWERED_AT,
    act,
    announcement,
    answer,
    arrival,
    conversation,
    gap,
    news,
    source,
    wait,
)
from pageinbox.ledger.sources import SourceRow
from pageinbox.model.act import ActKind
from pageinbox.model.history import State

PASS, MOST = 20_000, 100_000
"""Rows that one statement of a pass reads, and conversations that one pass finds: what is left is found by the next."""

BATCH = 500
"""Conversations dropped in one transaction."""


def kept_since(retention: int, latest: int) -> Any:
    """When what is kept of a source begins: `retention` before its newest change, which is no later than `latest`."""
    return case((source.c.reached > latest, latest), else_=source.c.reached) - retention


class Idle:
    """The idle conversations of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, retention: int, latest: int) -> dict[int, list[int]]:
        """The rows of conversations that did not change for `retention` before the newest of their list, by source's.

        Times are in milliseconds; no list counts as newer than `latest`. One pass reads all of the ledger, in ranges of
        rows: an index would make every conversation take a fifth more. Raises LedgerError.
        """
        idle = (
            select(conversation.c.source, conversation.c.id)
            .join(source, source.c.id == conversation.c.source)
            .where(conversation.c.id.between(bindparam("first"), bindparam("last")))
            .where(source.c.wanted, conversation.c.updated < kept_since(retention, latest))
        )
        found: dict[int, list[int]] = {}
        count = 0
        with self._ledger.reading() as connection:
            first = connection.execute(select(func.min(conversation.c.id))).scalar() or 0
            last = connection.execute(select(func.max(conversation.c.id))).scalar() or 0
            while first <= last and count < MOST:
                for source_id, row_id in connection.execute(idle, {"first": first, "last": first + PASS - 1}):
                    found.setdefault(source_id, []).append(row_id)
                    count += 1
                first += PASS
        return found

    def thin(self, retention: int, latest: int) -> None:
        """Drop what statistics are made of from longer than `retention` before the newest change of its list.

        Answers go though their conversations stay; of the time before that, nothing counts as known. What pushes
        brought is kept for a week. Times are in milliseconds; no list counts as newer than `latest`. Raises
        LedgerError.
        """
        kept = kept_since(retention, latest)

        def since(table: Table, *also: Any) -> Any:
            mine = source.c.id == table.c.source, source.c.wanted, *also
            return select(kept).where(*mine).scalar_subquery()

        some = answer.c.conversation.between(bindparam("first"), bindparam("last"))
        old = delete(answer).where(some, since(answer) > ANSWERED_AT)
        ever = gap.c.begun == 0
        with self._ledger.reading() as connection:
            first = connection.execute(select(func.min(answer.c.conversation))).scalar() or 0
            last = connection.execute(select(func.max(answer.c.conversation))).scalar() or 0
        while first <= last:
            with self._ledger.writing() as connection:
                connection.execute(old, {"first": first, "last": first + PASS - 1})
            first += PASS
        with self._ledger.writing() as connection:
            connection.execute(delete(arrival).where(arrival.c.quarter < since(arrival) // QUARTER))
            connection.execute(delete(gap).where(~ever, gap.c.ended <= since(gap, source.c.complete)))
            connection.execute(update(gap).where(ever, gap.c.ended < since(gap)).values(ended=since(gap)))
            pushes.thin(connection, self._ledger.now(connection))

    def drop(self, row: SourceRow, ids: Sequence[int], before: int) -> int:
        """Drop those of the conversations that were last met in a source and did not change since `before`.

        `before` is in milliseconds. Nothing older counts as known in that list from now on. Those of which something is
        still to be said are kept, and those that somebody has claimed or snoozed. Gives how many went. Raises
        LedgerError.
        """
        gone = 0
        for start in range(0, max(1, len(ids)), BATCH):
            with self._ledger.writing() as connection:
                gone += self._drop(connection, row, ids[start : start + BATCH], before)
        return gone

    def _drop(self, connection: Connection, row: SourceRow, ids: Sequence[int], before: int) -> int:
        waiting = exists().where(news.c.conversation == conversation.c.id, news.c.due.is_not(None))
        lasting = act.c.kind != ActKind.DONE.value  # which would be kept for ever: it ends by itself no more
        marked = exists().where(act.c.conversation == conversation.c.id, HELD, lasting)
        old = and_(conversation.c.source == row.id, conversation.c.updated < before, ~waiting, ~marked)
        gone = connection.execute(select(conversation.c.id).where(conversation.c.id.in_(ids), old)).scalars().all()
        said = delete(news).where(news.c.conversation.in_(gone)).returning(news.c.announcement)
        less = Counter(number for number in connection.execute(said).scalars() if number is not None)
        connection.execute(delete(wait).where(wait.c.conversation.in_(gone)))
        connection.execute(delete(answer).where(answer.c.conversation.in_(gone)))
        connection.execute(delete(act).where(act.c.conversation.in_(gone)))
        connection.execute(delete(conversation).where(conversation.c.id.in_(gone)))
        changed = {"forgotten": max(before, row.forgotten or 0)}
        known = case((source.c.known > len(gone), source.c.known - len(gone)), else_=0)
        connection.execute(update(source).where(source.c.id == row.id).values(**changed, known=known))
        if less:
            fewer = update(announcement).where(announcement.c.id == bindparam("number"))
            fewer = fewer.values(items=announcement.c["items"] - bindparam("less"))
            connection.execute(fewer, [{"number": number, "less": count} for number, count in less.items()])
        # Spelled out, as in `claims.ACTIVE`.
        empty = and_(literal_column("inbox_announcement.items = 0"), announcement.c.at < before)
        over = announcement.c.state.in_((State.SENT.value, State.GIVEN_UP.value))
        connection.execute(delete(announcement).where(empty, over))
        return len(gone)
