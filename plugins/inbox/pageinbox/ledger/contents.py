"""What one message tells of: chosen from the queue, or claimed before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from pageinbox.ledger.claims import AHEAD
from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.packing import unpack_conversation, unpack_news, unpack_notice
from pageinbox.ledger.reminders import settle
from pageinbox.ledger.schema import LATER_CODES, announcement, conversation, ms, news, notice, source
from pageinbox.model.act import Marks
from pageinbox.model.announcement import Announcement, News, Occasion, QueuedNews, QueuedNotice
from pageinbox.model.reminder import Reminder
from pageinbox.model.source import Source
from pageinbox.model.watch import Detail, Later

Choose = Callable[[Sequence[QueuedNews], Sequence[QueuedNotice]], tuple[Sequence[QueuedNews], Sequence[QueuedNotice]]]
"""From all of a room that is due, or due in a moment, what goes into its next message."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The rows that one message tells of, the sources' rows they name, and the marks on their conversations, by row."""

    news: Sequence[Row[Any]]
    notices: Sequence[Row[Any]]
    sources: Mapping[int, Row[Any]]
    marks: Mapping[int, Marks]
    under: str = ""

    def announcement(
        self,
        number: int,
        key: str,
        room_name: str,
        *,
        source_of: Callable[[Row[Any]], Source | None],
        repeat: bool = False,
        restored: bool = False,
    ) -> Announcement:
        """The message itself; what is about a Page no longer configured is left out."""
        rows = sorted(self.news, key=lambda row: (row.conversation, row.version))
        known = [(row, source_of(self.sources[row.source])) for row in rows]
        told = [
            news_of(row, its_source, self.marks.get(row.conversation))
            for row, its_source in known
            if its_source is not None
        ]
        return Announcement(
            number,
            key,
            room_name,
            news=tuple(sorted(told, key=as_told)),
            notices=tuple(unpack_notice(row.body, row.found / 1000) for row in self.notices),
            repeat=repeat,
            restored=restored,
            under=self.under,
        )


def as_told(item: News) -> tuple[bool, float]:
    """The order in which news are told, the first time and when that is edited.

    What is only counted comes last; the others go by what they were when they were found, however they have gone on.
    """
    return (True, 0.0) if item.conversation is None else (False, item.conversation.updated)


def news_of(row: Row[Any], its_source: Source, marks: Marks | None) -> News:
    """What a row of the queue is to tell."""
    item, moved_from, reminder = (None, None, None) if row.body is None else unpack_news(row.body)
    return News(
        watch=row.watch,
        source=its_source,
        conversation=item,
        occasion=Occasion(row.occasion),
        detail=Detail(row.detail) if row.detail else None,
        again=row.version > 0,
        found=row.found / 1000,
        since=None if row.since is None else row.since / 1000,
        latest=None if row.latest is None else unpack_conversation(row.latest),
        moved_from=moved_from,
        reminder=reminder,
        marks=marks,
    )


def next_contents(
    connection: Connection, room_id: int, known: Select[tuple[int]], *, choose: Choose, at: int, ahead: int
) -> Contents | None:
    """What of the known sources a room is to be told next; None where nothing is due at `at`.

    `choose` is shown what is due until `ahead`. Both are in milliseconds since 1970. As for `claims.is_due`, what was
    found much later than now is due.
    """
    false = at + ms(AHEAD)

    def soon(table: Any) -> list[Any]:
        return [table.c.announcement.is_(None), or_(table.c.due <= ahead, table.c.found > false)]

    def due(row: Row[Any]) -> bool:
        return bool(row.due <= at or row.found > false)

    rows = settle(connection, news_rows(connection, room_id, known, *soon(news)))
    notices = notice_rows(connection, room_id, *soon(notice))
    told, with_them = choose(
        [
            QueuedNews(
                number=number,
                found=row.found / 1000,
                due=due(row),
                occasion=Occasion(row.occasion),
                detail=Detail(row.detail) if row.detail else None,
                thread=row.conversation if in_thread(row) else None,
                reminder=Reminder.of(row.version).kind if row.version < 0 else None,
            )
            for number, row in enumerate(rows)
        ],
        [
            QueuedNotice(
                number=number, found=row.found / 1000, due=due(row), kind=unpack_notice(row.body, row.found / 1000).kind
            )
            for number, row in enumerate(notices)
        ],
    )
    return contents(connection, [rows[each.number] for each in told], [notices[each.number] for each in with_them])


def claimed_contents(
    connection: Connection, room_id: int, known: Select[tuple[int]], *, number: int
) -> Contents | None:
    """What of the known sources an announcement is still to tell; None for nothing."""
    rows = news_rows(connection, room_id, known, news.c.announcement == number)
    return contents(connection, rows, notice_rows(connection, room_id, notice.c.announcement == number))


def contents(connection: Connection, rows: Sequence[Row[Any]], notices: Sequence[Row[Any]]) -> Contents | None:
    """These rows with all that is needed to tell them; None where there are none."""
    if not rows and not notices:
        return None
    return Contents(
        news=rows,
        notices=notices,
        sources=sources_of(connection, rows),
        marks=marks_of(connection, {row.conversation for row in rows}),
        under=origin(connection, rows[0]) if rows and in_thread(rows[0]) else "",
    )


def sources_of(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    """The rows of the sources that rows of news name, by id."""
    ids = {row.source for row in rows}
    return {row.id: row for row in connection.execute(select(source).where(source.c.id.in_(ids)))}


def news_rows(connection: Connection, room_id: int, known: Select[tuple[int]], *conditions: Any) -> Sequence[Row[Any]]:
    """What a room is still to be told of conversations in the known sources, oldest first."""
    where = and_(news.c.room == room_id, news.c.due.is_not(None), news.c.source.in_(known), *conditions)
    joined = select(news).join(conversation, conversation.c.id == news.c.conversation).where(where)
    return connection.execute(joined.order_by(news.c.found, conversation.c.updated, conversation.c.id)).all()


def notice_rows(connection: Connection, room_id: int, *conditions: Any) -> Sequence[Row[Any]]:
    """What a room is still to be told of how sources fare, oldest first."""
    where = and_(notice.c.room == room_id, notice.c.due.is_not(None), *conditions)
    return connection.execute(select(notice).where(where).order_by(notice.c.found, notice.c.id)).all()


def in_thread(row: Row[Any]) -> bool:
    """Whether it tells of a later message, in the thread of what was told first."""
    return bool(row.version > 0 and row.later == LATER_CODES[Later.THREAD])


def origin(connection: Connection, row: Row[Any]) -> str:
    """The receipt of the message that told the room of this conversation first; empty where there is none."""
    first = and_(news.c.conversation == row.conversation, news.c.room == row.room, news.c.version == 0)
    told = select(announcement.c.receipt).join(news, news.c.announcement == announcement.c.id)
    receipt: str | None = connection.execute(told.where(first)).scalar_one_or_none()
    return receipt or ""
