"""Conversations that go on after a room was told of them: messages for the thread, and announcements to edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import AT, lapsed
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_conversation, pack_news, unpack_conversation, unpack_news
from pageinbox.ledger.schema import LATER_CODES, announcement, ms, news, room
from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.watch import Detail, Later, Muted, Watch

GATHERED = 1.0
"""Seconds that the edit for an act waits for further ones."""

TOLD = (Verdict.ANNOUNCED.value, Verdict.HELD.value)


class Following:
    """Has a ledger's announcements follow what goes on in their conversations, and what the team does with these."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._upsert: Any = INSERTS[ledger.engine.dialect.name]

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


def unclocked(item: Conversation) -> Conversation:
    """A conversation without the times of waits: no announcement shows them."""
    return msgspec.structs.replace(item, waits=None, at_least=False, answered=None)
