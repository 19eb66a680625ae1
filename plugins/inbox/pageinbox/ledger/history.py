"""What the ledger can tell afterwards: of one conversation, by its ref; and of what waits to be said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, literal_column, select

from pageinbox.ledger.codes import FOLDER_BITS, OLDER, THERE
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import (
    announcement,
    answer,
    conversation,
    ms,
    news,
    notice,
    room,
    seconds,
    source,
    wait,
)
from pageinbox.ledger.sources import Sources, key_of
from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.history import Backlog, History, RoomHistory, State
from pageinbox.model.ref import ALPHABET, SHORTEST
from pageinbox.model.reminder import Reminder
from pageinbox.model.source import Source
from pageinbox.model.wait import Wait

KEY_BITS = 63
LONGEST = KEY_BITS // 5

UNSENT: Any = literal_column("inbox_announcement.state <> 'sent'")
"""Under way or given up. Spelled out, as in `claims.ACTIVE`."""

LISTED: tuple[Any, ...] = (source.c.page, source.c.platform, source.c.folder)

ITS_ROW = conversation.c.key == bindparam("its_key")
ROW = select(conversation.c.id).where(ITS_ROW)
OLDER_ONE = (
    select(conversation.c.id)
    .where(conversation.c.key.between(bindparam("first"), bindparam("last")), conversation.c.id < bindparam("its_row"))
    .limit(1)
)
KNOWN = select(conversation, *LISTED).join(source, source.c.id == conversation.c.source).where(ITS_ROW)
IN_ROOMS = (
    select(news, room.c.name, announcement.c.state, announcement.c.at, announcement.c.receipt,
           announcement.c.repeat, announcement.c.error)
    .join(room, room.c.id == news.c.room)
    .outerjoin(announcement, announcement.c.id == news.c.announcement)
    .where(news.c.conversation == bindparam("its_row"))
    .order_by(news.c.found, room.c.name)
)  # fmt: skip
FOUND = (
    select(conversation.c.graph_id, *LISTED)
    .join(source, source.c.id == conversation.c.source)
    .where(conversation.c.key.between(bindparam("first"), bindparam("last")))
    .order_by(conversation.c.id)
    .limit(1)
)
TOLD = (
    select(conversation.c.graph_id, *LISTED)
    .join(news, news.c.conversation == conversation.c.id)
    .join(announcement, announcement.c.id == news.c.announcement)
    .join(room, room.c.id == announcement.c.room)
    .join(source, source.c.id == news.c.source)
    .where(room.c.name == bindparam("its_room"), announcement.c.receipt == bindparam("its_receipt"))
    .order_by(news.c.found, conversation.c.updated, conversation.c.id)
)


def queued(table: Table) -> Any:
    """Selects how much each room is still to be told, since when it waits and when it is due."""
    first = func.min(table.c.found).label("since"), func.min(table.c.due).label("due")
    counted = select(table.c.room, func.count().label("many"), *first)
    return counted.where(table.c.due.is_not(None), table.c.announcement.is_(None)).group_by(table.c.room)


QUEUED = [queued(table) for table in (news, notice)]
UNDER_WAY = select(announcement).where(UNSENT).order_by(announcement.c.id)
ROOMS = select(room)
BEGUN = select(source).where(source.c.wanted, source.c.complete, source.c.begun <= bindparam("since"))
NEW = select(conversation.c.graph_id).where(
    conversation.c.seen >= bindparam("since"),
    conversation.c.quiet == 0,
    conversation.c.key.in_(bindparam("keys", expanding=True)),
)
WAITS = select(wait).where(wait.c.conversation == bindparam("its_row"), wait.c.gone.is_(None))
ANSWERS = select(answer).where(answer.c.conversation == bindparam("its_row"))
"""Made once: making a statement takes as long as running it."""


class Histories:
    """Looks things up in one ledger."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources

    def length(self, conversation_id: str) -> int | None:
        """How many characters the ref of a conversation has; None where the ledger does not know it.

        As many as tell it from every conversation learned before it, so that a ref once given keeps its meaning.
        """
        key = key_of(conversation_id)
        with self._ledger.reading() as connection:
            if (own := connection.execute(ROW, {"its_key": key}).scalar_one_or_none()) is None:
                return None
            for length in range(SHORTEST, LONGEST):
                first, last = span(key >> (KEY_BITS - 5 * length), length)
                if connection.execute(OLDER_ONE, {"first": first, "last": last, "its_row": own}).first() is None:
                    return length
        return LONGEST

    def find(self, ref: str) -> tuple[Source, str] | None:
        """The source and the id of the conversation with this ref: the oldest of those it could mean."""
        if not SHORTEST <= len(ref) <= LONGEST or any(char not in ALPHABET for char in ref):
            return None
        number = 0
        for char in ref:
            number = number << 5 | ALPHABET.index(char)
        first, last = span(number, len(ref))
        with self._ledger.reading() as connection:
            row = connection.execute(FOUND, {"first": first, "last": last}).one_or_none()
        found_in = None if row is None else self._sources.named(row)
        return None if row is None or found_in is None else (found_in, row.graph_id)

    def told(self, room_name: str, receipt: str) -> list[tuple[Source, str]]:
        """The sources and ids of the conversations that the message with this receipt told a room of, oldest first."""
        with self._ledger.reading() as connection:
            rows = connection.execute(TOLD, {"its_room": room_name, "its_receipt": receipt}).all()
        return [(listed, row.graph_id) for row in rows if (listed := self._sources.named(row)) is not None]

    def history(self, conversation_id: str) -> History | None:
        """All that is known of one conversation; None where the ledger does not know it."""
        with self._ledger.reading() as connection:
            row = connection.execute(KNOWN, {"its_key": key_of(conversation_id)}).one_or_none()
            met_in = None if row is None else self._sources.named(row)
            if row is None or met_in is None:
                return None
            rows = connection.execute(IN_ROOMS, {"its_row": row.id}).all()
            waits = [
                waited(met_in, conversation_id, each)
                for statement in (ANSWERS, WAITS)
                for each in connection.execute(statement, {"its_row": row.id})
            ]
        folders = tuple(folder for folder, bit in FOLDER_BITS.items() if row.folders & bit)
        return History(
            source=met_in,
            folders=folders,
            seen=row.seen / 1000,
            updated=row.updated / 1000,
            quiet=row.quiet == THERE,
            rooms=tuple(map(room_history, rows)),
            older=row.quiet == OLDER,
            waits=tuple(sorted(waits, key=lambda each: each.since)),
        )

    def waiting(self) -> list[Backlog]:
        """What each room has not been told yet, in the order it waits, and what was given up."""
        with self._ledger.reading() as connection:
            counts: dict[int, list[Row[Any] | None]] = {}
            for index, statement in enumerate(QUEUED):
                for row in connection.execute(statement):
                    counts.setdefault(row.room, [None, None])[index] = row
            under_way = connection.execute(UNDER_WAY).all()
            # Last, since a room may come with what is queued between two of these statements. One that went on as
            # another one meanwhile is left out: what it had is said there.
            rooms = {row.id: row for row in connection.execute(ROOMS)}
        found = [
            Backlog(
                room=rooms[row.room].name,
                state=State(row.state),
                conversations=row.items,
                notices=int(row.items == 0),
                since=row.at / 1000,
                retry=max(row.at, rooms[row.room].retry or 0) / 1000,
                tries=row.tries if row.state == State.GIVEN_UP else rooms[row.room].failures,
                error=row.error,
                failing=None if row.state == State.GIVEN_UP else seconds(rooms[row.room].failing),
            )
            for row in under_way
            if row.room in rooms
        ]
        for room_id, (some, others) in counts.items():
            if room_id not in rooms:
                continue
            both = [row for row in (some, others) if row is not None]
            its_room = rooms[room_id]
            found.append(
                Backlog(
                    room=its_room.name,
                    state=State.QUEUED,
                    conversations=some.many if some is not None else 0,
                    notices=others.many if others is not None else 0,
                    since=min(row.since for row in both) / 1000,
                    retry=max(min(row.due for row in both), its_room.retry or 0) / 1000,
                    tries=its_room.failures,
                    error=its_room.error,
                    failing=seconds(its_room.failing),
                )
            )
        return sorted(found, key=lambda backlog: backlog.since)

    def watched_since(self, sources: Iterable[Source], since: float) -> bool:
        """Whether each of the sources has been watched since then, so that all that came is known."""
        with self._ledger.reading() as connection:
            watched = {self._sources.named(row) for row in connection.execute(BEGUN, {"since": ms(since)})}
        return watched.issuperset(sources)

    def new_since(self, graph_ids: Iterable[str], since: float) -> set[str]:
        """Those of the conversations that were new after `since`."""
        keys = [key_of(graph_id) for graph_id in graph_ids]
        with self._ledger.reading() as connection:
            return set(connection.execute(NEW, {"since": ms(since), "keys": keys}).scalars())


def span(number: int, length: int) -> tuple[int, int]:
    """The first and the last key that begin with the `length` characters of a ref, given as one number."""
    shift = KEY_BITS - 5 * length
    return number << shift, (number + 1 << shift) - 1


def waited(source: Source, conversation_id: str, row: Row[Any]) -> Wait:
    """One time that a customer waited: a row of those who do, or of answers."""
    since, took = row.since / 1000, row._mapping.get("took")
    wrote = row.wrote / 1000 if took is None else since + row.wrote
    answered = None if took is None else since + took
    return Wait(source, conversation_id, since, wrote, bool(row.at_least), answered)


def room_history(row: Row[Any]) -> RoomHistory:
    """What became of a conversation for one room."""
    return RoomHistory(
        room=row.name,
        watch=row.watch,
        verdict=Verdict(row.verdict),
        occasion=Occasion(row.occasion),
        again=row.version > 0,
        found=row.found / 1000,
        due=(row.due or row.found) / 1000,
        state=None if row.state is None else State(row.state),
        sent=row.at / 1000 if row.state == State.SENT.value else None,
        receipt=row.receipt,
        repeated=bool(row.repeat),
        error=row.error,
        reminder=Reminder.of(row.version) if row.version < 0 else None,
    )
