"""Conversations that go on after a room was told of them: messages for the thread, and announcements to edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, and_, bindparam, case, func, or_, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import AT, LAPSED
from pageinbox.ledger.closing import ITS
from pageinbox.ledger.codes import LATER_CODES
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import pack_conversation, pack_news, unpack_conversation, unpack_news
from pageinbox.ledger.schema import announcement, ms, news, room
from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.watch import Detail, Every, Later, Muted, Watch

GATHERED = 1.0
"""Seconds that the edit for an act waits for further ones."""

TOLD = (Verdict.ANNOUNCED.value, Verdict.HELD.value)

CONVERSATION = news.c.conversation == bindparam("its_conversation")
# In the order of the numbers: see `Following.hold`.
HOLD = (
    select(announcement.c.id)
    .where(
        announcement.c.id.in_(
            select(news.c.announcement).where(news.c.conversation.in_(bindparam("conversations", expanding=True)))
        )
    )
    .order_by(announcement.c.id)
    .with_for_update()
)
FOLLOWED = (
    select(news, room.c.name)
    .join(room, room.c.id == news.c.room)
    .where(
        news.c.conversation.in_(bindparam("conversations", expanding=True)),
        news.c.version <= 0,
        news.c.later.is_not(None),
        news.c.verdict.in_(TOLD),
    )
)
CHANGE = update(news).where(
    CONVERSATION, news.c.room == bindparam("its_room"), news.c.version == bindparam("its_version")
)
TELLING = (
    select(news.c.announcement)
    .where(CONVERSATION, news.c.body.is_not(None), news.c.announcement.is_not(None))
    .distinct()
    .order_by(news.c.announcement)
)
SOON = bindparam("soon", type_=BigInteger)
# Later than the one that may be under way, which must not take this one for done.
LATER = func.coalesce(announcement.c.edit, 0) + 1
EDIT = update(announcement).where(ITS).values(edit=case((LATER > SOON, LATER), else_=SOON))
"""Has an announcement edited."""

WAITS = and_(announcement.c.edit.is_not(None), or_(announcement.c.edit > AT, LAPSED))
# Also where it stays as it is: who is about to claim the edit has to wait for this act, and tells of it.
EDIT_GATHERED = (
    update(announcement).where(ITS).values(edit=case((WAITS, announcement.c.edit), (LATER > SOON, LATER), else_=SOON))
)
"""The same, but for one that waits to be edited: it is not put off."""


SAID = ("watch", "source", "verdict", "occasion", "found", "due", "detail", "body", "later")


def saying(its_insert: Any) -> Any:
    """What puts a message for a thread into the queue.

    Another watch of the room may just have left it out; what one says at once goes before that.
    """
    statement = its_insert(news)
    return statement.on_conflict_do_update(
        index_elements=["conversation", "room", "version"],
        set_={name: statement.excluded[name] for name in SAID},
        where=news.c.verdict > Verdict.HELD.value,
    )


SAY = {dialect: saying(its_insert) for dialect, its_insert in INSERTS.items()}
"""Made once: making a statement takes as long as running it."""


class Following:
    """Has a ledger's announcements follow what goes on in their conversations, and what the team does with these."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def hold(self, connection: Connection, conversation_rows: Collection[int]) -> None:
        """Keep others from changing announcements that tell of these conversations, until this transaction ends.

        Whoever changes several takes them in this order: in PostgreSQL, two that took them in different ones would wait
        for each other. In SQLite one writes at a time.
        """
        if conversation_rows and self._ledger.engine.dialect.name == "postgresql":
            connection.execute(HOLD, {"conversations": [*conversation_rows]})

    def follow(
        self,
        connection: Connection,
        ids: Mapping[str, int],
        items: Sequence[Conversation],
        *,
        watches: Sequence[Watch],
        about: Sequence[Watch],
        muted: Collection[Muted],
        now: float,
    ) -> int:
        """Let the rooms that were told of these conversations follow what is new in them. Gives how much is to be said.

        `ids` are the conversations' rows, `watches` those in force, `about` those of them that are for the list. Where
        the watch that told a room has ended or is muted, another one of the room goes on. A message for a thread waits
        for the end of the watch's quiet hours, an edit makes no noise and does not.
        """
        given = {ids[item.id]: item for item in items}
        by_number = {watch.number: watch for watch in watches}
        queued = 0
        for row in connection.execute(FOLLOWED, {"conversations": [*given]}).all() if given else ():
            item = given[row.conversation]
            others = [each for each in about if each.room == row.name and follows(each, row)]
            its = [by_number[row.watch], *others] if row.watch in by_number else others
            # What comes before the room was told is told with it.
            if row.later == LATER_CODES[Later.EDIT] or (row.due is not None and row.announcement is None):
                if its or row.watch == 0:
                    queued += self._edit(connection, row, item, now)
            elif Muted(row.name, conversation=item.id) not in muted:
                speaking = (each for each in its if Muted(row.name, watch=each.number) not in muted)
                if (watch := next(speaking, None)) is not None:
                    queued += self._say(connection, row, item, now, watch)
        return queued

    def _edit(self, connection: Connection, row: Any, item: Conversation, now: float) -> int:
        if row.body is None:  # only counted, or told too long ago
            return 0
        if row.version < 0 and row.latest is not None and unpack_conversation(row.latest).waiting is False:
            return 0  # what it reminded of was answered: what comes now is another wait
        packed = pack_conversation(item)
        told, moved_from, reminder = unpack_news(row.body)
        if unclocked(item) == unclocked(told) or packed == row.latest:
            return 0
        changed: dict[str, str | None] = {"latest": packed}
        if told.unreadable and not item.unreadable:
            # As if it had been read when the room was told, but for the words it had then, if there are newer ones.
            then = msgspec.structs.replace(
                item, updated=told.updated, snippet=None, wrote=None, automatic=False, said=None
            )
            changed["body"] = pack_news(then, moved_from, reminder)
            if item.said_at <= told.updated:
                changed = {"body": pack_news(item, moved_from, reminder), "latest": None}
        mine = {"its_conversation": row.conversation, "its_room": row.room, "its_version": row.version}
        connection.execute(CHANGE, {**mine, **changed})
        if row.announcement is None:
            return 0
        return connection.execute(EDIT, {"number": row.announcement, "soon": ms(now)}).rowcount

    def acted(self, connection: Connection, conversation_row: int) -> int:
        """Somebody of the team did something with a conversation: have every message edited that still tells of it.

        Gives how many. However many acts come within a second, they make two edits at most: what waits to be edited is
        not put off, and only what is being edited just now is edited once more.
        """
        at = self._ledger.now(connection)
        numbers = connection.execute(TELLING, {"its_conversation": conversation_row}).scalars().all()
        for number in numbers:
            connection.execute(EDIT_GATHERED, {"number": number, "now": at, "soon": at + ms(GATHERED)})
        return len(numbers)

    def _say(self, connection: Connection, row: Any, item: Conversation, now: float, watch: Watch) -> int:
        quiet = watch.spec.quiet
        values = {
            "conversation": row.conversation,
            "room": row.room,
            "version": ms(item.updated),
            "watch": watch.number,
            "source": row.source,
            "verdict": Verdict.ANNOUNCED.value,
            "occasion": Occasion.ONGOING.value,
            "found": ms(now),
            "due": ms((quiet and quiet.until(now)) or now),
            "detail": watch.spec.detail,  # the row's own is erased once it is said
            "body": pack_conversation(item),
            "later": row.later,
        }
        return connection.execute(SAY[connection.dialect.name], values).rowcount


def follows(watch: Watch, row: Any) -> bool:
    """Whether a watch goes on with what another told: in the same way, and by edits only what it shows as much of."""
    spec = watch.spec
    if spec.every is not Every.NEW or spec.detail is Detail.COUNT or LATER_CODES[spec.later] != row.later:
        return False
    return spec.later is Later.THREAD or spec.detail == row.detail


def unclocked(item: Conversation) -> Conversation:
    """A conversation without the times of waits: no announcement shows them."""
    return msgspec.structs.replace(item, waits=None, at_least=False, answered=None)
