"""Announcements to edit: each edit is claimed, made, and done or put off, until what was said is too old."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, case, exists, or_, select, update

from pageinbox.ledger.claims import AHEAD, AT, CLAIM, LAPSED, LONGEST, REACHABLE
from pageinbox.ledger.closing import ITS
from pageinbox.ledger.contents import Contents, sources_of
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.lasting import stays
from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.ours import OURS
from pageinbox.ledger.schema import announcement, ms, news, room
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement
from pageinbox.model.history import State

EDITABLE = 3 * 86400.0
"""Seconds for which an announcement is edited, and what it says is kept for that: a weekend and a little more."""

DUE = or_(announcement.c.edit <= AT, announcement.c.edit > AT + ms(AHEAD))
CLAIM_FREE = update(announcement).where(ITS, LAPSED, DUE).returning(announcement.c.edit)
"""Claims an announcement that is to be edited, and that nobody has a claim on."""

ELSEWHERE = exists().where(
    news.c.room == announcement.c.room,
    news.c.announcement == announcement.c.id,
    news.c.kept.is_not(None),
    news.c.body.is_not(None),
    news.c.source.not_in(OURS),
)
"""That an announcement told of sources that are not known here: of a Page that only another bot knows."""

TOLD = and_(announcement.c.edit.is_not(None), announcement.c.state == State.SENT.value, ~ELSEWHERE)
TO_EDIT = (
    select(announcement, room.c.name)
    .join(room, room.c.id == announcement.c.room)
    .where(TOLD, DUE, LAPSED, REACHABLE)
    .order_by(announcement.c.edit)
)
WAITING = (
    select(
        case((DUE, 0), else_=announcement.c.edit),
        case((LAPSED, 0), else_=announcement.c.until),
        case((REACHABLE, 0), else_=room.c.retry),
    )
    .join(room, room.c.id == announcement.c.room)
    .where(TOLD)
)
"""When what is to be edited is due, until when somebody has a claim on it, and until when its room is put off."""

SAID = (
    select(news)
    .where(news.c.announcement == bindparam("number"), news.c.room == bindparam("its_room"), news.c.kept.is_not(None))
    .order_by(news.c.conversation)
)
MINE = and_(ITS, announcement.c.session == bindparam("mine"))
MADE = update(announcement).where(MINE, announcement.c.edit == bindparam("due")).values(edit=None)
CHANGE_MINE = update(announcement).where(MINE)
AGAIN = update(announcement).where(ITS, announcement.c.edit.is_(None))
OLD = and_(announcement.c.state == State.SENT.value, announcement.c.at < bindparam("before", type_=BigInteger))
FADE = (
    update(news)
    .where(news.c.kept.is_not(None), exists().where(announcement.c.id == news.c.announcement, OLD))
    .values(since=None, detail=None, body=None, latest=None, kept=None)
)
# What was erased is taken out of a message however old it is.
OVER = update(announcement).where(OLD, announcement.c.edit.is_not(None), announcement.c.erased.is_(None))
OVER = OVER.values(edit=None)
"""Made once: making a statement takes as long as running it."""


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

    def claim(self, numbers: Collection[int] | None = None) -> Edit | None:
        """The next edit this session is to make, of these announcements where any are named; None where none is due.

        One is taken in each transaction: PostgreSQL keeps hold of what was taken in vain, in whatever order that was.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(TO_EDIT, {**self._sources.ours, "now": self._ledger.now(connection)}).all()
        for row in rows:
            if numbers is not None and row.id not in numbers:
                continue
            with self._ledger.writing() as connection:
                at = self._ledger.now(connection)
                claimed = {"session": self._ledger.session, "until": at + ms(CLAIM)}
                due = connection.execute(CLAIM_FREE, {"number": row.id, "now": at, **claimed}).scalar_one_or_none()
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
        rows = connection.execute(SAID, {"number": row.id, "its_room": row.room}).all()
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
                connection.execute(AGAIN, {"number": edit.item.number, "edit": self._ledger.now(connection)})

    def put_off(self, edit: Edit, pause: float) -> None:
        """It could not be made; try again in `pause` seconds."""
        mine = {"number": edit.item.number, "mine": self._ledger.session}
        with self._ledger.writing() as connection:
            until = self._ledger.now(connection) + ms(min(pause, LONGEST))
            connection.execute(CHANGE_MINE, {**mine, "edit": until, "session": None, "until": None})

    def _made(self, connection: Connection, number: int, due: int) -> bool:
        """End our claim, and the edit if it is still the one that was made; False where the claim is no longer ours."""
        mine = {"number": number, "mine": self._ledger.session}
        connection.execute(MADE, {**mine, "due": due})
        return bool(connection.execute(CHANGE_MINE, {**mine, "session": None, "until": None}).rowcount)

    def wait(self) -> float | None:
        """Seconds until an edit is due; None where there is none."""
        with self._ledger.reading() as connection:
            at = self._ledger.now(connection)
            moments = [max(row) for row in connection.execute(WAITING, {**self._sources.ours, "now": at})]
        return max(0.0, (min(moments) - at) / 1000) if moments else None

    def fade(self) -> None:
        """Erase what was said for too long to be edited any more."""
        with self._ledger.writing() as connection:
            before = self._ledger.now(connection) - ms(EDITABLE)
            for statement in (FADE, OVER):
                connection.execute(statement, {"before": before})
