"""Conversations that go on after a room was told of them: messages for the thread, and announcements to edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pageinbox.ledger.claims import AHEAD, AT, CLAIM, LONGEST, lapsed, reachable
from pageinbox.ledger.contents import Contents, sources_of
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.lasting import stays
from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.packing import pack_conversation, pack_news, unpack_conversation, unpack_news
from pageinbox.ledger.schema import LATER_CODES, announcement, ms, news, room
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement, Occasion, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.history import State
from pageinbox.model.watch import Detail, Later, Muted, Watch

GATHERED = 1.0
"""Seconds that the edit for an act waits for further ones."""

EDITABLE = 3 * 86400.0
"""Seconds for which an announcement is edited, and what it says is kept for that: a weekend and a little more."""

DUE = or_(announcement.c.edit <= AT, announcement.c.edit > AT + ms(AHEAD))
FREE = update(announcement).where(announcement.c.id == bindparam("number"), lapsed(), DUE)
"""An announcement that is to be edited, and that nobody has a claim on."""

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
        self._due, self._waiting = due_and_waiting(sources.ours)
        self._upsert: Any = postgresql.insert if ledger.engine.dialect.name == "postgresql" else sqlite.insert

    def hold(self, connection: Connection, conversation_rows: Collection[int]) -> None:
        """Keep others from changing announcements that tell of these conversations, until this transaction ends.

        Whoever changes several takes them in this order: in PostgreSQL, two that took them in different ones would wait
        for each other. In SQLite one writes at a time.
        """
        if conversation_rows and self._ledger.engine.dialect.name == "postgresql":
            telling = select(news.c.announcement).where(news.c.conversation.in_(conversation_rows))
            held = select(announcement.c.id).where(announcement.c.id.in_(telling)).order_by(announcement.c.id)
            connection.execute(held.with_for_update())

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
            news.c.version <= 0,
            news.c.later.is_not(None),
            news.c.verdict.in_(TOLD),
            news.c.watch.in_([*by_number, 0]),
        )
        columns = select(news, room.c.name).join(room, room.c.id == news.c.room).where(followed)
        queued = 0
        for row in connection.execute(columns).all() if given else ():
            item = given[row.conversation]
            if row.later == LATER_CODES[Later.EDIT]:
                queued += self._edit(connection, row, item, now)
            elif not {Muted(row.name, watch=row.watch), Muted(row.name, conversation=item.id)} & set(muted):
                watch = by_number[row.watch]
                quiet = watch.spec.quiet
                due = (quiet and quiet.until(now)) or now
                queued += self._say(connection, row, item, now, due, watch.spec.detail)
        return queued

    def _edit(self, connection: Connection, row: Any, item: Conversation, now: float) -> int:
        if row.body is None:  # only counted, or told too long ago
            return 0
        if row.version < 0 and row.latest is not None and unpack_conversation(row.latest).waiting is False:
            return 0  # what it reminded of was answered: what comes now is another wait
        packed = pack_conversation(item)
        told, moved_from, reminder = unpack_news(row.body)
        if unclocked(item) == unclocked(told) or packed == row.latest:
            return 0
        changed: dict[str, str | None] = {"latest": packed}
        if told.unreadable and not item.unreadable:
            # As if it had been read when the room was told, but for the words it had then, if there are newer ones.
            then = msgspec.structs.replace(
                item, updated=told.updated, snippet=None, wrote=None, automatic=False, said=None
            )
            changed["body"] = pack_news(then, moved_from, reminder)
            if item.said_at <= told.updated:
                changed = {"body": pack_news(item, moved_from, reminder), "latest": None}
        mine = and_(news.c.conversation == row.conversation, news.c.room == row.room, news.c.version == row.version)
        connection.execute(update(news).where(mine).values(**changed))
        if row.announcement is None:
            return 0
        edited = update(announcement).where(announcement.c.id == row.announcement)
        # Later than the one that may be under way, which must not take this one for done.
        again = func.coalesce(announcement.c.edit, 0) + 1
        at = self._greatest(again, ms(now))
        return connection.execute(edited.values(edit=at)).rowcount

    def acted(self, connection: Connection, conversation_row: int) -> int:
        """Somebody of the team did something with a conversation: have every message edited that still tells of it.

        Gives how many. However many acts come within a second, they make two edits at most: what waits to be edited is
        not put off, and only what is being edited just now is edited once more.
        """
        at = self._ledger.now(connection)
        told = and_(news.c.conversation == conversation_row, news.c.body.is_not(None))
        telling = select(news.c.announcement).where(told, news.c.announcement.is_not(None)).distinct()
        waits = and_(announcement.c.edit.is_not(None), or_(announcement.c.edit > AT, lapsed()))
        again = self._greatest(func.coalesce(announcement.c.edit, 0) + 1, at + ms(GATHERED))
        edit = case((waits, announcement.c.edit), else_=again)
        # Also where it stays as it is: who is about to claim the edit has to wait for this act, and tells of it.
        edited = update(announcement).where(announcement.c.id == bindparam("number")).values(edit=edit)
        numbers = connection.execute(telling.order_by(news.c.announcement)).scalars().all()
        for number in numbers:
            connection.execute(edited, {"number": number, "now": at})
        return len(numbers)

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

    def claim(self, numbers: Collection[int] | None = None) -> Edit | None:
        """The next edit this session is to make, of these announcements where any are named; None where none is due.

        One is taken in each transaction: PostgreSQL keeps hold of what was taken in vain, in whatever order that was.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(self._due, {"now": self._ledger.now(connection)}).all()
        for row in rows:
            if numbers is not None and row.id not in numbers:
                continue
            with self._ledger.writing() as connection:
                at = self._ledger.now(connection)
                claim = FREE.values(session=self._ledger.session, until=at + ms(CLAIM)).returning(announcement.c.edit)
                due = connection.execute(claim, {"now": at, "number": row.id}).scalar_one_or_none()
                if due is None:
                    continue
                item = self._told(connection, row)
                if item is not None and row.receipt:
                    return Edit(item, row.receipt, due)
                self._made(connection, row.id, due)
        return None

    def _told(self, connection: Connection, row: Any) -> Announcement | None:
        """What an announcement said, with what came since; None where that is no longer kept.

        Where something in it was erased there is always something to say.
        """
        mine = and_(news.c.announcement == row.id, news.c.room == row.room, news.c.kept.is_not(None))
        rows = connection.execute(select(news).where(mine).order_by(news.c.conversation)).all()
        key = self._ledger.key(row.id)
        if not any(said.body for said in rows):
            if not row.erased:
                return None
            return Announcement(
                row.id, key, row.name, said=row.at / 1000, erased=row.erased, unkept=row._mapping["items"]
            )
        marks = marks_of(connection, {said.conversation for said in rows})
        said = Contents(news=rows, notices=(), sources=sources_of(connection, rows), marks=marks)
        item = said.announcement(row.id, key, row.name, source_of=self._sources.named, repeat=bool(row.repeat))
        return replace(item, said=row.at / 1000, erased=row.erased or 0)

    def check(self) -> None:
        """Raises LedgerError where an edit could not be noted, since the ledger is no longer there."""
        self._ledger.check()

    def done(self, edit: Edit, why: str = "") -> None:
        """It is made, unless something came in meanwhile; or `why` it can't be, kept where something was erased.

        Where another bot took it over, it is made once more: what that one put there may have been newer.
        """
        with self._ledger.writing() as connection:
            if why and edit.item.erased:
                stays(connection, edit.item.number, why)
            if not self._made(connection, edit.item.number, edit.due):
                again = and_(announcement.c.id == edit.item.number, announcement.c.edit.is_(None))
                at = self._ledger.now(connection)
                connection.execute(update(announcement).where(again).values(edit=at))

    def put_off(self, edit: Edit, pause: float) -> None:
        """It could not be made; try again in `pause` seconds."""
        mine = and_(announcement.c.id == edit.item.number, announcement.c.session == self._ledger.session)
        with self._ledger.writing() as connection:
            until = self._ledger.now(connection) + ms(min(pause, LONGEST))
            connection.execute(update(announcement).where(mine).values(edit=until, session=None, until=None))

    def _made(self, connection: Connection, number: int, due: int) -> bool:
        """End our claim, and the edit if it is still the one that was made; False where the claim is no longer ours."""
        mine = and_(announcement.c.id == number, announcement.c.session == self._ledger.session)
        connection.execute(update(announcement).where(mine, announcement.c.edit == due).values(edit=None))
        return bool(connection.execute(update(announcement).where(mine).values(session=None, until=None)).rowcount)

    def wait(self) -> float | None:
        """Seconds until an edit is due; None where there is none."""
        with self._ledger.reading() as connection:
            at = self._ledger.now(connection)
            moments = [max(row) for row in connection.execute(self._waiting, {"now": at})]
        return max(0.0, (min(moments) - at) / 1000) if moments else None

    def fade(self) -> None:
        """Erase what was said for too long to be edited any more."""
        with self._ledger.writing() as connection:
            before = self._ledger.now(connection) - ms(EDITABLE)
            old = and_(announcement.c.state == State.SENT.value, announcement.c.at < before)
            said = and_(news.c.kept.is_not(None), exists().where(announcement.c.id == news.c.announcement, old))
            erased = {"since": None, "detail": None, "body": None, "latest": None, "kept": None}
            connection.execute(update(news).where(said).values(**erased))
            # What was erased is taken out of a message however old it is.
            over = and_(old, announcement.c.edit.is_not(None), announcement.c.erased.is_(None))
            connection.execute(update(announcement).where(over).values(edit=None))


