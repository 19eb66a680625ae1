"""Which announcement is next, and when: doubts and queued news of all rooms, in the order in which they take turns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, exists, func, literal_column, or_, select, union_all, update

from pageinbox.ledger.schema import announcement, ms, news, notice, room
from pageinbox.model.history import State

CLAIM = 60.0
"""Seconds after which an announcement whose sender is silent is in doubt."""

LATEST = 2 * 86400.0
"""Nothing is put off for longer; what seems to be was put off by a clock that was wrong."""

ACTIVE: Any = literal_column("inbox_announcement.state IN ('sending', 'doubt')")
"""Under way. Spelled out, since a database uses the index of these few only where it can read the same condition."""


class Turn(NamedTuple):
    """A room that can be told something now; `doubt` is the announcement that has to be settled there first."""

    room: int
    name: str
    doubt: int | None


def expire(connection: Connection, at: int, session: str, under_way: Collection[int]) -> None:
    """Put in doubt what others claimed who are silent, and what this session claimed and no longer has `under_way`."""
    silent = or_(announcement.c.until <= at, announcement.c.until > at + ms(CLAIM))
    mine = announcement.c.session == session
    # One of our own is lost when how it went could not be recorded.
    dropped = and_(mine, announcement.c.id.not_in(list(under_way)))
    lost = and_(ACTIVE, announcement.c.state == State.SENDING.value, or_(and_(~mine, silent), dropped))
    connection.execute(update(announcement).where(lost).values(state=State.DOUBT.value, session=None, until=None))


def turns(connection: Connection, at: int, source_ids: Sequence[int]) -> list[Turn]:
    """The rooms that can be told something of these sources, first those without failures, which may take no time.

    Of those, doubts come first, then who waits longest; and so it is with the rooms that fail, as one that hangs would
    otherwise hold up all others.
    """
    columns = room.c.id, room.c.name, room.c.failures
    doubts = (
        select(*columns, announcement.c.id.label("doubt"), announcement.c.id.label("since"))
        .join(announcement, announcement.c.room == room.c.id)
        .where(ACTIVE, announcement.c.state == State.DOUBT.value, reachable(at), ~strange(source_ids))
    )
    due = []
    for table in (news, notice):
        now = or_(table.c.due <= at, table.c.due > at + ms(LATEST))
        due.append(select(table.c.room, table.c.found).where(*queued(table, source_ids), now))
    waiting = union_all(*due).subquery()
    busy = exists().where(announcement.c.room == room.c.id, ACTIVE)
    others = (
        select(*columns, func.min(waiting.c.found).label("since"))
        .join(waiting, waiting.c.room == room.c.id)
        .where(reachable(at), ~busy)
        .group_by(*columns)
    )
    found = [(row.failures > 0, 0, row.since, Turn(row.id, row.name, row.doubt)) for row in connection.execute(doubts)]
    found += [(row.failures > 0, 1, row.since, Turn(row.id, row.name, None)) for row in connection.execute(others)]
    return [turn for _, _, _, turn in sorted(found)]


def soonest(connection: Connection, source_ids: Sequence[int], under_way: Collection[int]) -> int | None:
    """When something of these sources can be said, in milliseconds; None where nothing is queued.

    What is `under_way` here tells by itself how it ends.
    """
    columns = announcement.c.id, announcement.c.room, announcement.c.until, room.c.retry
    active = select(*columns).join(room, room.c.id == announcement.c.room).where(ACTIVE)
    waits = and_(announcement.c.state == State.DOUBT.value, strange(source_ids))
    moments = [max(row.until or 0, row.retry or 0) for row in connection.execute(active.where(~waits))
               if row.id not in under_way]  # fmt: skip
    busy = exists().where(announcement.c.room == room.c.id, ACTIVE)
    for table in (news, notice):
        least = select(func.min(table.c.due).label("due"), room.c.retry).join(room, room.c.id == table.c.room)
        least = least.where(*queued(table, source_ids), ~busy).group_by(room.c.id, room.c.retry)
        moments += [max(row.due, row.retry or 0) for row in connection.execute(least)]
    return min(moments, default=None)


def queued(table: Any, source_ids: Sequence[int]) -> list[Any]:
    """The conditions that a row of news about these sources, or a notice, is to be said and nobody says it now."""
    known = [table.c.source.in_(source_ids)] if table is news else []
    return [table.c.announcement.is_(None), table.c.due.is_not(None), *known]


def strange(source_ids: Sequence[int]) -> Any:
    """The condition that an announcement tells of sources beyond these: of a Page that only another bot knows."""
    inside = and_(news.c.room == announcement.c.room, news.c.announcement == announcement.c.id)
    return exists().where(inside, news.c.due.is_not(None), news.c.source.not_in(source_ids))


def reachable(at: int) -> Any:
    """The condition that a room is not put off."""
    return or_(room.c.retry.is_(None), room.c.retry <= at, room.c.retry > at + ms(LATEST))
