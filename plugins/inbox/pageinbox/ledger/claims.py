"""Which announcement is next, and when: doubts and queued news of all rooms, in the order in which they take turns.

Every time here is the ledger's own (`Ledger.now`), read within the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
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

from pageinbox.ledger.ours import OURS
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

LAPSED = or_(announcement.c.until.is_(None), announcement.c.until <= AT, announcement.c.until > AT + ms(2 * CLAIM))
"""That nobody has a claim on an announcement any more.

One that lasts much longer than any can was made before the clock was set back. Much: of two who claim at once, one may
have read the time seconds earlier.
"""

REACHABLE = or_(room.c.retry.is_(None), room.c.retry <= AT, room.c.retry > AT + ms(AHEAD))
"""That a room is not put off."""

STRANGE = exists().where(
    news.c.room == announcement.c.room,
    news.c.announcement == announcement.c.id,
    news.c.due.is_not(None),
    news.c.source.not_in(OURS),
)
"""That an announcement tells of sources that are not known here: of a Page that only another bot knows."""

BUSY = exists().where(announcement.c.room == room.c.id, ACTIVE)
"""That an announcement is under way in a room."""


def queued(table: Any) -> Any:
    """That a row of news about known sources, or a notice, is to be said and nobody says it now."""
    ours = [table.c.source.in_(OURS)] if table is news else []
    return and_(table.c.announcement.is_(None), table.c.due.is_not(None), *ours)


def is_due(table: Any, at: ColumnElement[int] = AT) -> Any:
    """That a row of news, or a notice, is not to wait any longer."""
    return or_(table.c.due <= at, table.c.found > at + ms(AHEAD))


def soonest(table: Any) -> Any:
    """Selects when the first row of each room is to be said, and until when the room is put off."""
    moment = func.min(case((is_due(table), 0), else_=table.c.due)).label("due")
    joined = select(moment, RETRY).join(room, room.c.id == table.c.room)
    return joined.where(queued(table), ~BUSY).group_by(room.c.id, room.c.retry)


SENDING, DOUBTED = announcement.c.state == State.SENDING.value, announcement.c.state == State.DOUBT.value
OWN = announcement.c.session == bindparam("mine")
# One of our own is lost when how it went could not be recorded.
DROPPED = and_(OWN, announcement.c.id.not_in(bindparam("under_way", expanding=True)))
EXPIRE = (
    update(announcement)
    .where(ACTIVE, SENDING, or_(and_(~OWN, LAPSED), DROPPED))
    .values(state=State.DOUBT.value, session=None, until=None)
)

DOUBTS = (
    select(room.c.id, room.c.name, room.c.failures, announcement.c.id.label("doubt"), announcement.c.id.label("since"))
    .join(announcement, announcement.c.room == room.c.id)
    .where(ACTIVE, DOUBTED, REACHABLE, ~STRANGE)
)
WAITING = union_all(
    *(select(table.c.room, table.c.found).where(queued(table), is_due(table)) for table in (news, notice))
).subquery()
QUEUED = (
    select(room.c.id, room.c.name, room.c.failures, func.min(WAITING.c.found).label("since"))
    .join(WAITING, WAITING.c.room == room.c.id)
    .where(REACHABLE, ~BUSY)
    .group_by(room.c.id, room.c.name, room.c.failures)
)

RETRY = case((REACHABLE, 0), else_=room.c.retry).label("retry")
UNDER_WAY = (
    select(announcement.c.id, case((LAPSED, 0), else_=announcement.c.until).label("until"), RETRY)
    .join(room, room.c.id == announcement.c.room)
    .where(ACTIVE, ~and_(DOUBTED, STRANGE))
)
SOONEST = [soonest(table) for table in (news, notice)]

STRANDED = select(announcement.c.id).where(
    ACTIVE, DOUBTED, STRANGE, announcement.c.at < bindparam("before", type_=BigInteger)
)
"""Made once: making a statement takes as long as running it."""


class Anything(NamedTuple):
    """What there is to be asked for: mostly nothing is under way, and then nothing can be lost or in doubt.

    What is `queued` is not yet `due` where it gathers, or a room has quiet hours.
    """

    under_way: bool
    queued: bool
    due: bool


class Turn(NamedTuple):
    """A room that can be told something now; `doubt` is the announcement that has to be settled there first."""

    room: int
    name: str
    doubt: int | None


class Turns:
    """The turns of the rooms, as far as one bot can tell them: `ours` is what `OURS` is run with.

    `clock` is the ledger's, for a statement that compares it itself.
    """

    def __init__(self, ours: Mapping[str, object], clock: ColumnElement[int]) -> None:
        self._ours = ours
        self._anything = select(
            select(announcement.c.id).where(ACTIVE).exists(),
            or_(*(exists().where(queued(table)) for table in (news, notice))),
            or_(*(exists().where(queued(table), is_due(table, clock)) for table in (news, notice))),
        )

    def anything(self, connection: Connection) -> Anything:
        """Whether anything at all is under way, and whether anything is queued, and due."""
        return Anything(*connection.execute(self._anything, self._ours).one())

    def expire(self, connection: Connection, at: int, session: str, under_way: Collection[int]) -> None:
        """Put in doubt what others claimed who are silent, and what this session did and no longer has `under_way`."""
        connection.execute(EXPIRE, {"now": at, "mine": session, "under_way": list(under_way)})

    def stranded(self, connection: Connection, before: int) -> Sequence[int]:
        """The doubts about sources that are not known here, and that nobody has settled since then."""
        return connection.execute(STRANDED, {**self._ours, "before": before}).scalars().all()

    def next(self, connection: Connection, at: int, there: Anything) -> list[Turn]:
        """The rooms that can be told something, first those without failures, which may take no time.

        Of those, doubts come first, then who waits longest; and so it is with the rooms that fail, as one that hangs
        would otherwise hold up all others.
        """
        values = {**self._ours, "now": at}
        doubts = connection.execute(DOUBTS, values) if there.under_way else ()
        others = connection.execute(QUEUED, values) if there.queued else ()
        found = [(row.failures > 0, 0, row.since, Turn(row.id, row.name, row.doubt)) for row in doubts]
        found += [(row.failures > 0, 1, row.since, Turn(row.id, row.name, None)) for row in others]
        return [turn for _, _, _, turn in sorted(found)]

    def soonest(self, connection: Connection, at: int, under_way: Collection[int], there: Anything) -> int | None:
        """When something can be said, in milliseconds; None where nothing is queued, and in the past for at once.

        What is `under_way` here tells by itself how it ends.
        """
        values = {**self._ours, "now": at}
        active = connection.execute(UNDER_WAY, values) if there.under_way else ()
        moments = [max(row.until, row.retry) for row in active if row.id not in under_way]
        for least in SOONEST if there.queued else ():
            moments += [max(row.due, row.retry) for row in connection.execute(least, values)]
        return min(moments, default=None)
