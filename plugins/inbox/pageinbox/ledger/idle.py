"""What has been idle for too long leaves the ledger: conversations, and what was said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Table,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)

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

LATEST, RETENTION = bindparam("latest", type_=BigInteger), bindparam("retention", type_=BigInteger)
KEPT_SINCE = case((source.c.reached > LATEST, LATEST), else_=source.c.reached) - RETENTION
"""When what is kept of a source begins: `retention` before its newest change, which is no later than `latest`."""


def since(table: Table, *also: Any) -> Any:
    """The same of the source of a row, where that is wanted."""
    return select(KEPT_SINCE).where(source.c.id == table.c.source, source.c.wanted, *also).scalar_subquery()


FIRST, LAST = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
IDLE = (
    select(conversation.c.source, conversation.c.id)
    .join(source, source.c.id == conversation.c.source)
    .where(conversation.c.id.between(FIRST, LAST), source.c.wanted, conversation.c.updated < KEPT_SINCE)
)
IDS = [select(end(conversation.c.id)) for end in (func.min, func.max)]
ANSWERED = [select(end(answer.c.conversation)) for end in (func.min, func.max)]
OLD_ANSWERS = delete(answer).where(answer.c.conversation.between(FIRST, LAST), since(answer) > ANSWERED_AT)
EVER = gap.c.begun == 0
THIN = [
    delete(arrival).where(arrival.c.quarter < since(arrival) // QUARTER),
    delete(gap).where(~EVER, gap.c.ended <= since(gap, source.c.complete)),
    update(gap).where(EVER, gap.c.ended < since(gap)).values(ended=since(gap)),
]

BEFORE = bindparam("before", type_=BigInteger)
WAITING = exists().where(news.c.conversation == conversation.c.id, news.c.due.is_not(None))
# What is done would be kept for ever: it ends by itself no more.
MARKED = exists().where(act.c.conversation == conversation.c.id, HELD, act.c.kind != ActKind.DONE.value)
GONE = select(conversation.c.id).where(
    conversation.c.id.in_(bindparam("ids", expanding=True)),
    conversation.c.source == bindparam("its_source"),
    conversation.c.updated < BEFORE,
    ~WAITING,
    ~MARKED,
)
SAID = delete(news).where(news.c.conversation.in_(bindparam("gone", expanding=True))).returning(news.c.announcement)
DROP = [
    delete(column.table).where(column.in_(bindparam("gone", expanding=True)))
    for column in (wait.c.conversation, answer.c.conversation, act.c.conversation, conversation.c.id)
]
MANY = bindparam("many", type_=Integer)
FORGET = (
    update(source)
    .where(source.c.id == bindparam("its_source"))
    .values(known=case((source.c.known > MANY, source.c.known - MANY), else_=0))
)
FEWER = (
    update(announcement)
    .where(announcement.c.id == bindparam("number"))
    .values(items=announcement.c["items"] - bindparam("less"))
)
EMPTY = delete(announcement).where(
    literal_column("inbox_announcement.items = 0"),  # spelled out, as in `claims.ACTIVE`
    announcement.c.at < BEFORE,
    announcement.c.state.in_((State.SENT.value, State.GIVEN_UP.value)),
)
"""Made once: making a statement takes as long as running it."""


class Idle:
    """The idle conversations of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, retention: int, latest: int) -> dict[int, list[int]]:
        """The rows of conversations that did not change for `retention` before the newest of their list, by source's.

        Times are in milliseconds; no list counts as newer than `latest`. One pass reads all of the ledger, in ranges of
        rows: an index would make every conversation take a fifth more. Raises LedgerError.
        """
        found: dict[int, list[int]] = {}
        count = 0
        with self._ledger.reading() as connection:
            first, last = (connection.execute(end).scalar() or 0 for end in IDS)
            while first <= last and count < MOST:
                span = {"first": first, "last": first + PASS - 1, "retention": retention, "latest": latest}
                for source_id, row_id in connection.execute(IDLE, span):
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
        kept = {"retention": retention, "latest": latest}
        with self._ledger.reading() as connection:
            first, last = (connection.execute(end).scalar() or 0 for end in ANSWERED)
        while first <= last:
            with self._ledger.writing() as connection:
                connection.execute(OLD_ANSWERS, {**kept, "first": first, "last": first + PASS - 1})
            first += PASS
        with self._ledger.writing() as connection:
            for statement in THIN:
                connection.execute(statement, kept)
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
        its = {"its_source": row.id, "before": before}
        gone = connection.execute(GONE, {**its, "ids": [*ids]}).scalars().all() if ids else []
        if gone:
            said = connection.execute(SAID, {"gone": gone}).scalars()
            less = Counter(number for number in said if number is not None)
            for statement in DROP:
                connection.execute(statement, {"gone": gone})
            if less:
                connection.execute(FEWER, [{"number": number, "less": many} for number, many in less.items()])
        forgotten = max(before, row.forgotten or 0)
        connection.execute(FORGET, {"its_source": row.id, "many": len(gone), "forgotten": forgotten})
        connection.execute(EMPTY, {"before": before})
        return len(gone)
