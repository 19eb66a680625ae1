"""What rooms are to hear, put down in the transaction that learns it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select

from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.codes import LATER_CODES
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_news, pack_notice
from pageinbox.ledger.schema import ms, news, notice, room
from pageinbox.ledger.sources import SourceRow
from pageinbox.model.announcement import Decision, Notice, Occasion, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.reminder import Reminder
from pageinbox.model.watch import Detail, Later

RENEWED = ("watch", "source", "verdict", "occasion", "found", "due", "since", "detail", "body", "later")


def adding(its_insert: Any) -> Any:
    """What puts news into the queue, in the place of what was left out before."""
    statement = its_insert(news)
    given = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["conversation", "room", "version"],
        set_={name: given[name] for name in RENEWED},
        where=and_(news.c.verdict > Verdict.HELD.value, given.verdict <= Verdict.HELD.value),
    )


ADD = {dialect: adding(its_insert) for dialect, its_insert in INSERTS.items()}
REMIND = {dialect: its_insert(news).on_conflict_do_nothing() for dialect, its_insert in INSERTS.items()}
NOTIFY = insert(notice)
ROOMS = select(room.c.name, room.c.id).where(room.c.name.in_(bindparam("names", expanding=True)))
MAKE_ROOM = {dialect: its_insert(room).on_conflict_do_nothing() for dialect, its_insert in INSERTS.items()}
"""Made once: making a statement takes as long as running it."""


class Queue:
    """The queue of one ledger, at its end; `Outbox` takes from it."""

    def __init__(self, ledger: Ledger) -> None:
        self._dialect = ledger.engine.dialect.name

    def add(
        self, connection: Connection, its_source: SourceRow, decisions: Sequence[Decision], *, ids: Mapping[str, int]
    ) -> None:
        """Put what was decided of the conversations of one source into the queue, each once for a room.

        `ids` are the conversations' rows by their ids at Meta. What a room was not told of
        before, because it was left out or muted elsewhere, may still be told.
        """
        rooms = self._rooms(connection, {decision.room for decision in decisions})
        rows = [
            {
                "conversation": ids[decision.conversation.id],
                "room": rooms[decision.room],
                "version": ms(decision.conversation.updated) if decision.again else 0,
                "watch": decision.watch,
                "source": its_source.id,
                "verdict": decision.verdict.value,
                "occasion": decision.occasion.value,
                "found": ms(decision.found),
                "due": None if decision.due is None else ms(decision.due),
                "since": None if decision.since is None else ms(decision.since),
                "detail": decision.detail,
                "body": pack_news(decision.conversation, decision.moved_from)
                if decision.named and decision.due is not None
                else None,
                "later": None if decision.later is None else LATER_CODES[decision.later],
            }
            for decision in decisions
        ]
        if not rows:
            return
        in_bulk(connection, ADD[self._dialect], rows)

    def notify(self, connection: Connection, rooms: Sequence[str], item: Notice, *, due: float) -> None:
        """Queue a notice for each of the rooms, to be said at `due` at the earliest."""
        ids = self._rooms(connection, set(rooms))
        for name in rooms:
            values = {"room": ids[name], "found": ms(item.at), "due": ms(due), "body": pack_notice(item)}
            connection.execute(NOTIFY, values)

    def remind(
        self,
        connection: Connection,
        room_name: str,
        item: Conversation,
        reminder: Reminder,
        *,
        row: int,
        source: int,
        watch: int,
        found: float,
        due: float | None,
        since: float | None = None,
        detail: Detail | None = None,
    ) -> int:
        """Queue a reminder of a conversation for a room, once; gives how many were queued: 0 where it was before.

        `row` and `source` are the rows of the conversation and of its source, `watch` is the number of the watch that
        wants it, 0 for none. `found` is when it came about, `due` when it may be said, None where it is muted, and
        `since` when the quiet hours began in which it comes all the same; all in seconds since 1970.
        """
        values = {
            "conversation": row,
            "room": self._rooms(connection, {room_name})[room_name],
            "version": reminder.number,
            "watch": watch,
            "source": source,
            "verdict": (Verdict.MUTED if due is None else Verdict.ANNOUNCED).value,
            "occasion": Occasion.REMINDER.value,
            "found": ms(found),
            "due": None if due is None else ms(due),
            "since": None if since is None else ms(since),
            "detail": detail,
            "body": None if due is None else pack_news(item, reminder=reminder),
            "later": LATER_CODES[Later.EDIT],
        }
        return connection.execute(REMIND[self._dialect], values).rowcount

    def _rooms(self, connection: Connection, names: set[str]) -> dict[str, int]:
        """The rows of rooms, made where there are none."""
        if not names:
            return {}
        found = {name: room_id for name, room_id in connection.execute(ROOMS, {"names": [*names]})}
        if missing := sorted(names - found.keys()):
            for name in missing:
                connection.execute(MAKE_ROOM[self._dialect], {"name": name})
            found |= {name: room_id for name, room_id in connection.execute(ROOMS, {"names": missing})}
        return found
