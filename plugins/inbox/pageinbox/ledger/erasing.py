"""Erasing somebody: all rows about their conversations at once, and what is left of such rows in the files.

`inbox_meta` has two rows for it, besides those of `lasting`: `erasings` counts them, so that other bots notice, and
`untidy` says up to which of them the files are still to be written anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, or_, select, update

from pageinbox.ledger import lasting
from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import ACTIVE
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.following import Following
from pageinbox.ledger.packing import unpack_spec
from pageinbox.ledger.schema import (
    act,
    announcement,
    answer,
    conversation,
    forgotten,
    meta,
    ms,
    mute,
    news,
    room,
    source,
    wait,
    watch,
)
from pageinbox.ledger.sources import Sources, key_of
from pageinbox.model.conversation import Conversation
from pageinbox.model.erasing import Told, Traces
from pageinbox.model.history import State
from pageinbox.model.source import Source
from pageinbox.model.text import fold

DAY = ms(86400)

COUNT, UNTIDY = "erasings", "untidy"

ABOUT = (news, wait, answer, act, mute)
"""What names a conversation by its row."""

FACTS = select(meta)
KEYS = select(forgotten.c.key)
OLDEST = select(func.min(func.coalesce(source.c.forgotten, 0))).where(source.c.wanted).scalar_subquery()
EXPIRE = delete(forgotten).where(forgotten.c.at < OLDEST)
PENDING = (
    select(announcement.c.id, room.c.name)
    .join(room, room.c.id == announcement.c.room)
    .where(
        announcement.c.edit.is_not(None),
        announcement.c.erased.is_not(None),
        or_(announcement.c.state == State.SENT.value, ACTIVE),
    )
    .order_by(room.c.name, announcement.c.id)
)
"""Made once: making a statement takes as long as running it. Those of erasing itself are not: few are erased."""


class Erasure:
    """Erases conversations from one ledger."""

    def __init__(self, ledger: Ledger, sources: Sources, following: Following) -> None:
        self._ledger = ledger
        self._sources = sources
        self._following = following

    def traces(self, conversation_ids: Collection[str]) -> Traces:
        """What there is of these conversations. Raises LedgerError."""
        keys = [key_of(conversation_id) for conversation_id in conversation_ids]
        with self._ledger.reading() as connection:
            rows = connection.execute(select(conversation.c.id).where(conversation.c.key.in_(keys))).scalars().all()
            return self._traces(connection, rows)

    def erase(self, found: Sequence[tuple[Source, Conversation]]) -> Traces:
        """Erase conversations, each as it was seen last in a list, in one transaction; gives what there was.

        The messages that told of them are due to be edited. No look learns them anew before the customer writes again,
        and what a look has just read of these lists is not kept. Raises LedgerError.
        """
        with self._ledger.writing() as connection:
            at = self._ledger.now(connection)
            seen = {key_of(item.id): in_time(at, item.updated, item.wrote) for _, item in found}
            self._end_looks(connection, [listed for listed, _ in found])
            mine = select(conversation).where(conversation.c.key.in_(list(seen))).order_by(conversation.c.id)
            rows = connection.execute(mine.with_for_update()).all()
            ids = [row.id for row in rows]
            traces = self._traces(connection, ids)
            self._following.hold(connection, ids)
            self._take_out(connection, ids, at)
            self._drop_ended_watches(connection, [item.name for _, item in found if item.name])
            for table in ABOUT:
                connection.execute(delete(table).where(table.c.conversation.in_(ids)))
            connection.execute(delete(conversation).where(conversation.c.id.in_(ids)))
            void = announcement.c.erased.is_not(None), announcement.c["items"] == 0
            connection.execute(delete(announcement).where(announcement.c.state == State.GIVEN_UP.value, *void))
            for row in rows:
                if row.folders:  # else no look has met it, and counted it
                    fewer = update(source).where(source.c.id == row.source, source.c.known > 0)
                    connection.execute(fewer.values(known=source.c.known - 1))
                seen[row.key] = max(seen[row.key], in_time(at, row.updated / 1000))
            for key, latest in seen.items():
                self._put(connection, forgotten, {"key": key, "at": latest or at})
            count = connection.execute(select(meta.c.value).where(meta.c.name == COUNT)).scalar()
            for name in (COUNT, UNTIDY):
                self._put(connection, meta, {"name": name, "value": str(int(count or 0) + 1)})
        return traces

    def state(self) -> tuple[int, bool]:
        """How often something was erased in this ledger, and whether its files are to be written anew.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            facts = {row.name: row.value for row in connection.execute(FACTS)}
        return int(facts.get(COUNT, 0)), UNTIDY in facts

    def keys(self) -> set[int]:
        """What the conversations are known by that were erased, as `key_of` gives it. Raises LedgerError."""
        with self._ledger.reading() as connection:
            return set(connection.execute(KEYS).scalars())

    def expire(self) -> None:
        """Drop what is kept of conversations so old that no list is read so far back. Raises LedgerError."""
        with self._ledger.writing() as connection:
            connection.execute(EXPIRE)
            lasting.expire(connection)

    def tidy(self) -> int:
        """Write the ledger's files anew, without what was erased, and delete the copies of older versions beside it.

        Gives how many copies there were. It can be done again after it was broken off. Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            until = connection.execute(select(meta.c.value).where(meta.c.name == UNTIDY)).scalar()
        copies = self._ledger.drop_copies()
        self._ledger.rewrite()
        with self._ledger.writing() as connection:
            # Unless something else was erased meanwhile.
            connection.execute(delete(meta).where(meta.c.name == UNTIDY, meta.c.value == until))
        return copies

    def pending(self) -> list[tuple[int, str]]:
        """The announcements, each with its room, that have yet to be edited since something in them was erased.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(PENDING).all()
        return [(number, name) for number, name in rows]

    def lasting(self) -> list[tuple[str, str]]:
        """The rooms of messages that can't be edited since something in them was erased, each with the reason.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            return lasting.lasting(connection)

    def _traces(self, connection: Connection, rows: Collection[int]) -> Traces:
        def many(table: Any) -> int:
            return connection.execute(
                select(func.count()).select_from(table).where(table.c.conversation.in_(rows))
            ).scalar_one()

        queued = select(func.count()).where(news.c.conversation.in_(rows), news.c.due.is_not(None))
        there = (
            select(announcement.c.id, room.c.name, announcement.c.receipt, announcement.c.state)
            .join(room, room.c.id == announcement.c.room)
            .join(news, news.c.announcement == announcement.c.id)
            .where(news.c.conversation.in_(rows), announcement.c.state != State.GIVEN_UP.value)
            .distinct()
            .order_by(room.c.name, announcement.c.id)
        )
        told = [
            Told(row.id, row.name, row.receipt is not None or row.state != State.SENT.value)
            for row in connection.execute(there)
        ]
        return Traces(
            known=len(rows),
            waits=many(wait) + many(answer),
            acts=many(act),
            queued=connection.execute(queued).scalar_one(),
            told=tuple(told),
        )

    def _end_looks(self, connection: Connection, lists: Collection[Source]) -> None:
        """Take their right from the looks under way at these lists, and at the others of the same platform and Page.

        What they have read would bring back what is erased.
        """
        for names in {(place["its_page"], place["its_platform"]) for place in map(self._sources.its, lists)}:
            theirs = source.c.page == names[0], source.c.platform == names[1]
            connection.execute(update(source).where(*theirs).values(lease=None, lease_until=None))

    def _take_out(self, connection: Connection, rows: Collection[int], at: int) -> None:
        """Count as erased what was told of conversations; each message that is or may be there is due to be edited."""
        told = and_(news.c.conversation.in_(rows), news.c.announcement.is_not(None))
        counts = select(news.c.announcement, func.count().label("many")).where(told).group_by(news.c.announcement)
        less = announcement.c["items"] - bindparam("many")
        # Later than the one that may be under way, which must not take this one for done.
        later = func.coalesce(announcement.c.edit, 0) + 1
        there = or_(announcement.c.receipt.is_not(None), ACTIVE)  # one that is being sent gets its receipt later on
        marked = update(announcement).where(announcement.c.id == bindparam("number"))
        marked = marked.values(
            items=case((less > 0, less), else_=0),
            erased=func.coalesce(announcement.c.erased, 0) + bindparam("many"),
            edit=case((there, case((later > at, later), else_=at)), else_=None),
        )
        for number, many in connection.execute(counts.order_by(news.c.announcement)).all():
            connection.execute(marked, {"number": number, "many": many})

    def _drop_ended_watches(self, connection: Connection, names: Collection[str]) -> None:
        """Drop what is left of watches that have ended and were about one of these names."""
        rows = connection.execute(select(watch.c.id, watch.c.spec).where(watch.c.ended.is_not(None))) if names else ()
        gone = [row.id for row in rows if any(is_about(row.spec, name) for name in names)]
        connection.execute(delete(watch).where(watch.c.id.in_(gone)))

    def _put(self, connection: Connection, table: Any, values: dict[str, Any]) -> None:
        """A row, in the place of one with the same key."""
        key, value = values
        statement = INSERTS[connection.dialect.name](table).values(**values)
        changed = {value: getattr(statement.excluded, value)}
        connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed))


def in_time(at: int, *changes: float | None) -> int:
    """The first of a conversation's times that is none of Meta's wrong ones, in milliseconds; else `at`, which is now.

    By a time far ahead, whoever wrote would not be heard of until then.
    """
    return next((ms(change) for change in changes if change is not None and ms(change) <= at + DAY), at)


def is_about(spec: str, name: str) -> bool:
    """Whether a watch, as the ledger keeps it, is about somebody of this name, or may be, where it can't be read."""
    read = unpack_spec(spec)
    return fold(name) in fold(read) if isinstance(read, str) else read.names(name)
