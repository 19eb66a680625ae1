"""From the queue to the receipt: what is still to be said is claimed, sent, and marked as sent."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import ACTIVE, CLAIM, Anything, Turn, Turns
from pageinbox.ledger.closing import CHANGE, DROP, ITS, close, doubt, give_up, put_back
from pageinbox.ledger.contents import FREE_NOTICES, Choose, claimed_contents, next_contents, take
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.failing import FailingRooms
from pageinbox.ledger.packing import unpack_notice
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.restored import may_be_known
from pageinbox.ledger.schema import announcement, ms, notice, room
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement, Notice, NoticeKind
from pageinbox.model.history import State
from pageinbox.model.source import Source

GIVE_UP = 3 * 86400.0
"""Seconds of failing after which what a room was to be told is given up."""

DOUBTS = 8
"""Tries of one announcement that the chat itself left in doubt until it is given up; crashes do not count."""

BEGIN = {
    dialect: insert(announcement).on_conflict_do_nothing().returning(announcement.c.id)
    for dialect, insert in INSERTS.items()
}
DROP_NOTICES = delete(notice).where(notice.c.id.in_(bindparam("ids", expanding=True)))
ROOM = select(room.c.id).where(room.c.name == bindparam("its_name"))
TAKE_OVER = (
    update(announcement)
    .where(ITS, announcement.c.state == State.DOUBT.value)
    .values(state=State.SENDING.value)
    .returning(announcement.c.repeat, announcement.c.erased)
)
DOUBT_ALL = (
    update(announcement)
    .where(ACTIVE, announcement.c.state == State.SENDING.value)
    .values(state=State.DOUBT.value, session=None, until=None)
)
TOLD = select(announcement.c.state, announcement.c.receipt).where(ITS)
TRY_AGAIN = CHANGE.values(tries=announcement.c.tries + 1).returning(announcement.c.tries)
MINE = and_(ITS, announcement.c.state == State.SENDING.value, announcement.c.session == bindparam("mine"))
"""That this session sends it; it may also be editing what another one has sent."""

STILL_MINE = select(announcement.c.id).where(MINE)
HOLD = update(announcement).where(MINE)
DROP_MINE = delete(announcement).where(MINE)
"""Made once: making a statement takes as long as running it."""


class Outbox:
    """The announcements of one ledger. At most one is under way in each room, so that they come in order.

    `choose` says what goes into the next message of a room, of what is due within `ahead` seconds. `admins` are rooms
    or people that hear of rooms that fail.
    """

    def __init__(
        self, ledger: Ledger, sources: Sources, choose: Choose, *, ahead: float, admins: Sequence[str] = ()
    ) -> None:
        self._ledger = ledger
        self._sources = sources
        self._turns = Turns(sources.ours, ledger.clock)
        self._choose = choose
        self._ahead = ahead
        self._rooms = FailingRooms(Queue(ledger), admins, gathering=ahead)
        self._under_way: set[int] = set()
        self._claiming = threading.Lock()
        """What this outbox gave to be sent and was not told of since; `done` ends it however that went."""

    def claim(self) -> tuple[Announcement, bool] | None:
        """The next announcement this session is to send, marked as being sent; with whether it is in doubt.

        None where nothing is due, or only in rooms that are busy or failing, or of Pages that another bot knows.
        """
        # Asked first, since a claim has to wait for the right to write, and mostly there is nothing.
        with self._ledger.reading() as connection:
            there = self._turns.anything(connection)
        if not there.due and not there.under_way:
            return None
        # One at a time: what another thread is just claiming must not look lost for not being known to be under way.
        with self._claiming:
            with self._ledger.writing() as connection:
                claimed = self._next(connection, self._ledger.now(connection), there)
            if claimed is not None:  # not before it is sure: of a claim that failed nobody would tell how it ended
                self._under_way.add(claimed[0].number)
        return claimed

    def _next(self, connection: Connection, at: int, there: Anything) -> tuple[Announcement, bool] | None:
        if there.under_way:
            self._turns.expire(connection, at, self._ledger.session, self._under_way)
            self._abandon(connection, at)
        for turn in self._turns.next(connection, at, there):
            take = self._take if turn.doubt is None else self._take_over
            if (taken := take(connection, turn, at)) is not None:
                return taken, turn.doubt is not None
        return None

    def _take(self, connection: Connection, turn: Turn, at: int) -> Announcement | None:
        """Claim what a room is to be told next; None where somebody else was quicker.

        The announcement comes first: there can be one under way in a room, so from then on nobody else takes anything.
        """
        if (number := self._begin(connection, turn.room, at)) is None:
            return None
        its = {"number": number}
        found = next_contents(
            connection,
            turn.room,
            self._sources.ours,
            choose=self._choose,
            at=at,
            ahead=at + ms(self._ahead),
        )
        if found is None:
            connection.execute(DROP, its)
            return None
        repeat = may_be_known(found.news, found.notices, self._ledger.restored)
        connection.execute(CHANGE, {**its, "items": len(found.news), "repeat": int(repeat)})
        take(connection, turn.room, found, number)
        key = self._ledger.key(number)
        named = self._sources.named
        return found.announcement(number, key, turn.name, source_of=named, repeat=repeat, restored=repeat)

    def _begin(self, connection: Connection, room_id: int, at: int) -> int | None:
        """An announcement that says nothing yet; None where one is under way in the room."""
        values = {
            "room": room_id,
            "state": State.SENDING.value,
            "at": at,
            "items": 0,
            "session": self._ledger.session,
            "until": at + ms(CLAIM),
        }
        number: int | None = connection.execute(BEGIN[connection.dialect.name], values).scalar_one_or_none()
        return number

    def take_back(self, room_name: str, kind: NoticeKind, sources: Collection[Source]) -> list[Notice] | None:
        """Take back the notices of one kind about these sources that a room is still to be told.

        None where nothing can be taken back, since something is just being told there.
        """
        with self._ledger.writing() as connection:
            room_id = connection.execute(ROOM, {"its_name": room_name}).scalar_one_or_none()
            if room_id is None:
                return []
            # As in `_take`: from then on nobody else takes anything.
            if (number := self._begin(connection, room_id, self._ledger.now(connection))) is None:
                return None
            queued = {
                row.id: unpack_notice(row.body, row.found / 1000)
                for row in connection.execute(FREE_NOTICES, {"its_room": room_id})
            }
            taken = {key: each for key, each in queued.items() if each.kind is kind and {*each.sources} <= {*sources}}
            connection.execute(DROP_NOTICES, {"ids": [*taken]})
            connection.execute(DROP, {"number": number})
        return list(taken.values())

    def _take_over(self, connection: Connection, turn: Turn, at: int) -> Announcement | None:
        """Claim what is in doubt; None where somebody else was quicker, or nothing of it is to be said any more.

        What a thread of ours is sending is its own also where another bot took it for lost: it may be back.
        """
        assert turn.doubt is not None
        if turn.doubt in self._under_way:
            return None
        values = {"number": turn.doubt, "session": self._ledger.session, "until": at + ms(CLAIM)}
        taken = connection.execute(TAKE_OVER, values).one_or_none()
        if taken is None:
            return None
        key, repeat = self._ledger.key(turn.doubt), taken.repeat
        if (found := claimed_contents(connection, turn.room, self._sources.ours, number=turn.doubt)) is None:
            if taken.erased:  # it may be there, and then says what is to go
                return Announcement(turn.doubt, key, turn.name, erased=taken.erased)
            connection.execute(DROP, {"number": turn.doubt})
            return None
        return found.announcement(turn.doubt, key, turn.name, source_of=self._sources.named, repeat=bool(repeat))

    def _abandon(self, connection: Connection, at: int) -> None:
        """Give up doubts that for days nobody knew the Page of, since nothing else is said in their rooms meanwhile."""
        for number in self._turns.stranded(connection, at - ms(GIVE_UP)):
            close(connection, number, state=State.GIVEN_UP.value, at=at, error=None)

    def holds(self, item: Announcement) -> bool:
        """Whether this session may still send it; if so, it has all of the time again that sending may take.

        Asked right before: who hung for long was taken for dead, and another one has told it by now.
        """
        with self._ledger.writing() as connection:
            until = self._ledger.now(connection) + ms(CLAIM)
            return bool(connection.execute(HOLD, {**self._mine(item), "until": until}).rowcount)

    def doubt_all(self) -> None:
        """Whatever is being sent is in doubt: every session that could be sending is known to be over."""
        with self._ledger.writing() as connection:
            connection.execute(DOUBT_ALL)

    def wait(self) -> float | None:
        """Seconds until something can be said, by what is queued now; None where nothing is."""
        with self._ledger.reading() as connection:
            if not any(there := self._turns.anything(connection)):
                return None
            at = self._ledger.now(connection)
            moment = self._turns.soonest(connection, at, self._under_way, there)
        return None if moment is None else max(0.0, (moment - at) / 1000)

    def done(self, item: Announcement) -> None:
        """Nobody is sending it any more. What was not recorded of it by now is in doubt."""
        self._under_way.discard(item.number)

    def sent(self, item: Announcement, receipt: str) -> bool:
        """It has arrived: keep the receipt, erase what it said unless it may be edited, and call the room well.

        False where another bot took over and has told it too: then there are two messages, and theirs is kept.
        """
        with self._ledger.writing() as connection:
            at = self._ledger.now(connection)
            row = connection.execute(TOLD, {"number": item.number}).one_or_none()
            if row is not None and row.state == State.SENT.value:
                return bool(row.receipt == (receipt or None))
            values = {"state": State.SENT.value, "at": at, "receipt": receipt or None, "error": None}
            # Without a receipt nothing can be edited, and notices are not kept.
            close(connection, item.number, editable=bool(receipt) and not item.notices, **values)
            self._rooms.well(connection, item.room, at / 1000)
        return True

    def dropped(self, item: Announcement) -> None:
        """It is not there, and nothing of it is to be said any more."""
        with self._ledger.writing() as connection:
            connection.execute(DROP_MINE, self._mine(item))

    def repeating(self, item: Announcement) -> None:
        """It will be sent once more though it may be there already."""
        with self._ledger.writing() as connection:
            connection.execute(CHANGE, {"number": item.number, "repeat": 1})

    def doubted(self, item: Announcement, why: str) -> None:
        """Nobody knows whether it arrived: to be settled before anything else is said in that room.

        Each try may leave one more of it in the room, so that after `DOUBTS` of them it is given up.
        """
        with self._ledger.writing() as connection:
            if not self._still_mine(connection, item):
                return
            now = self._ledger.now(connection) / 1000
            given_up = self._fail_room(connection, item.room, why, 0.0, now)
            tries = connection.execute(TRY_AGAIN, {"number": item.number}).scalar_one()
            if tries >= DOUBTS or (given_up is not None and item.found <= given_up):
                give_up(connection, item, why, now)
            else:
                doubt(connection, item, why, now)

    def refused(self, item: Announcement, why: str, *, retry_after: float, in_doubt: bool) -> None:
        """This try did not arrive: back into the queue, where it may be joined with what came meanwhile.

        What was `in_doubt` before stays so. What has waited for days in a room that fails as long is given up.
        """
        with self._ledger.writing() as connection:
            if not self._still_mine(connection, item):
                return
            now = self._ledger.now(connection) / 1000
            given_up = self._fail_room(connection, item.room, why, retry_after, now)
            if in_doubt:
                if given_up is None or item.found > given_up:
                    doubt(connection, item, why, now)
                    return
            else:
                put_back(connection, item, given_up)
            give_up(connection, item, why, now)

    def _still_mine(self, connection: Connection, item: Announcement) -> bool:
        """Whether this session is the one that sends it: who hung for long may have been taken for dead."""
        return connection.execute(STILL_MINE, self._mine(item)).first() is not None

    def _mine(self, item: Announcement) -> dict[str, object]:
        """What statements with `MINE` are run with."""
        return {"number": item.number, "mine": self._ledger.session}

    def _fail_room(self, connection: Connection, name: str, why: str, retry_after: float, now: float) -> float | None:
        """Put a room off. Where it fails for days, gives the time of what is old enough to be given up, else None."""
        failing = self._rooms.failed(connection, name, why, retry_after=retry_after, now=now)
        return now - GIVE_UP if failing < now - GIVE_UP else None
