"""Rooms that can't be told anything: put off, and told to the admins, once it lasts and once it is over."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from pageinbox.ledger.claims import LONGEST
from pageinbox.ledger.packing import unpack_notice
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.schema import ms, notice, room
from pageinbox.model.announcement import UNREACHED, Notice, NoticeKind
from pageinbox.model.backoff import Backoff
from pageinbox.model.logged import nobody_named

log = logging.getLogger(__name__)

RETRY = Backoff(first=2.0, longest=300.0)
"""How long a room that failed is left alone."""

ROOM = select(room).where(room.c.name == bindparam("its_name"))
FAILED = ROOM.where(room.c.failures > 0)
CHANGE = update(room).where(room.c.id == bindparam("its_id"))
QUEUED = (
    select(notice.c.id, notice.c.body, notice.c.found, room.c.name)
    .join(room, room.c.id == notice.c.room)
    .where(notice.c.announcement.is_(None), notice.c.due.is_not(None))
)
DROP = delete(notice).where(notice.c.id.in_(bindparam("ids", expanding=True)))
"""Made once: making a statement takes as long as running it."""


class FailingRooms:
    """The rooms of one ledger. `admins` hear of those that fail for `UNREACHED` seconds.

    What they hear waits for `gathering` seconds for more of its kind: mostly it is the whole chat that fails. Whether
    it was told is what the row of a room says by itself: then its next try lies behind the time when it is.
    """

    def __init__(self, queue: Queue, admins: Sequence[str], *, gathering: float) -> None:
        self._queue = queue
        self._gathering = gathering
        self._admins = admins

    def failed(self, connection: Connection, name: str, why: str, *, retry_after: float, now: float) -> float:
        """Put a room off, for `retry_after` seconds at least, LONGEST at most. Gives since when it fails."""
        row = connection.execute(ROOM, {"its_name": name}).one()
        at, retry_after = ms(now), min(retry_after, LONGEST)
        failing: int = row.failing if row.failing is not None and row.failing <= at else at
        lasting = failing + ms(UNREACHED)
        retry = at + ms(max(retry_after, RETRY.pause(row.failures + 1)))
        if at < lasting and at + ms(retry_after) <= lasting:
            retry = min(retry, lasting)  # one more try, before anybody is told
        values = {"failing": failing, "failures": row.failures + 1, "retry": retry, "error": why}
        connection.execute(CHANGE, {"its_id": row.id, **values})
        if retry > lasting and not was_told(row):
            log.warning("I can't write to %s: %s", nobody_named(name), nobody_named(why))
            item = Notice(NoticeKind.UNREACHED, (), now, since=failing / 1000, room=name, why=why)
            self._tell(connection, item, self._admins, now)
        return failing / 1000

    def well(self, connection: Connection, name: str, now: float) -> None:
        """A room was told something. Who has not heard yet that it failed does not hear of it any more."""
        row = connection.execute(FAILED, {"its_name": name}).one_or_none()
        if row is None:
            return
        well = {"failing": None, "failures": 0, "retry": None, "error": None}
        connection.execute(CHANGE, {"its_id": row.id, **well})
        if was_told(row):
            log.info("I can write to %s again", nobody_named(name))
            unaware = self._withdraw(connection, name)
            item = Notice(NoticeKind.REACHED, (), now, since=row.failing / 1000, room=name)
            self._tell(connection, item, [admin for admin in self._admins if admin not in unaware], now)

    def _tell(self, connection: Connection, item: Notice, admins: Sequence[str], now: float) -> None:
        others = [admin for admin in admins if admin != item.room]
        self._queue.notify(connection, others, item, due=now + self._gathering)

    def _withdraw(self, connection: Connection, name: str) -> set[str]:
        """Take back what is not yet said of a room; gives who would have heard it."""
        rows = connection.execute(QUEUED).all()
        items = [(row, unpack_notice(row.body, row.found / 1000)) for row in rows]
        mine = [row for row, item in items if item.kind is NoticeKind.UNREACHED and item.room == name]
        connection.execute(DROP, {"ids": [row.id for row in mine]})
        return {row.name for row in mine}


def was_told(row: Any) -> bool:
    """Whether the admins were told that the room of this row fails."""
    return bool(row.failures and row.retry is not None and row.retry > row.failing + ms(UNREACHED))
