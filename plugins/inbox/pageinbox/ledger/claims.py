"""Which announcement is next, and when: doubts and queued news of all rooms, in the order in which they take turns.

Every time here is the ledger's own (`Ledger.now`), read within the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from pageinbox.ledger.schema import announcement, ms, news, notice, room
from pageinbox.model.history import State

CLAIM = 60.0
"""Seconds after which an announcement whose sender is silent is in doubt."""

LONGEST = 3600.0
"""Seconds for which a room or an edit is left alone at most, whatever its chat asks for."""

AHEAD = 2 * LONGEST
"""Seconds. What was found, or is put off, further ahead than this was written before the ledger's clock was set back,
and is due: only quiet hours put anything off for so long, and nothing is found before its time."""

ACTIVE: Any = literal_column("inbox_announcement.state IN ('sending', 'doubt')")
"""Under way. Spelled out, since a database uses the index of these few only where it can read the same condition."""

AT = bindparam("now", type_=BigInteger)
"""The time, in the conditions below."""


class Turn(NamedTuple):
    """A room that can be told something now; `doubt` is the announcement that has to be settled there first."""

    room: int
    name: str
    doubt: int | None


class Turns:
    """The turns of the rooms, as far as one bot can tell them: `known` selects the rows of the sources it knows.

    The statements are made once, since making one takes as long as running it: see `turns`.
    """

    def __init__(self, known: Select[tuple[int]]) -> None:
        mine = announcement.c.session == bindparam("ours")
        # One of our own is lost when how it went could not be recorded.
        dropped = and_(mine, announcement.c.id.not_in(bindparam("under_way", expanding=True)))
        lost = and_(ACTIVE, announcement.c.state == State.SENDING.value, or_(and_(~mine, lapsed()), dropped))
        self._expire = update(announcement).where(lost).values(state=State.DOUBT.value, session=None, until=None)

        columns = room.c.id, room.c.name, room.c.failures
        self._doubts = (
            select(*columns, announcement.c.id.label("doubt"), announcement.c.id.label("since"))
            .join(announcement, announcement.c.room == room.c.id)
            .where(ACTIVE, announcement.c.state == State.DOUBT.value, reachable(), ~strange(known))
        )
        due = [
            select(table.c.room, table.c.found).where(*queued(table, known), is_due(table)) for table in (news, notice)
        ]
        waiting = union_all(*due).subquery()
        busy = exists().where(announcement.c.room == room.c.id, ACTIVE)
        self._queued = (
            select(*columns, func.min(waiting.c.found).label("since"))
            .join(waiting, waiting.c.room == room.c.id)
            .where(reachable(), ~busy)
            .group_by(*columns)
        )

        retry = case((reachable(), 0), else_=room.c.retry).label("retry")
        until = case((lapsed(), 0), else_=announcement.c.until).label("until")
        waits = and_(announcement.c.state == State.DOUBT.value, strange(known))
        joined = select(announcement.c.id, until, retry).join(room, room.c.id == announcement.c.room)
        self._under_way = joined.where(ACTIVE, ~waits)
        self._soonest = []
        for table in (news, notice):
            moment = func.min(case((is_due(table), 0), else_=table.c.due)).label("due")
            least = select(moment, retry).join(room, room.c.id == table.c.room)
            self._soonest.append(least.where(*queued(table, known), ~busy).group_by(room.c.id, room.c.retry))

        there = [select(announcement.c.id).where(ACTIVE).exists()]
        there += [exists().where(*queued(table, known)) for table in (news, notice)]
        self._anything = select(or_(*there))

        since = announcement.c.at < bindparam("before", type_=BigInteger)
        self._stranded = select(announcement.c.id).where(ACTIVE, waits, since)

    def anything(self, connection: Connection) -> bool:
        """Whether anything at all is under way or queued, due or not."""
        return bool(connection.execute(self._anything).scalar_one())

    def expire(self, connection: Connection, at: int, session: str, under_way: Collection[int]) -> None:
        """Put in doubt what others claimed who are silent, and what this session did and no longer has `under_way`."""
        connection.execute(self._expire, {"now": at, "ours": session, "under_way": list(under_way)})

    def stranded(self, connection: Connection, before: int) -> Sequence[int]:
        """The doubts about sources that are not known here, and that nobody has settled since then."""
        return connection.execute(self._stranded, {"before": before}).scalars().all()

    def next(self, connection: Connection, at: int) -> list[Turn]:
        """The rooms that can be told something, first those without failures, which may take no time.

        Of those, doubts come first, then who waits longest; and so it is with the rooms that fail, as one that hangs
        would otherwise hold up all others.
        """
        doubts, others = (connection.execute(turn, {"now": at}) for turn in (self._doubts, self._queued))
        found = [(row.failures > 0, 0, row.since, Turn(row.id, row.name, row.doubt)) for row in doubts]
        found += [(row.failures > 0, 1, row.since, Turn(row.id, row.name, None)) for row in others]
        return [turn for _, _, _, turn in sorted(found)]

    def soonest(self, connection: Connection, at: int, under_way: Collection[int]) -> int | None:
        """When something can be said, in milliseconds; None where nothing is queued, and in the past for at once.

        What is `under_way` here tells by itself how it ends.
        """
        active = connection.execute(self._under_way, {"now": at})
        moments = [max(row.until, row.retry) for row in active if row.id not in under_way]
        for least in self._soonest:
            moments += [max(row.due, row.retry) for row in connection.execute(least, {"now": at})]
        return min(moments, default=None)


@lru_cache(8)
def turns(known: Select[tuple[int]]) -> Turns:
    """The turns of who knows the rows that are selected, the same ones for the same statement."""
    return Turns(known)


@cache
def lapsed() -> Any:
    """The condition that nobody has a claim on an announcement any more.

    One that lasts much longer than any can was made before the clock was set back. Much: of two who claim at once, one
    may have read the time seconds earlier.
    """
    until = announcement.c.until
    return or_(until.is_(None), until <= AT, until > AT + ms(2 * CLAIM))


@cache
def reachable() -> Any:
    """The condition that a room is not put off."""
    return or_(room.c.retry.is_(None), room.c.retry <= AT, room.c.retry > AT + ms(AHEAD))


@cache
def is_due(table: Any) -> Any:
    """The condition that a row of news, or a notice, is not to wait any longer."""
    return or_(table.c.due <= AT, table.c.found > AT + ms(AHEAD))


def queued(table: Any, known: Select[tuple[int]]) -> list[Any]:
    """The conditions that a row of news about known sources, or a notice, is to be said and nobody says it now."""
    ours = [table.c.source.in_(known)] if table is news else []
    return [table.c.announcement.is_(None), table.c.due.is_not(None), *ours]


def strange(known: Select[tuple[int]]) -> Any:
    """The condition that an announcement tells of sources beyond these: of a Page that only another bot knows."""
    inside = and_(news.c.room == announcement.c.room, news.c.announcement == announcement.c.id)
    return exists().where(inside, news.c.due.is_not(None), news.c.source.not_in(known))
