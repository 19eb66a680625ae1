"""Watches and mutes, as rooms and the settings have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from pageinbox.announce import Muted
from pageinbox.ledger.opening import Ledger
from pageinbox.ledger.schema import conversation, ms, mute, news, watch
from pageinbox.ledger.seen import key_of
from pageinbox.news import Verdict
from pageinbox.query import QueryError
from pageinbox.watch import Sleeper, Watch, Wish
from pageinbox.watching import describe_wish, parse_wish


class Wishes:
    """The watches of one ledger. `pages` are the names of the Pages, by which their wishes are written down."""

    def __init__(self, ledger: Ledger, pages: Collection[str]) -> None:
        self._ledger = ledger
        self._pages = list(pages)
        # Every look asks for all watches, and reading one takes longer than a statement.
        self._read = lru_cache(10_000)(lambda text: parse_wish(text, self._pages))

    def watches(self) -> list[Watch]:
        """Every watch in force that does not sleep, by number."""
        return [one for one in self._every() if isinstance(one, Watch)]

    def sleepers(self) -> list[Sleeper]:
        """The watches that sleep, by number."""
        return [one for one in self._every() if isinstance(one, Sleeper)]

    def _every(self) -> list[Watch | Sleeper]:
        with self._ledger.reading() as connection:
            rows = connection.execute(select(watch).where(watch.c.ended.is_(None)).order_by(watch.c.id)).all()
        found: list[Watch | Sleeper] = []
        for row in rows:
            try:
                found.append(Watch(row.id, row.room, self._read(row.wish), row.ops))
            except QueryError:
                found.append(Sleeper(row.id, row.room, row.wish))
        return found

    def add(self, room_name: str, wish: Wish, now: float) -> tuple[Watch, bool]:
        """Make a room watch. Gives the watch, and whether it is new: the room may have that very wish already."""
        text = describe_wish(wish)
        with self._ledger.writing() as connection:
            alike = and_(watch.c.room == room_name, watch.c.wish == text, watch.c.ended.is_(None))
            row = connection.execute(select(watch).where(alike).limit(1)).one_or_none()
            if row is not None:
                return Watch(row.id, room_name, wish, row.ops), False
            number = self._insert(connection, room_name, text, False, now)
        return Watch(number, room_name, wish), True

    def keep(self, settings: Sequence[tuple[str, Wish]], now: float) -> None:
        """Make the watches of the settings what `settings` says; those that stay keep their numbers."""
        wanted = {(name, describe_wish(wish)) for name, wish in settings}
        with self._ledger.writing() as connection:
            connection.execute(delete(mute).where(mute.c.until <= ms(now)))
            rows = connection.execute(select(watch).where(watch.c.ops, watch.c.ended.is_(None))).all()
            for row in rows:
                if (row.room, row.wish) not in wanted:
                    self._end(connection, row.id, now)
            for name, text in sorted(wanted - {(row.room, row.wish) for row in rows}):
                self._insert(connection, name, text, True, now)

    def end(self, number: int, now: float) -> None:
        """Stop a watch: what it has queued is not said any more."""
        with self._ledger.writing() as connection:
            self._end(connection, number, now)

    def mute(self, target: Muted, until: float) -> bool:
        """Say nothing of it in that room until then; False for a conversation that the ledger does not know."""
        with self._ledger.writing() as connection:
            known = None if target.conversation is None else self._row(connection, target.conversation)
            if target.conversation is not None and known is None:
                return False
            connection.execute(delete(mute).where(self._is(connection, target)))
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
        connection.execute(update(news).where(queued).values(verdict=Verdict.MUTED.value, due=None, body=None))

    def _is(self, connection: Connection, target: Muted) -> ColumnElement[bool]:
        if target.conversation is None:
            return and_(mute.c.room == target.room, mute.c.watch == target.watch)
        known = self._row(connection, target.conversation)
        return and_(mute.c.room == target.room, mute.c.conversation == known)

    def _row(self, connection: Connection, conversation_id: str) -> int | None:
        return connection.execute(
            select(conversation.c.id).where(conversation.c.key == key_of(conversation_id))
        ).scalar_one_or_none()
