"""How the sending of an announcement ends: closed with what is kept of it, given up, in doubt, or back in the queue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, select, update

from pageinbox.ledger.codes import LATER_CODES
from pageinbox.ledger.schema import announcement, ms, news, notice, room
from pageinbox.model.announcement import Announcement
from pageinbox.model.history import State
from pageinbox.model.watch import Later

ITS = announcement.c.id == bindparam("number")
"""That a row is the announcement's with a number."""

CHANGE = update(announcement).where(ITS)
"""Gives it the values that are named beside its number."""

DROP = delete(announcement).where(ITS)

TOLD = and_(news.c.announcement == bindparam("number"), news.c.due.is_not(None))
LEFT = [
    select(func.count()).where(table.c.announcement == bindparam("number"), table.c.due.is_not(None))
    for table in (news, notice)
]
TRIED = CHANGE.values(
    tries=select(room.c.failures).where(room.c.name == bindparam("its_room")).scalar_subquery(),
    state=State.GIVEN_UP.value,
)
EDITABLE = (
    select(news.c.conversation).where(TOLD, news.c.later == LATER_CODES[Later.EDIT], news.c.version <= 0).limit(1)
)
KEEP = update(news).where(TOLD).values(due=None, kept=1)
ERASE = update(news).where(TOLD).values(due=None, since=None, detail=None, body=None, latest=None)
PUT_BACK = [
    update(table)
    .where(table.c.announcement == bindparam("number"), table.c.due.is_not(None), table.c.found > bindparam("given_up"))
    .values(announcement=None)
    for table in (news, notice)
]
DROP_NOTICES = delete(notice).where(notice.c.announcement == bindparam("number"))
"""Made once: making a statement takes as long as running it."""


def give_up(connection: Connection, item: Announcement, why: str, now: float) -> None:
    """Close an announcement with what is left in it; without a trace where nothing is."""
    its = {"number": item.number}
    counts = [connection.execute(statement, its).scalar_one() for statement in LEFT]
    if any(counts):
        values = {"at": ms(now), "error": why, "items": counts[0]}
        connection.execute(TRIED, {**its, **values, "its_room": item.room})
        close(connection, item.number)
    else:
        connection.execute(DROP, its)


def doubt(connection: Connection, item: Announcement, why: str, now: float) -> None:
    """Nobody knows whether it arrived, for a reason that is kept."""
    values = {"state": State.DOUBT.value, "session": None, "until": None, "at": ms(now), "error": why}
    connection.execute(CHANGE, {"number": item.number, **values})


def put_back(connection: Connection, item: Announcement, given_up: float | None) -> None:
    """Let what it tells be told another time, but for what was found by the time that is given up, if any."""
    since = -1 if given_up is None else ms(given_up)
    for statement in PUT_BACK:
        connection.execute(statement, {"number": item.number, "given_up": since})


def close(connection: Connection, number: int, *, editable: bool = False, **values: Any) -> None:
    """Nothing of an announcement is to be said any more; what is `editable` keeps what it said, for `Edits`.

    `values` are those that its row gets.
    """
    its = {"number": number}
    connection.execute(CHANGE, {**its, "session": None, "until": None, **values})
    kept = editable and connection.execute(EDITABLE, its).first() is not None
    connection.execute(KEEP if kept else ERASE, its)  # keep all of it, since all is said anew
    connection.execute(DROP_NOTICES, its)