@lru_cache(8)
def due_and_waiting(known: Select[tuple[int]]) -> tuple[Select[Any], Select[Any]]:
    """What selects the announcements about known sources that are to be edited now, and when each of all of them is."""
    told = and_(announcement.c.edit.is_not(None), announcement.c.state == State.SENT.value, ~elsewhere(known))
    columns = select(announcement, room.c.name).join(room, room.c.id == announcement.c.room)
    moments = (
        case((DUE, 0), else_=announcement.c.edit).label("edit"),
        case((lapsed(), 0), else_=announcement.c.until).label("until"),
        case((reachable(), 0), else_=room.c.retry).label("retry"),
    )
    return (
        columns.where(told, DUE, lapsed(), reachable()).order_by(announcement.c.edit),
        select(*moments).join(room, room.c.id == announcement.c.room).where(told),
    )


def elsewhere(known: Select[tuple[int]]) -> Any:
    """The condition that an announcement told of sources beyond these: of a Page that only another bot knows."""
    inside = and_(news.c.room == announcement.c.room, news.c.announcement == announcement.c.id)
    kept = and_(news.c.kept.is_not(None), news.c.body.is_not(None))
    return exists().where(inside, kept, news.c.source.not_in(known))


def unclocked(item: Conversation) -> Conversation:
    """A conversation without the times of waits: no announcement shows them."""
    return msgspec.structs.replace(item, waits=None, at_least=False, answered=None)
