"""Announcements to edit: each edit is claimed, made, and done or put off, until what was said is too old."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, or_, select, update

from pageinbox.ledger.claims import AHEAD, AT, CLAIM, LONGEST, lapsed, reachable
from pageinbox.ledger.contents import Contents, sources_of
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.lasting import stays
from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.schema import announcement, ms, news, room
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement
from pageinbox.model.history import State

EDITABLE = 3 * 86400.0
"""Seconds for which an announcement is edited, and what it says is kept for that: a weekend and a little more."""

DUE = or_(announcement.c.edit <= AT, announcement.c.edit > AT + ms(AHEAD))
FREE = update(announcement).where(announcement.c.id == bindparam("number"), lapsed(), DUE)
"""An announcement that is to be edited, and that nobody has a claim on."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An announcement whose message, known by its receipt, has to say something else now. `due` names this change."""

    item: Announcement
    receipt: str
    due: int


class Edits:
    """The edits of announcements that are due. One can be made twice without harm, so that no doubt is possible."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources
        self._due, self._waiting = due_and_waiting(sources.ours)

    def claim(self, numbers: Collection[int] | None = None) -> Edit | None:
        """The next edit this session is to make, of these announcements where any are named; None where none is due.

        One is taken in each transaction: PostgreSQL keeps hold of what was taken in vain, in whatever order that was.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(self._due, {"now": self._ledger.now(connection)}).all()
        for row in rows:
            if numbers is not None and row.id not in numbers:
                continue
            with self._ledger.writing() as connection:
                at = self._ledger.now(connection)
                claim = FREE.values(session=self._ledger.session, until=at + ms(CLAIM)).returning(announcement.c.edit)
                due = connection.execute(claim, {"now": at, "number": row.id}).scalar_one_or_none()
                if due is None:
                    continue
                item = self._told(connection, row)
                if item is not None and row.receipt:
                    return Edit(item, row.receipt, due)
                self._made(connection, row.id, due)
        return None

    def _told(self, connection: Connection, row: Any) -> Announcement | None:
        """What an announcement said, with what came since; None where that is no longer kept.

        Where something in it was erased there is always something to say.
        """
        mine = and_(news.c.announcement == row.id, news.c.room == row.room, news.c.kept.is_not(None))
        rows = connection.execute(select(news).where(mine).order_by(news.c.conversation)).all()
        key = self._ledger.key(row.id)
        if not any(said.body for said in rows):
            if not row.erased:
                return None
            return Announcement(
                row.id, key, row.name, said=row.at / 1000, erased=row.erased, unkept=row._mapping["items"]
            )
        marks = marks_of(connection, {said.conversation for said in rows})
        said = Contents(news=rows, notices=(), sources=sources_of(connection, rows), marks=marks)
        item = said.announcement(row.id, key, row.name, source_of=self._sources.named, repeat=bool(row.repeat))
        return replace(item, said=row.at / 1000, erased=row.erased or 0)

    def check(self) -> None:
        """Raises LedgerError where an edit could not be noted, since the ledger is no longer there."""
        self._ledger.check()

    def done(self, edit: Edit, why: str = "") -> None:
        """It is made, unless something came in meanwhile; or `why` it can't be, kept where something was erased.

        Where another bot took it over, it is made once more: what that one put there may have been newer.
        """
        with self._ledger.writing() as connection:
            if why and edit.item.erased:
                stays(connection, edit.item.number, why)
            if not self._made(connection, edit.item.number, edit.due):
                again = and_(announcement.c.id == edit.item.number, announcement.c.edit.is_(None))
                at = self._ledger.now(connection)
                connection.execute(update(announcement).where(again).values(edit=at))

    def put_off(self, edit: Edit, pause: float) -> None:
        """It could not be made; try again in `pause` seconds."""
        mine = and_(announcement.c.id == edit.item.number, announcement.c.session == self._ledger.session)
        with self._ledger.writing() as connection:
            until = self._ledger.now(connection) + ms(min(pause, LONGEST))
            connection.execute(update(announcement).where(mine).values(edit=until, session=None, until=None))

    def _made(self, connection: Connection, number: int, due: int) -> bool:
        """End our claim, and the edit if it is still the one that was made; False where the claim is no longer ours."""
        mine = and_(announcement.c.id == number, announcement.c.session == self._ledger.session)
        connection.execute(update(announcement).where(mine, announcement.c.edit == due).values(edit=None))
        return bool(connection.execute(update(announcement).where(mine).values(session=None, until=None)).rowcount)

    def wait(self) -> float | None:
        """Seconds until an edit is due; None where there is none."""
        with self._ledger.reading() as connection:
            at = self._ledger.now(connection)
            moments = [max(row) for row in connection.execute(self._waiting, {"now": at})]
        return max(0.0, (min(moments) - at) / 1000) if moments else None

    def fade(self) -> None:
        """Erase what was said for too long to be edited any more."""
        with self._ledger.writing() as connection:
            before = self._ledger.now(connection) - ms(EDITABLE)
            old = and_(announcement.c.state == State.SENT.value, announcement.c.at < before)
            said = and_(news.c.kept.is_not(None), exists().where(announcement.c.id == news.c.announcement, old))
            erased = {"since": None, "detail": None, "body": None, "latest": None, "kept": None}
            connection.execute(update(news).where(said).values(**erased))
            # What was erased is taken out of a message however old it is.
            over = and_(old, announcement.c.edit.is_not(None), announcement.c.erased.is_(None))
            connection.execute(update(announcement).where(over).values(edit=None))


@lru_cache(8)
def due_and_waiting(known: Select[tuple[int]]) -> tuple[Select[Any], Select[Any]]:
    """What selects the announcements about known sources that are to be edited now, and when each of all of them is."""
    told = and_(announcement.c.edit.is_not(None), announcement.c.state == State.SENT.value, ~elsewhere(known))
    columns = select(announcement, room.c.name).join(room, room.c.id == announcement.c.room)
    moments = (
        case((DUE, 0), else_=announcement.c.edit).label("edit"),
        case((lapsed(), 0), else_=announcement.c.until).label("until"),
        case((reachable(), 0), else_=room.c.retry).label("retry"),
    )
    return (
        columns.where(told, DUE, lapsed(), reachable()).order_by(announcement.c.edit),
        select(*moments).join(room, room.c.id == announcement.c.room).where(told),
    )


def elsewhere(known: Select[tuple[int]]) -> Any:
    """The condition that an announcement told of sources beyond these: of a Page that only another bot knows."""
    inside = and_(news.c.room == announcement.c.room, news.c.announcement == announcement.c.id)
    kept = and_(news.c.kept.is_not(None), news.c.body.is_not(None))
    return exists().where(inside, kept, news.c.source.not_in(known))
