"""Conversations that go on after a room was told of them: messages for the thread, and announcements to edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pageinbox.ledger.claims import CLAIM, LATEST, reachable
from pageinbox.ledger.contents import Contents, sources_of
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_conversation, pack_news, unpack_news
from pageinbox.ledger.schema import LATER_CODES, announcement, ms, news, room
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement, News, Occasion, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.history import State
from pageinbox.model.watch import Detail, Later, Muted, Watch

EDITABLE = 3 * 86400.0
"""Seconds for which an announcement is edited, and what it says is kept for that: a weekend and a little more."""

TOLD = (Verdict.ANNOUNCED.value, Verdict.HELD.value)


@dataclass(frozen=True, slots=True)
class Edit:
    """An announcement whose message, known by its receipt, has to say something else now. `due` names this change."""

    item: Announcement
    receipt: str
    due: int


class Edits:
    """What becomes of announcements later on. An edit can be made twice without harm, so that no doubt is possible."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources
        self._upsert: Any = postgresql.insert if ledger.engine.dialect.name == "postgresql" else sqlite.insert

    def follow(
        self,
        connection: Connection,
        ids: Mapping[str, int],
        items: Sequence[Conversation],
        *,
        watches: Sequence[Watch],
        muted: Collection[Muted],
        now: float,
    ) -> int:
        """Let the rooms that were told of these conversations follow what is new in them. Gives how much is to be said.

        `ids` are the conversations' rows, `watches` those in force. A message for a thread waits for the end of the
        watch's quiet hours, an edit makes no noise and does not.
        """
        given = {ids[item.id]: item for item in items}
        by_number = {watch.number: watch for watch in watches}
        followed = and_(
            news.c.conversation.in_(list(given)),
            news.c.version == 0,
            news.c.later.is_not(None),
            news.c.verdict.in_(TOLD),
            news.c.watch.in_(list(by_number)),
        )
        columns = select(news, room.c.name).join(room, room.c.id == news.c.room).where(followed)
        queued = 0
        for row in connection.execute(columns).all() if given else ():
            item, watch = given[row.conversation], by_number[row.watch]
            if row.later == LATER_CODES[Later.EDIT]:
                queued += self._edit(connection, row, item, now)
            elif not {Muted(row.name, watch=row.watch), Muted(row.name, conversation=item.id)} & set(muted):
                quiet = watch.spec.quiet
                due = (quiet and quiet.until(now)) or now
                queued += self._say(connection, row, item, now, due, watch.spec.detail)
        return queued

    def _edit(self, connection: Connection, row: Any, item: Conversation, now: float) -> int:
        if row.body is None:  # only counted, or told too long ago
            return 0
        packed = pack_conversation(item)
        told, moved_from = unpack_news(row.body)
        if item == told or packed == row.latest:
            return 0
        changed: dict[str, str | None] = {"latest": packed}
        if told.unreadable and not item.unreadable:
            # As if it had been read when the room was told, but for the words it had then, if there are newer ones.
            then = msgspec.structs.replace(
                item, updated=told.updated, snippet=None, wrote=None, automatic=False, said=None
            )
            changed["body"] = pack_news(then, moved_from)
            if item.said_at <= told.updated:
                changed = {"body": pack_news(item, moved_from), "latest": None}
        mine = and_(news.c.conversation == row.conversation, news.c.room == row.room, news.c.version == 0)
        connection.execute(update(news).where(mine).values(**changed))
        if row.announcement is None:
            return 0
        edited = update(announcement).where(announcement.c.id == row.announcement)
        # Later than the one that may be under way, which must not take this one for done.
        again = func.coalesce(announcement.c.edit, 0) + 1
        at = self._greatest(again, ms(now))
        return connection.execute(edited.values(edit=at)).rowcount

    def _greatest(self, first: Any, second: int) -> Any:
        return (
            func.greatest(first, second)
            if self._ledger.engine.dialect.name == "postgresql"
            else func.max(first, second)
        )

    def _say(
        self, connection: Connection, row: Any, item: Conversation, now: float, due: float, detail: Detail | None
    ) -> int:
        values = {
            "conversation": row.conversation,
            "room": row.room,
            "version": ms(item.updated),
            "watch": row.watch,
            "source": row.source,
            "verdict": Verdict.ANNOUNCED.value,
            "occasion": Occasion.ONGOING.value,
            "found": ms(now),
            "due": ms(due),
            "detail": detail,  # the row's own is erased once it is said
            "body": pack_conversation(item),
            "later": row.later,
        }
        statement = self._upsert(news).values(**values)
        # Another watch of the room may just have left it out; what one says at once goes before that.
        left_out = news.c.verdict > Verdict.HELD.value
        statement = statement.on_conflict_do_update(
            index_elements=["conversation", "room", "version"], set_=values, where=left_out
        )
        return connection.execute(statement).rowcount

    def claim(self, now: float) -> Edit | None:
        """The next edit this session is to make; None where none is due."""
        at = ms(now)
        free = or_(announcement.c.until.is_(None), ~announcement.c.until.between(at + 1, at + ms(CLAIM)))
        due = or_(announcement.c.edit <= at, announcement.c.edit > at + ms(LATEST))
        columns = select(announcement, room.c.name).join(room, room.c.id == announcement.c.room)
        with self._ledger.writing() as connection:
            source_ids = self._sources.known_ids(connection)
            sent = and_(announcement.c.edit.is_not(None), announcement.c.state == State.SENT.value, due, free,
                        ~elsewhere(source_ids))  # fmt: skip
            for row in connection.execute(columns.where(sent, reachable(at)).order_by(announcement.c.edit)).all():
                mine = update(announcement).where(announcement.c.id == row.id, free)
                if not connection.execute(mine.values(session=self._ledger.session, until=at + ms(CLAIM))).rowcount:
                    continue
                item = self._told(connection, row)
                if item is not None and row.receipt:
                    return Edit(item, row.receipt, row.edit)
                self._free(connection, row.id, row.edit)
        return None

    def _told(self, connection: Connection, row: Any) -> Announcement | None:
        """What an announcement said, with what came since; None where that is erased."""
        mine = and_(news.c.announcement == row.id, news.c.room == row.room)
        rows = connection.execute(select(news).where(mine).order_by(news.c.conversation)).all()
        if not any(said.body for said in rows):
            return None
        said = Contents(news=rows, notices=(), sources=sources_of(connection, rows))
        key = self._ledger.key(row.id)
        item = said.announcement(row.id, key, row.name, source_of=self._sources.named, repeat=bool(row.repeat))
        return replace(item, news=tuple(sorted(item.news, key=as_told)), said=row.at / 1000)

    def check(self) -> None:
        """Raises LedgerError where an edit could not be noted, since the ledger is no longer there."""
        self._ledger.check()

    def done(self, edit: Edit) -> None:
        """It is made, unless something came in meanwhile."""
        with self._ledger.writing() as connection:
            self._free(connection, edit.item.number, edit.due)

    def put_off(self, edit: Edit, until: float) -> None:
        """It could not be made; try again then."""
        mine = and_(announcement.c.id == edit.item.number, announcement.c.session == self._ledger.session)
        with self._ledger.writing() as connection:
            connection.execute(update(announcement).where(mine).values(edit=ms(until), session=None, until=None))

    def _free(self, connection: Connection, number: int, due: int) -> None:
        mine = and_(announcement.c.id == number, announcement.c.session == self._ledger.session)
        made = update(announcement).where(mine, announcement.c.edit == due)
        connection.execute(made.values(edit=None))
        connection.execute(update(announcement).where(mine).values(session=None, until=None))

    def wait(self, now: float) -> float | None:
        """Seconds until an edit is due; None where there is none."""
        at = ms(now)
        columns = select(announcement.c.edit, announcement.c.until, room.c.retry)
        joined = columns.join(room, room.c.id == announcement.c.room)
        with self._ledger.reading() as connection:
            source_ids = self._sources.known_ids(connection)
            sent = and_(
                announcement.c.edit.is_not(None), announcement.c.state == State.SENT.value, ~elsewhere(source_ids)
            )
            rows = connection.execute(joined.where(sent)).all()
        # What lies further ahead than anything is put off was written by a clock that was wrong.
        ahead = [((row.edit, LATEST), (row.until or 0, CLAIM), (row.retry or 0, LATEST)) for row in rows]
        moments = [max(0 if when > at + ms(most) else when for when, most in three) for three in ahead]
        return max(0.0, (min(moments) - at) / 1000) if moments else None

    def fade(self, now: float) -> None:
        """Erase what was said for too long to be edited any more."""
        old = and_(announcement.c.state == State.SENT.value, announcement.c.at < ms(now - EDITABLE))
        said = and_(news.c.announcement.in_(select(announcement.c.id).where(old)), news.c.body.is_not(None))
        with self._ledger.writing() as connection:
            connection.execute(update(news).where(said).values(since=None, detail=None, body=None, latest=None))
            connection.execute(update(announcement).where(old, announcement.c.edit.is_not(None)).values(edit=None))


def elsewhere(source_ids: Sequence[int]) -> Any:
    """The condition that an announcement told of sources beyond these: of a Page that only another bot knows."""
    inside = and_(news.c.room == announcement.c.room, news.c.announcement == announcement.c.id)
    return exists().where(inside, news.c.body.is_not(None), news.c.source.not_in(source_ids))


def as_told(item: News) -> tuple[bool, float]:
    """The order in which news were told: what is only counted last, the others by what they were then."""
    return (True, 0.0) if item.conversation is None else (False, item.conversation.updated)
