"""The digests that rooms have, and each time that one comes due: once, however many bots find it so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from pageinbox.language.reader import spellings
from pageinbox.ledger.contents import FREE_NOTICES
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_digest, unpack_digest, unpack_notice
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.schema import digest, ms, notice, room, seconds
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.calendar import zone_of
from pageinbox.model.digest import Digest, DigestSpec
from pageinbox.model.text import bare, fold

IN_FORCE = select(digest).where(digest.c.ended.is_(None)).order_by(digest.c.id)
ITS = digest.c.id == bindparam("number")
"""That a row is the digest's with a number."""

ONE = select(digest).where(ITS)
IN_ROOM = IN_FORCE.where(digest.c.room == bindparam("its_room"))
CHANGE = update(digest).where(ITS)
MAKE = insert(digest).returning(digest.c.id)
HELD = IN_FORCE.where(ITS).with_for_update()
TAKE = update(digest).where(ITS, digest.c.due == bindparam("before"))
ROOM = select(room.c.id).where(room.c.name == bindparam("its_name"))
DROP_FREE = (
    delete(notice)
    .where(notice.c.id.in_(bindparam("ids", expanding=True)), notice.c.announcement.is_(None))
    .returning(notice.c.id)
)
"""Made once: making a statement takes as long as running it."""

AHEAD = 8 * 86_400.0
"""Seconds. What is due further ahead was written before the ledger's clock was set back: a week is the longest."""


class Digests:
    """The digests of one ledger. `pages` are Meta's ids of the Pages by the names that people type."""

    def __init__(self, ledger: Ledger, pages: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._ids = pages
        self._names = spellings(tuple(pages))
        self._queue = Queue(ledger)

    def standing(self, room_name: str | None = None) -> list[Digest]:
        """Every digest that has not ended, in the order in which they were made; of one room if that is given.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            every = [self._read(row) for row in connection.execute(IN_FORCE)]
        return [each for each in every if room_name in (None, each.room)]

    def spec(self, number: int) -> DigestSpec | None:
        """What one is about, also when it has ended; None where that is not known here. Raises LedgerError."""
        with self._ledger.reading() as connection:
            row = connection.execute(ONE, {"number": number}).one_or_none()
        return None if row is None else self._read(row).spec

    def keep(self, room_name: str, spec: DigestSpec) -> tuple[Digest, DigestSpec | None]:
        """Let a room have this digest in place of the one it has of the same lists.

        Gives the digest, and what it was before, None where it is new. Raises LedgerError.
        """
        with self._ledger.writing() as connection:
            now = self._ledger.now(connection)
            own = [self._read(row) for row in connection.execute(IN_ROOM, {"its_room": room_name})]
            known = next((each for each in own if each.spec is not None and each.spec.lists == spec.lists), None)
            if known is not None and known.spec == spec:
                return known, spec
            due = spec.rhythm.next(now / 1000)
            values: dict[str, Any] = {"spec": pack_digest(spec), "due": ms(due)}
            if known is not None:
                connection.execute(CHANGE, {"number": known.number, **values})
                return replace(known, spec=spec, due=due), known.spec
            number = connection.execute(MAKE, {"room": room_name, "made": now, **values}).scalar_one()
            return Digest(number, room_name, spec, due), None

    def end(self, ended: Digest) -> None:
        """Stop a digest; one that is queued is not said any more. Raises LedgerError."""
        with self._ledger.writing() as connection:
            connection.execute(CHANGE, {"number": ended.number, "ended": self._ledger.now(connection)})
            self._drop(connection, ended)

    def due(self) -> tuple[list[Digest], float, float | None]:
        """Those that are due, the ledger's time, and the seconds until the next other one: None where there is none.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            now = self._ledger.now(connection) / 1000
            known = [each for each in self.standing() if each.spec is not None]
        due = [each for each in known if not now < each.due <= now + AHEAD]
        return due, now, min((each.due - now for each in known if each not in due), default=None)

    def take(self, number: int) -> bool:
        """Queue a digest that is due, and see to the next; False where another bot has done so, or it has changed.

        Several that were missed are queued as one, together with one that could not be said yet. Raises LedgerError.
        """
        with self._ledger.writing() as connection:
            now = self._ledger.now(connection) / 1000
            row = connection.execute(HELD, {"number": number}).one_or_none()
            if row is None or (each := self._read(row)).spec is None or now < each.due <= now + AHEAD:
                return False
            rhythm = each.spec.rhythm
            values = {"due": ms(rhythm.next(now)), "told": None}
            if each.due <= now:
                until = max(each.due, rhythm.latest(now))
                values["told"] = ms(until)
            taken = connection.execute(TAKE, {"number": number, "before": row.due, **values}).rowcount
            if not taken or each.due > now:
                return False
            told = Notice(
                NoticeKind.DIGEST,
                (),
                at=now,
                since=each.begin(each.spec, each.due),
                until=until,
                count=rhythm.many(each.due, until),
                digest=number,
            )
            earlier = self._drop(connection, each)
            if earlier:
                told = replace(
                    told,
                    at=min(one.at for one in earlier),
                    since=min(one.since or told.at for one in earlier),
                    count=told.count + sum(one.count for one in earlier),
                )
            self._queue.notify(connection, [each.room], told, due=now)
        return True

    def meant(self, rows: Sequence[Row[Any]]) -> Collection[int]:
        """Those of the sources' rows, by their ids, that some digest is about, or may be when it is known again."""
        specs = [each.spec for each in self.standing()]
        return {row.id for row in rows if any(spec is None or self._is_about(spec, row) for spec in specs)}

    def _is_about(self, spec: DigestSpec, row: Row[Any]) -> bool:
        page = spec.lists.page is None or self._ids.get(spec.lists.page) == row.page
        return page and spec.lists.platform in (None, row.platform) and spec.lists.folder == row.folder

    def _drop(self, connection: Connection, each: Digest) -> list[Notice]:
        """Take what is queued of a digest, and not being said, out of the queue."""
        room_id = connection.execute(ROOM, {"its_name": each.room}).scalar_one_or_none()
        if room_id is None:
            return []
        rows = connection.execute(FREE_NOTICES, {"its_room": room_id})
        queued = [(row, unpack_notice(row.body, row.found / 1000)) for row in rows]
        mine = {row.id: one for row, one in queued if one.kind is NoticeKind.DIGEST and one.digest == each.number}
        return [mine[number] for number in connection.execute(DROP_FREE, {"ids": [*mine]}).scalars()]

    def _read(self, row: Row[Any]) -> Digest:
        spec = unpack_digest(row.spec)
        if spec is not None and spec.lists.page is not None:
            typed = spec.lists.page
            name = self._names.get(fold(typed)) or self._names.get(bare(typed))
            spec = None if name is None else replace(spec, lists=replace(spec.lists, page=name))
        if spec is not None and not known_zone(spec.rhythm.zone):
            spec = None
        return Digest(row.id, row.room, spec, row.due / 1000, seconds(row.told))


def known_zone(name: str) -> bool:
    """Whether this machine has data of a zone."""
    try:
        zone_of(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
