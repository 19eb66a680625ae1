"""Watches and mutes, as rooms and the settings have them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_spec, unpack_news, unpack_spec, written_room
from pageinbox.ledger.schema import conversation, ms, mute, news, room, seconds, source, watch
from pageinbox.ledger.sources import key_of
from pageinbox.model.announcement import Verdict
from pageinbox.model.logged import nobody_named
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.text import bare, fold
from pageinbox.model.watch import Every, Later, Muted, PausedWatch, Watch, WatchSpec

log = logging.getLogger(__name__)

IN_FORCE = select(watch).where(watch.c.ended.is_(None)).order_by(watch.c.id)
MUTES = (
    select(mute.c.room, mute.c.watch, conversation.c.graph_id, mute.c.until)
    .outerjoin(conversation, conversation.c.id == mute.c.conversation)
    .where(mute.c.until > bindparam("now"))
)
OF_SETTINGS = IN_FORCE.where(watch.c.ops)
ADD = insert(watch).returning(watch.c.id)
CHANGE = update(watch).where(watch.c.id == bindparam("number"))
ROOM = select(watch.c.room).where(watch.c.id == bindparam("number"))
MUTE = insert(mute)
MUTED = and_(mute.c.room == bindparam("its_room"), mute.c.watch == bindparam("number"))
MUTED_ONE = and_(mute.c.room == bindparam("its_room"), mute.c.conversation == bindparam("its_row"))
UNMUTE, UNMUTE_ONE = delete(mute).where(MUTED), delete(mute).where(MUTED_ONE)
UNMUTE_EVERYWHERE = delete(mute).where(mute.c.watch == bindparam("number"))
SPEAK_AGAIN = delete(mute).where(mute.c.until <= bindparam("now"))
QUEUED = and_(news.c.due.is_not(None), news.c.announcement.is_(None))
IN_ROOM = news.c.room == select(room.c.id).where(room.c.name == bindparam("its_room")).scalar_subquery()
SILENT = update(news).where(QUEUED).values(verdict=Verdict.MUTED.value, due=None, body=None)
SILENCE_ONE = SILENT.where(IN_ROOM, news.c.conversation == bindparam("its_row"))
QUEUED_OF = (
    select(
        news.c.conversation,
        news.c.room,
        news.c.version,
        news.c.later,
        news.c.body,
        source.c.page,
        source.c.platform,
        source.c.folder,
    )
    .join(source, source.c.id == news.c.source)
    .where(QUEUED, news.c.watch == bindparam("number"))
)
SILENCE = SILENT.where(news.c.watch == bindparam("number"))
PASS_ON = (
    update(news)
    .where(
        news.c.conversation == bindparam("its_conversation"),
        news.c.room == bindparam("its_room"),
        news.c.version == bindparam("its_version"),
    )
    .values(watch=bindparam("heir"), detail=bindparam("its_detail"))
)
ROW = select(conversation.c.id).where(conversation.c.key == bindparam("its_key"))
"""Made once: making a statement takes as long as running it."""

NO_ROOMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OpsWatch:
    """A watch of the settings as the ledger has it: `written` is what they called its room, empty if not known."""

    number: int
    room: str
    written: str
    spec: WatchSpec | str

    def is_for(self, written: str, room: str, spec: WatchSpec) -> bool:
        """Whether it is the one that the settings name so now, in a room that is now found as `room`."""
        return self.spec == spec and (self.written == written or self.room in (room, written))

    def found(self, spec: WatchSpec) -> WatchSpec:
        """The same spec; whom it pings, and was not found this time, as found before."""
        before = {ping: ping for ping in self.spec.ping} if isinstance(self.spec, WatchSpec) else {}
        return replace(spec, ping=tuple(ping if ping.id else before.get(ping, ping) for ping in spec.ping))


class Watches:
    """The watches of one ledger. `pages` are Meta's ids of the Pages by the names that specs have them by."""

    def __init__(self, ledger: Ledger, pages: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._ids = pages
        # As in chat, a name may come without its punctuation, where only one Page is called so.
        short = [bare(name) for name in pages]
        self._names = {key: name for key, name in zip(short, pages, strict=True) if short.count(key) == 1}
        self._names |= {fold(name): name for name in pages}
        # Every look asks for all watches, and reading their specs takes longer than the statement.
        self._spec = lru_cache(10_000)(self._unpack)

    def watches(self) -> list[Watch]:
        """Every watch in force that is not paused, by number."""
        return [each for each in self._every() if isinstance(each, Watch)]

    def paused(self) -> list[PausedWatch]:
        """The watches that are paused, by number."""
        return [each for each in self._every() if isinstance(each, PausedWatch)]

    def _every(self) -> list[Watch | PausedWatch]:
        with self._ledger.reading() as connection:
            return self._read_all(connection)

    def _read_all(self, connection: Connection) -> list[Watch | PausedWatch]:
        return [self._read(row) for row in connection.execute(IN_FORCE)]

    def _read(self, row: Any) -> Watch | PausedWatch:
        spec = self._spec(row.spec)
        if isinstance(spec, str) or (spec.page is not None and spec.page not in self._ids):
            return PausedWatch(row.id, row.room, spec)
        if spec.quiet is not None and not spec.quiet.known():
            return PausedWatch(row.id, row.room, spec)
        return Watch(row.id, row.room, spec, row.ops, seconds(row.made))

    def _unpack(self, text: str) -> WatchSpec | str:
        """A spec as it was packed, its Page written as the settings write it now."""
        spec = unpack_spec(text)
        if isinstance(spec, str) or spec.page is None:
            return spec
        return replace(spec, page=self._names.get(fold(spec.page)) or self._names.get(bare(spec.page), spec.page))

    def add(self, room_name: str, spec: WatchSpec, now: float) -> tuple[Watch, bool]:
        """Make a room watch. Gives the watch, and whether it is new: the room may have just that one already."""
        with self._ledger.writing() as connection:
            for known in self._read_all(connection):
                if isinstance(known, Watch) and (known.room, known.spec) == (room_name, spec):
                    return known, False
            number = self._insert(connection, room_name, spec, now, ops=False)
        return Watch(number, room_name, spec, made=now), True

    def keep(
        self,
        settings: Sequence[tuple[str, WatchSpec]],
        now: float,
        going: Callable[[], bool] = lambda: True,
        *,
        rooms: Mapping[str, str] = NO_ROOMS,
    ) -> None:
        """Make the watches of the settings what `settings` says: rooms as written there, and what each is to hear of.

        Those that stay keep their numbers. `rooms` are the names of rooms in the chat by what is written, as far as
        they were found. A watch stays in the room it was found in, which may be called something else by now; to have
        it elsewhere, the settings name that room by its id.
        Nothing changes when `going` says no: who waited for the ledger may have been replaced meanwhile.
        """
        with self._ledger.writing() as connection:
            if not going():
                return
            connection.execute(SPEAK_AGAIN, {"now": ms(now)})
            rows = connection.execute(OF_SETTINGS)
            have = [OpsWatch(row.id, row.room, written_room(row.spec), self._spec(row.spec)) for row in rows]
            kept: set[tuple[str, WatchSpec]] = set()
            for written, spec in settings:
                found = rooms.get(written, written)
                mine = next((each for each in have if each.is_for(written, found, spec)), None)
                its_room = found if mine is None or mine.room == written else mine.room
                if (its_room, spec) in kept:
                    continue
                kept.add((its_room, spec))
                if mine is None:
                    self._insert(connection, its_room, spec, now, ops=True, written=written)
                    continue
                have.remove(mine)
                values = {"room": its_room, "spec": pack_spec(mine.found(spec), written)}
                connection.execute(CHANGE, {"number": mine.number, **values})
            for gone in have:
                name = nobody_named(gone.room)
                log.warning("Watch %d of %s was removed from the settings and has ended", gone.number, name)
                self._end(connection, gone.number, now)

    def end(self, number: int, now: float) -> None:
        """Stop a watch: what it has queued is not said any more, but where another watch of the room is for it too."""
        with self._ledger.writing() as connection:
            self._end(connection, number, now)

    def mute(self, target: Muted, until: float) -> bool:
        """Say nothing of it in that room until then, nor what is queued of it, but for what another watch tells there.

        False for a conversation that the ledger does not know.
        """
        with self._ledger.writing() as connection:
            known = None if target.conversation is None else self._row(connection, target.conversation)
            if target.conversation is not None and known is None:
                return False
            its = {"its_room": target.room, "number": target.watch, "its_row": known}
            if target.watch is not None:
                connection.execute(UNMUTE, its)
                self._silence(connection, target.watch, target.room, self._ledger.now(connection) / 1000)
            else:
                connection.execute(UNMUTE_ONE, its)
                connection.execute(SILENCE_ONE, its)
            values = {"room": target.room, "watch": target.watch, "conversation": known, "until": ms(until)}
            connection.execute(MUTE, values)
        return True

    def unmute(self, target: Muted) -> bool:
        """Speak of it again; False where it was not muted."""
        with self._ledger.writing() as connection:
            known = None if target.conversation is None else self._row(connection, target.conversation)
            its = {"its_room": target.room, "number": target.watch, "its_row": known}
            statement = UNMUTE if target.conversation is None else UNMUTE_ONE
            return bool(connection.execute(statement, its).rowcount)

    def mutes(self, now: float) -> dict[Muted, float]:
        """What is muted, and until when in seconds since 1970."""
        with self._ledger.reading() as connection:
            rows = connection.execute(MUTES, {"now": ms(now)})
            return {Muted(row.room, row.watch, row.graph_id): row.until / 1000 for row in rows}

    def _insert(
        self, connection: Connection, room_name: str, spec: WatchSpec, now: float, *, ops: bool, written: str = ""
    ) -> int:
        values = {"room": room_name, "spec": pack_spec(spec, written), "ops": ops, "made": ms(now)}
        number: int = connection.execute(ADD, values).scalar_one()
        return number

    def _end(self, connection: Connection, number: int, now: float) -> None:
        its = {"number": number}
        connection.execute(CHANGE, {**its, "ended": ms(now)})
        connection.execute(UNMUTE_EVERYWHERE, its)
        room_name = connection.execute(ROOM, its).scalar_one()
        self._silence(connection, number, room_name, now)

    def _silence(self, connection: Connection, number: int, room_name: str, now: float) -> None:
        """Say nothing of what a watch has queued, but for what another of the room, which is not muted, is for too."""
        silent = {one.watch for one in self.mutes(now) if one.room == room_name} | {number}
        others = [
            each
            for each in self._read_all(connection)
            if isinstance(each, Watch) and each.room == room_name and each.number not in silent
        ]
        passed_on = [
            {
                "its_conversation": row.conversation,
                "its_room": row.room,
                "its_version": row.version,
                "heir": heir.number,
                "its_detail": heir.spec.detail,
            }
            for row in (connection.execute(QUEUED_OF, {"number": number}) if others else ())
            if (heir := next((each for each in others if self._tells(each.spec, row)), None)) is not None
        ]
        if passed_on:
            connection.execute(PASS_ON, passed_on)
        connection.execute(SILENCE, {"number": number})

    def _tells(self, spec: WatchSpec, row: Any) -> bool:
        """Whether a watch is for what is queued, too."""
        if not self._is_about(spec, row):
            return False
        if row.version < 0:
            reminder = Reminder.of(row.version)
            return reminder.step in (spec.waits if reminder.kind is ReminderKind.WAITING else (spec.closes,))
        if row.version > 0 and row.later is not None:
            return spec.every is Every.NEW and spec.later is Later.THREAD
        if spec.every is Every.NOTHING or (row.version > 0 and spec.every is not Every.MESSAGE):
            return False
        return row.body is None or not spec.leaves_out(unpack_news(row.body)[0])

    def meant(self, rows: Sequence[Any]) -> set[int]:
        """Those of the sources' rows, by their ids, that some watch is about, or may be when it wakes up."""
        specs = [each.spec for each in self._every()]
        return {row.id for row in rows if any(isinstance(spec, str) or self._is_about(spec, row) for spec in specs)}

    def _is_about(self, spec: WatchSpec, row: Any) -> bool:
        """Whether a watch is about the source of a row, whatever platforms the settings of this bot leave out.

        A Page that is in the settings no more may be any: its name may have changed.
        """
        page = spec.page is None or self._ids.get(spec.page, row.page) == row.page
        return page and spec.platform in (None, row.platform) and spec.folder == row.folder

    def _row(self, connection: Connection, conversation_id: str) -> int | None:
        row: int | None = connection.execute(ROW, {"its_key": key_of(conversation_id)}).scalar_one_or_none()
        return row
