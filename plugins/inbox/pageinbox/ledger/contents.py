"""What one message tells of: chosen from the queue, or claimed before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Row, bindparam, or_, select, update

from pageinbox.ledger.claims import AHEAD
from pageinbox.ledger.codes import LATER_CODES
from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.ours import OURS
from pageinbox.ledger.packing import unpack_conversation, unpack_news, unpack_notice
from pageinbox.ledger.reminders import settle
from pageinbox.ledger.schema import announcement, conversation, ms, news, notice, source
from pageinbox.model.act import Marks
from pageinbox.model.announcement import Announcement, News, Occasion, QueuedNews, QueuedNotice
from pageinbox.model.reminder import Reminder
from pageinbox.model.source import Source
from pageinbox.model.watch import Detail, Later

Choose = Callable[[Sequence[QueuedNews], Sequence[QueuedNotice]], tuple[Sequence[QueuedNews], Sequence[QueuedNotice]]]
"""From all of a room that is due, or due in a moment, what goes into its next message."""

ROOM = bindparam("its_room", type_=Integer)
NEWS = (
    select(news)
    .join(conversation, conversation.c.id == news.c.conversation)
    .where(news.c.room == ROOM, news.c.due.is_not(None), news.c.source.in_(OURS))
    .order_by(news.c.found, conversation.c.updated, conversation.c.id)
)
"""What a room is still to be told of conversations in the known sources, oldest first."""

NOTICES = select(notice).where(notice.c.room == ROOM, notice.c.due.is_not(None)).order_by(notice.c.found, notice.c.id)
"""What a room is still to be told of how sources fare, oldest first."""


def soon(table: Any) -> Any:
    """That nobody says a row now, and it is due, or due in a moment. As for `claims.is_due`, what was found much later
    than now is due."""
    is_due = table.c.due <= bindparam("ahead", type_=BigInteger)
    return table.c.announcement.is_(None) & or_(is_due, table.c.found > bindparam("false", type_=BigInteger))


NEXT_NEWS, NEXT_NOTICES = NEWS.where(soon(news)), NOTICES.where(soon(notice))
CLAIMED_NEWS = NEWS.where(news.c.announcement == bindparam("number"))
CLAIMED_NOTICES = NOTICES.where(notice.c.announcement == bindparam("number"))
FREE_NOTICES = NOTICES.where(notice.c.announcement.is_(None))
SOURCES = select(source).where(source.c.id.in_(bindparam("ids", expanding=True)))
ORIGIN = (
    select(announcement.c.receipt)
    .join(news, news.c.announcement == announcement.c.id)
    .where(news.c.conversation == bindparam("its_conversation"), news.c.room == ROOM, news.c.version == 0)
)
# Each by its key: SQLite looks for many at once by reading all.
TAKE_NEWS = (
    update(news)
    .where(news.c.room == ROOM, news.c.conversation == bindparam("of"), news.c.version == bindparam("as_of"))
    .values(announcement=bindparam("number"))
)
TAKE_NOTICES = (
    update(notice).where(notice.c.id.in_(bindparam("ids", expanding=True))).values(announcement=bindparam("number"))
)
"""Made once: making a statement takes as long as running it."""


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
    connection: Connection, room_id: int, ours: Mapping[str, object], *, choose: Choose, at: int, ahead: int
) -> Contents | None:
    """What of the known sources a room is to be told next; None where nothing is due at `at`.

    `ours` is what `OURS` is run with. `choose` is shown what is due until `ahead`. Both are in milliseconds since 1970.
    """
    false = at + ms(AHEAD)
    its = {"its_room": room_id, "ahead": ahead, "false": false}

    def due(row: Row[Any]) -> bool:
        return bool(row.due <= at or row.found > false)

    rows = settle(connection, connection.execute(NEXT_NEWS, {**ours, **its}).all())
    notices = connection.execute(NEXT_NOTICES, its).all()
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
    connection: Connection, room_id: int, ours: Mapping[str, object], *, number: int
) -> Contents | None:
    """What of the known sources an announcement is still to tell; None for nothing."""
    its = {"its_room": room_id, "number": number}
    rows = connection.execute(CLAIMED_NEWS, {**ours, **its}).all()
    return contents(connection, rows, connection.execute(CLAIMED_NOTICES, its).all())


def take(connection: Connection, room_id: int, found: Contents, number: int) -> None:
    """Have what a room is to be told next be what an announcement tells."""
    its = {"its_room": room_id, "number": number}
    if found.news:
        connection.execute(TAKE_NEWS, [{**its, "of": row.conversation, "as_of": row.version} for row in found.news])
    if found.notices:
        connection.execute(TAKE_NOTICES, {"ids": [row.id for row in found.notices], "number": number})


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
    ids = [*{row.source for row in rows}]
    return {row.id: row for row in connection.execute(SOURCES, {"ids": ids})} if ids else {}


def in_thread(row: Row[Any]) -> bool:
    """Whether it tells of a later message, in the thread of what was told first."""
    return bool(row.version > 0 and row.later == LATER_CODES[Later.THREAD])


def origin(connection: Connection, row: Row[Any]) -> str:
    """The receipt of the message that told the room of this conversation first; empty where there is none."""
    its = {"its_conversation": row.conversation, "its_room": row.room}
    receipt: str | None = connection.execute(ORIGIN, its).scalar_one_or_none()
    return receipt or ""
