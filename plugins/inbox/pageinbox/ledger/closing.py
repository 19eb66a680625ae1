"""How the sending of an announcement ends: closed with what is kept of it, given up, or in doubt."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from pageinbox.ledger.schema import LATER_CODES, announcement, ms, news, notice, room
from pageinbox.model.announcement import Announcement
from pageinbox.model.history import State
from pageinbox.model.watch import Later

ERASED = {"due": None, "since": None, "detail": None, "body": None, "latest": None}
"""What is left of news once they are said."""


def give_up(connection: Connection, item: Announcement, why: str, now: float) -> None:
    """Close an announcement with what is left in it; without a trace where nothing is."""
    counts = [
        connection.execute(
            select(func.count()).where(table.c.announcement == item.number, table.c.due.is_not(None))
        ).scalar_one()
        for table in (news, notice)
    ]
    if any(counts):
        tries = select(room.c.failures).where(room.c.name == item.room).scalar_subquery()
        values: dict[str, Any] = {"at": ms(now), "error": why, "tries": tries, "items": counts[0]}
        close(connection, item.number, state=State.GIVEN_UP.value, **values)
    else:
        connection.execute(delete(announcement).where(announcement.c.id == item.number))


def doubt(connection: Connection, item: Announcement, why: str, now: float) -> None:
    """Nobody knows whether it arrived, for a reason that is kept."""
    values = {"state": State.DOUBT.value, "session": None, "until": None, "at": ms(now), "error": why}
    connection.execute(update(announcement).where(announcement.c.id == item.number).values(**values))


def close(connection: Connection, number: int, *, editable: bool = False, **values: Any) -> None:
    """Nothing of an announcement is to be said any more; what is `editable` keeps what it said, for `Edits`.

    `values` are those that its row gets.
    """
    done = update(announcement).where(announcement.c.id == number)
    connection.execute(done.values(session=None, until=None, **values))
    mine = and_(news.c.announcement == number, news.c.due.is_not(None))
    kept = and_(mine, news.c.later == LATER_CODES[Later.EDIT], news.c.version <= 0)
    if editable and connection.execute(select(news.c.conversation).where(kept).limit(1)).first() is not None:
        connection.execute(update(news).where(mine).values(due=None, kept=1))  # all of it, since all is said anew
    connection.execute(update(news).where(mine).values(**ERASED))
    connection.execute(delete(notice).where(notice.c.announcement == number))
