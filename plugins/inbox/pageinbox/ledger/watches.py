"""Watches and mutes, as rooms and the settings have them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from pageinbox.language.reader import QueryError
from pageinbox.language.watch import describe_watch, parse_watch
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import conversation, ms, mute, news, room, source, watch
from pageinbox.ledger.sources import key_of
from pageinbox.model.announcement import Verdict
from pageinbox.model.watch import Muted, PausedWatch, Watch, WatchSpec

log = logging.getLogger(__name__)


class Watches:
    """The watches of one ledger. `pages` are Meta's ids of the Pages by name; wishes are written down by name."""

    def __init__(self, ledger: Ledger, pages: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._ids = pages
        self._pages = list(pages)
        # Every look asks for all watches, and reading one takes longer than a statement.
        self._read = lru_cache(10_000)(lambda text: parse_watch(text, self._pages))

    def watches(self) -> list[Watch]:
        """Every watch in force that does not sleep, by number."""
        return [one for one in self._every() if isinstance(one, Watch)]

    def paused(self) -> list[PausedWatch]:
        """The watches that sleep, by number."""
        return [one for one in self._every() if isinstance(one, PausedWatch)]

    def _every(self) -> list[Watch | PausedWatch]:
        with self._ledger.reading() as connection:
            return self._read_all(connection)

    def _read_all(self, connection: Connection) -> list[Watch | PausedWatch]:
        rows = connection.execute(select(watch).where(watch.c.ended.is_(None)).order_by(watch.c.id)).all()
        found: list[Watch | PausedWatch] = []
        for row in rows:
            try:
                found.append(Watch(row.id, row.room, self._read(row.wish), row.ops))
            except QueryError:
                found.append(PausedWatch(row.id, row.room, row.wish))
        return found

    def add(self, room_name: str, wish: WatchSpec, now: float) -> tuple[Watch, bool]:
        """Make a room watch. Gives the watch, and whether it is new: the room may have that very wish already."""
        text = describe_watch(wish)
        with self._ledger.writing() as connection:
            alike = and_(watch.c.room == room_name, watch.c.wish == text, watch.c.ended.is_(None))
            row = connection.execute(select(watch).where(alike).limit(1)).one_or_none()
            if row is not None:
                return Watch(row.id, room_name, wish, row.ops), False
            number = self._insert(connection, room_name, text, False, now)
        return Watch(number, room_name, wish), True

    def keep(
        self, settings: Sequence[tuple[str, WatchSpec]], now: float, going: Callable[[], bool] = lambda: True
    ) -> None:
        """Make the watches of the settings what `settings` says; those that stay keep their numbers.

        Nothing changes when `going` says no: who waited for the ledger may have been replaced meanwhile.
        """
        wanted = {(name, describe_watch(wish)) for name, wish in settings}
        with self._ledger.writing() as connection:
            if not going():
                return
            connection.execute(delete(mute).where(mute.c.until <= ms(now)))
            rows = connection.execute(select(watch).where(watch.c.ops, watch.c.ended.is_(None))).all()
            for name, text in sorted(wanted - {(row.room, row.wish) for row in rows}):
                self._insert(connection, name, text, True, now)
            for row in rows:
                if (row.room, row.wish) not in wanted:
                    log.warning("Watch %d of %s is no longer in the settings, and ends", row.id, row.room)
                    self._end(connection, row.id, now)

    def end(self, number: int, now: float) -> None:
        """Stop a watch: what it has queued is not said any more, but where another watch of the room is for it too."""
        with self._ledger.writing() as connection:
            self._end(connection, number, now)

    def mute(self, target: Muted, until: float) -> bool:
        """Say nothing of it in that room until then, nor what is queued of it.

        False for a conversation that the ledger does not know.
        """
        with self._ledger.writing() as connection:
            known = None if target.conversation is None else self._row(connection, target.conversation)
            if target.conversation is not None and known is None:
                return False
            connection.execute(delete(mute).where(self._is(connection, target)))
            place = select(room.c.id).where(room.c.name == target.room).scalar_subquery()
            what = news.c.watch == target.watch if known is None else news.c.conversation == known
            queued = and_(news.c.room == place, what, news.c.due.is_not(None), news.c.announcement.is_(None))
            silent = {"verdict": Verdict.MUTED.value, "due": None, "body": None}
            connection.execute(update(news).where(queued).values(**silent))
            values = {"room": target.room, "watch": target.watch, "conversation": known, "until": ms(until)}
            connection.execute(insert(mute).values(**values))
        return True

    def unmute(self, target: Muted) -> bool:
        """Speak of it again; False where it was not muted."""
        with self._ledger.writing() as connection:
            return bool(connection.execute(delete(mute).where(self._is(connection, target))).rowcount)

    def mutes(self, now: float) -> dict[Muted, float]:
        """What is muted, and until when in seconds since 1970."""
        columns = select(mute.c.room, mute.c.watch, conversation.c.graph_id, mute.c.until)
        joined = columns.outerjoin(conversation, conversation.c.id == mute.c.conversation)
        with self._ledger.reading() as connection:
            rows = connection.execute(joined.where(mute.c.until > ms(now)))
            return {Muted(row.room, row.watch, row.graph_id): row.until / 1000 for row in rows}

    def _insert(self, connection: Connection, name: str, text: str, ops: bool, now: float) -> int:
        values = {"room": name, "wish": text, "ops": ops, "made": ms(now)}
        number: int = connection.execute(insert(watch).values(**values).returning(watch.c.id)).scalar_one()
        return number

    def _end(self, connection: Connection, number: int, now: float) -> None:
        connection.execute(update(watch).where(watch.c.id == number).values(ended=ms(now)))
        connection.execute(delete(mute).where(mute.c.watch == number))
        queued = and_(news.c.watch == number, news.c.due.is_not(None), news.c.announcement.is_(None))
        columns = select(news.c.source, source.c.page, source.c.platform, source.c.folder).distinct()
        joined = columns.join(source, source.c.id == news.c.source).where(queued)
        name = connection.execute(select(watch.c.room).where(watch.c.id == number)).scalar_one()
        others = [one for one in self._read_all(connection) if isinstance(one, Watch) and one.room == name]
        for row in connection.execute(joined).all():
            heir = next((one.number for one in others if self._is_about(one.wish, row)), None)
            values = {"watch": heir} if heir else {"verdict": Verdict.MUTED.value, "due": None, "body": None}
            connection.execute(update(news).where(queued, news.c.source == row.source).values(**values))

    def meant(self, row: Any) -> bool:
        """Whether some watch is about the source of a row, or may be when it wakes up."""
        return any(isinstance(one, PausedWatch) or self._is_about(one.wish, row) for one in self._every())

    def _is_about(self, wish: WatchSpec, row: Any) -> bool:
        """Whether a wish is about the source of a row, whatever platforms the settings of this bot leave out."""
        page = wish.page is None or self._ids.get(wish.page) == row.page
        return page and wish.platform in (None, row.platform) and wish.folder == row.folder

    def _is(self, connection: Connection, target: Muted) -> ColumnElement[bool]:
        if target.conversation is None:
            return and_(mute.c.room == target.room, mute.c.watch == target.watch)
        known = self._row(connection, target.conversation)
        return and_(mute.c.room == target.room, mute.c.conversation == known)

    def _row(self, connection: Connection, conversation_id: str) -> int | None:
        return connection.execute(
            select(conversation.c.id).where(conversation.c.key == key_of(conversation_id))
        ).scalar_one_or_none()
