"""Which of the things a room is to be told go into one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from pageinbox.ledger.packing import unpack_conversation, unpack_notice
from pageinbox.ledger.schema import LATER_CODES, announcement, conversation, ms, news, notice, source
from pageinbox.model.announcement import GATHERING, SINGLY, Announcement, News, NoticeKind, Occasion
from pageinbox.model.source import Source
from pageinbox.model.watch import Detail, Later

ORDER = (news.c.found, conversation.c.updated, conversation.c.id)
"""Oldest first."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The rows that one message tells of, and the sources' rows they name."""

    news: Sequence[Row[Any]]
    notices: Sequence[Row[Any]]
    sources: Mapping[int, Row[Any]]
    under: str = ""

    def announcement(
        self, number: int, key: str, name: str, source_of: Callable[[Row[Any]], Source | None], repeat: bool = False
    ) -> Announcement:
        """The message itself; what is about a Page no longer configured is left out."""
        told = []
        for row in self.news:
            if (one := source_of(self.sources[row.source])) is not None:
                told.append(
                    News(
                        row.watch,
                        one,
                        None if row.body is None else unpack_conversation(row.body),
                        Occasion(row.occasion),
                        Detail(row.detail) if row.detail else None,
                        row.version != 0,
                        row.found / 1000,
                        None if row.since is None else row.since / 1000,
                        None if row.latest is None else unpack_conversation(row.latest),
                    )
                )
        notices = tuple(unpack_notice(row.body, row.found / 1000) for row in self.notices)
        return Announcement(number, key, name, tuple(told), notices, repeat, self.under)


def parcel(
    connection: Connection, room_id: int, at: int, latest: int, places: Sequence[int], number: int | None = None
) -> Parcel | None:
    """What is to be said of the sources in `places` next in a room, or in announcement `number`; None for nothing.

    A few new conversations go one by one, in order; more than `SINGLY` together. What was held over quiet hours
    goes together, and so does what was found after a time without looks, with the recovery.
    """
    claimable: list[Any]
    due: list[Any]
    if number is None:
        claimable = [table.c.announcement.is_(None) for table in (news, notice)]
        due = [or_(table.c.due <= at + ms(GATHERING), table.c.due > latest) for table in (news, notice)]
    else:
        claimable = [table.c.announcement == number for table in (news, notice)]
        due = [table.c.due.is_not(None) for table in (news, notice)]
    notices = connection.execute(
        select(notice)
        .where(notice.c.room == room_id, notice.c.due.is_not(None), claimable[1], due[1])
        .order_by(notice.c.found, notice.c.id)
    ).all()
    mine = and_(news.c.room == room_id, news.c.due.is_not(None), news.c.source.in_(places), claimable[0], due[0])
    rows = connection.execute(
        select(news).join(conversation, conversation.c.id == news.c.conversation).where(mine).order_by(*ORDER)
    ).all()
    if not rows and not notices:
        return None
    told, with_them = (rows, notices) if number is not None else choose(rows, notices, at)
    if not told and not with_them:
        return None
    named = {row.source for row in told}
    sources = {row.id: row for row in connection.execute(select(source).where(source.c.id.in_(named)))}
    under = origin(connection, told[0]) if told and in_thread(told[0]) else ""
    return Parcel(told, with_them, sources, under)


def in_thread(row: Row[Any]) -> bool:
    """Whether it tells of a later message, in the thread of what was told first."""
    return bool(row.version != 0 and row.later == LATER_CODES[Later.THREAD])


def origin(connection: Connection, row: Row[Any]) -> str:
    """The receipt of the message that told the room of this conversation first; empty where there is none."""
    first = and_(news.c.conversation == row.conversation, news.c.room == row.room, news.c.version == 0)
    told = select(announcement.c.receipt).join(news, news.c.announcement == announcement.c.id)
    receipt: str | None = connection.execute(told.where(first)).scalar_one_or_none()
    return receipt or ""


def choose(
    rows: Sequence[Row[Any]], notices: Sequence[Row[Any]], at: int
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """The news and the notices that are said first, each in order; none where nothing is due at `at` yet.

    What is gathered takes along what would be due a moment later.
    """
    soon = at + ms(GATHERING)
    due_notices = [row for row in notices if not at < row.due <= soon]
    due_rows = [row for row in rows if not at < row.due <= soon]
    if not due_notices and not due_rows:
        return [], []
    away = [row for row in rows if row.occasion == Occasion.AWAY and not in_thread(row)]
    if due_notices and (not due_rows or due_notices[0].found <= due_rows[0].found):
        kinds = {row.id: unpack_notice(row.body, 0.0).kind for row in notices}
        kind = kinds[due_notices[0].id]
        return (away if kind is NoticeKind.RECOVERED else []), [row for row in notices if kinds[row.id] is kind]
    if in_thread(due_rows[0]):
        one = due_rows[0].conversation
        return [row for row in due_rows if row.conversation == one and in_thread(row)], []
    if due_rows[0].occasion == Occasion.AWAY:
        return away, [row for row in notices if unpack_notice(row.body, 0.0).kind is NoticeKind.RECOVERED]
    alike = [row for row in due_rows if row.occasion == due_rows[0].occasion and not in_thread(row)]
    if due_rows[0].occasion == Occasion.ONGOING and due_rows[0].detail == Detail.COUNT:
        return [row for row in alike if row.detail == Detail.COUNT], []  # one number says as much as several
    one_by_one = due_rows[0].occasion == Occasion.ONGOING and len(alike) <= SINGLY
    return (alike[:1] if one_by_one else alike), []
