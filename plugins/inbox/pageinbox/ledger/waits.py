"""Who waits for an answer, and since when, as looks find it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from cachetools import LRUCache
from sqlalchemy import BigInteger, Connection, and_, bindparam, delete, func, or_, select, update

from pageinbox.ledger import answers
from pageinbox.ledger.bulk import INSERTS, among, in_bulk
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_conversation, unpack_conversation
from pageinbox.ledger.schema import conversation, ms, seconds, wait
from pageinbox.ledger.schema import source as source_table
from pageinbox.ledger.sources import SourceRow, Sources, source_row
from pageinbox.model.carried import TAKEN_BACK
from pageinbox.model.conversation import Conversation
from pageinbox.model.hours import OpeningHours
from pageinbox.model.look import Look
from pageinbox.model.source import Source
from pageinbox.model.wait import HUMAN_AGENT, LITTLE, STANDARD

Values = dict[str, Any]
"""A row of waits by its columns."""

OPEN = wait.c.gone.is_(None)
"""That somebody waits now."""

UNANSWERED = select(wait).where(wait.c.conversation.in_(bindparam("conversations", expanding=True)))
"""What began and was never answered, also where the conversation had left its list."""

IN_LIST = (
    select(wait.c.conversation, wait.c.since, conversation.c.graph_id, conversation.c.updated)
    .join(conversation, conversation.c.id == wait.c.conversation)
    .where(wait.c.source == bindparam("listed"), OPEN)
)
LISTS = select(source_table).where(source_table.c.wanted, source_table.c.complete, source_table.c.waits.is_not(None))
"""The lists of which it is known who waits there."""

LONGEST_FIRST = (
    select(wait.c.since, wait.c.wrote, wait.c.at_least, wait.c.body)
    .where(wait.c.source == bindparam("listed"), OPEN)
    .order_by(wait.c.since, wait.c.conversation)
)
AGO = bindparam("now", type_=BigInteger) - wait.c.wrote
CLOSING = (
    select(source_table.c.page, source_table.c.platform, source_table.c.folder, func.count().label("closing"))
    .join(wait, wait.c.source == source_table.c.id)
    .where(
        OPEN,
        or_(*(AGO.between(ms(lasts - LITTLE), ms(lasts) - 1) for lasts in (STANDARD, HUMAN_AGENT))),
    )
    .group_by(source_table.c.page, source_table.c.platform, source_table.c.folder)
)
WAITING = (
    select(source_table.c.page, source_table.c.platform, source_table.c.folder, func.count().label("waiting"))
    .join(wait, wait.c.source == source_table.c.id)
    .where(OPEN)
    .group_by(source_table.c.page, source_table.c.platform, source_table.c.folder)
)
KEPT = 20_000
"""Conversations in which somebody waits that are kept as they were read last."""

KEY = and_(wait.c.conversation == bindparam("its_conversation"), wait.c.since == bindparam("its_since"))
LEAVE = update(wait).where(KEY).values(gone=bindparam("at"), body=None)
FORGET = delete(wait).where(KEY)


def keeping(insert: Any) -> Any:
    """What puts a wait into the ledger, or brings it up to date."""
    statement = insert(wait)
    given = statement.excluded
    changed = {column.name: given[column.name] for column in wait.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["conversation", "since"], set_=changed)


KEEP = {dialect: keeping(insert) for dialect, insert in INSERTS.items()}


class Read(NamedTuple):
    """Who waits in a list, longest first, and the `state` of its row when that was read."""

    state: tuple[int | None, ...]
    waiting: Sequence[Conversation]


class Waits:
    """The waits of one ledger, and the answers. For several threads.

    `hours` are the opening hours of each Page that has any.
    """

    def __init__(self, ledger: Ledger, sources: Sources, hours: Mapping[str, OpeningHours]) -> None:
        self._ledger = ledger
        self._sources = sources
        self._hours = hours
        self._lock = threading.Lock()
        self._kept: LRUCache[int, Read] = LRUCache(KEPT, lambda read: 1 + len(read.waiting))

    def looks(self, sources: Collection[Source]) -> list[Look] | None:
        """Everybody who waits in these lists, longest first, as looks; None where it is not known of all of them.

        What is unread is not said: nobody hears when it is read. Raises LedgerError.
        """
        wanted = frozenset(sources)
        with self._ledger.reading() as connection:
            rows = {source: row for row in connection.execute(LISTS) if (source := self._sources.named(row)) in wanted}
            if len(rows) < len(sources):
                return None
            return [self._look(connection, source_row(source, rows[source])) for source in sources]

    def drop(self) -> None:
        """Keep nothing of what was read."""
        with self._lock:
            self._kept.clear()

    def closing(self, now: float) -> dict[Source, int]:
        """In how many conversations of each list somebody waits to whom Meta lets the Page answer for `LITTLE` longer.

        `now` is Meta's time, in seconds since 1970. Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(CLOSING, {"now": ms(now)}).all()
        return {source: row.closing for row in rows if (source := self._sources.named(row)) is not None}

    def many(self) -> dict[Source, int]:
        """In how many conversations of each list somebody waits; lists where nobody does are left out.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(WAITING).all()
        return {source: row.waiting for row in rows if (source := self._sources.named(row)) is not None}

    def _look(self, connection: Connection, row: SourceRow) -> Look:
        # Whoever learns something of a list changes its row.
        state = (row.looked, row.known, row.forgotten, row.failing, row.failures)
        with self._lock:
            kept = self._kept.get(row.id)
        if kept is None or kept.state != state:
            kept = Read(state, [waiting_one(*found) for found in connection.execute(LONGEST_FIRST, {"listed": row.id})])
            if len(kept.waiting) < KEPT:
                with self._lock:
                    self._kept[row.id] = kept
        return Look(row.source, kept.waiting, at=seconds(row.looked), trouble=row.trouble)

    def learn(self, connection: Connection, row: SourceRow, met: Mapping[int, Conversation], at: int) -> None:
        """Take from conversations met in a source who waits and who was answered. `met` are they by their rows' ids.

        `at` is the ledger's time in milliseconds. A conversation of which that can't be told stays as it is, but where
        all was taken back, nobody waits.
        """
        told = {row_id: item for row_id, item in met.items() if item.waiting is not None or item.snippet == TAKEN_BACK}
        found = among(connection, UNANSWERED, "conversations", list(told))
        before = {one.conversation: one._mapping for one in found}
        given = answers.given(connection, list(told))
        changed, wrong = list[Values](), list[answers.Given]()
        for row_id, item in told.items():
            withdrawn = answers.withdrawn(item, given.get(row_id, ()))
            wrong += withdrawn
            changed += learned(row_id, row.id, item, before.get(row_id), at, withdrawn)
            if row_id not in before:
                changed += answers.at_once(row_id, row, item, given.get(row_id, ()))
        answers.void(connection, wrong)
        waiting = [values for values in changed if values["answered"] is None]
        answered = [values for values in changed if values["answered"] is not None]
        over = [before[values["conversation"]] for values in waiting if is_earlier(values, before)] + answered
        if over:
            connection.execute(FORGET, [key(each["conversation"], each["since"]) for each in over])
        if waiting:
            kept = [{name: value for name, value in values.items() if name != "answered"} for values in waiting]
            in_bulk(connection, KEEP[connection.dialect.name], kept)
        if answered:
            answers.keep(connection, answered, self._hours.get(row.source.page), at)

    def waiting(self, row: SourceRow) -> set[str]:
        """The ids of the conversations of a source in which somebody waits."""
        with self._ledger.reading() as connection:
            return {found.graph_id for found in connection.execute(IN_LIST, {"listed": row.id})}

    def leave(self, connection: Connection, row: SourceRow, met: Collection[str], back_to: float, at: int) -> None:
        """Nobody waits any more in what has left a list: it was read back to a change, and this was not met.

        `met` are the ids that were, `back_to` is in seconds since 1970, `at` the ledger's time in milliseconds.
        """
        found = connection.execute(IN_LIST, {"listed": row.id}).all()
        gone = [each for each in found if each.graph_id not in met and each.updated > ms(back_to)]
        if gone:
            connection.execute(LEAVE, [{**key(each.conversation, each.since), "at": at} for each in gone])


def waiting_one(since: int, wrote: int, at_least: int | None, body: str) -> Conversation:
    """A conversation in which somebody waits, with all that is known of the wait."""
    return msgspec.structs.replace(
        unpack_conversation(body), waits=since / 1000, wrote=wrote / 1000, at_least=bool(at_least), unread=None
    )


def learned(
    row_id: int,
    source: int,
    item: Conversation,
    before: Mapping[str, Any] | None,
    at: int,
    withdrawn: Sequence[answers.Given] = (),
) -> Iterator[Values]:
    """What a look at a conversation changes in its waits; `before` is the one that was not answered yet.

    Whoever had answers that were `withdrawn` since has waited all the time.
    """
    since = ms(item.waiting_since)
    if before is not None and is_answered(item, since, before):
        # Whoever wrote again meanwhile waits anew; whoever took back what they wrote was answered by nobody.
        answered = None if item.answered is None else ms(item.answered)
        nobody = (
            item.automatic or item.snippet == TAKEN_BACK
            if answered is None
            else answered < before["since"] and not item.waiting
        )
        yield (
            {**before, "answered": None, "body": None, "gone": at}
            if nobody
            else {
                **before,
                "answered": max(ms(item.said_at) if answered is None else answered, before["since"]),
            }
        )
        before = None
    if not item.waiting:
        return
    at_least = item.at_least
    if before is not None and since >= before["since"]:
        at_least = bool(before["at_least"]) and (item.at_least or since > before["since"])
        since = before["since"]
    for each in withdrawn:
        at_least = each.at_least if each.since <= since else at_least
        since = min(since, each.since)
    now: Values = {
        "conversation": row_id,
        "since": since,
        "source": source,
        "wrote": max(since, ms(item.waiting_since if item.wrote is None else item.wrote)),
        "at_least": 1 if at_least else None,
        "answered": None,
        "gone": None,
        "body": pack_conversation(item),
    }
    if before is None or now != {**before, "answered": None}:
        yield now


def is_answered(item: Conversation, since: int, before: Mapping[str, Any]) -> bool:
    """Whether a wait is over: nobody waits, or somebody does who was answered after it had begun."""
    if not item.waiting:
        return True
    return item.answered is not None and since > before["since"] and ms(item.answered) >= before["since"]


def is_earlier(values: Values, before: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether a wait that was known turned out to have begun earlier, so that it has another key now."""
    known = before.get(values["conversation"])
    return known is not None and values["answered"] is None and values["since"] < known["since"]


def key(row_id: int, since: int) -> Values:
    return {"its_conversation": row_id, "its_since": since}
