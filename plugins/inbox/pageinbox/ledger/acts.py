"""What the team does with conversations: marks that are made and end, and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import AT
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.following import TOLD, Following
from pageinbox.ledger.marks import ACTS_ABOUT, HELD, act_of, held_of
from pageinbox.ledger.ours import OURS
from pageinbox.ledger.packing import pack_conversation, unpack_conversation
from pageinbox.ledger.schema import act, conversation, ms, news, room, source, wait
from pageinbox.ledger.sources import ITS, Sources, key_of
from pageinbox.model.act import Act, ActKind, Ending, Held, Person
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Source

ENDS: Mapping[ActKind, Mapping[ActKind, Ending]] = MappingProxyType(
    {
        ActKind.CLAIM: {ActKind.DONE: Ending.TAKEN_BACK},
        ActKind.SNOOZE: {ActKind.DONE: Ending.TAKEN_BACK},
        ActKind.DONE: {ActKind.CLAIM: Ending.DONE, ActKind.SNOOZE: Ending.DONE},
        ActKind.NOTE: {},
    }
)
"""Which other marks of a conversation each kind of act ends, and how."""

SNOOZE = act.alias("snooze")
ASLEEP = exists().where(
    SNOOZE.c.conversation == act.c.conversation, SNOOZE.c.ended.is_(None), SNOOZE.c.kind == ActKind.SNOOZE.value
)
LAPSING = and_(HELD, or_(act.c.kind == ActKind.SNOOZE.value, and_(act.c.kind == ActKind.CLAIM.value, ~ASLEEP)))
"""That an act is a snooze, or a claim on what is not snoozed."""

IN_OURS = conversation.c.source.in_(OURS)
OVER = ACTS_ABOUT.where(LAPSING, act.c.until <= AT, IN_OURS).order_by(act.c.id)
SOONEST = select(func.min(act.c.until)).join(conversation, conversation.c.id == act.c.conversation)
SOONEST = SOONEST.where(LAPSING, IN_OURS)
HELD_ABOUT = ACTS_ABOUT.where(HELD, act.c.conversation.in_(bindparam("conversations", expanding=True)))
ITS_HELD = and_(act.c.conversation == bindparam("its_row"), HELD)
OF_KIND = and_(ITS_HELD, act.c.kind == bindparam("its_kind"))
HOLDING = select(act).where(OF_KIND)
END = update(act).where(OF_KIND).values(body=None)
CLAIM_ANEW = update(act).where(ITS_HELD, act.c.kind == ActKind.CLAIM.value)
RENEW = update(act).where(act.c.id == bindparam("its_number"), act.c.ended.is_(None))
MARK = {dialect: insert(act).on_conflict_do_nothing().returning(act.c.id) for dialect, insert in INSERTS.items()}
"""Gives nothing where one of its kind holds already: PostgreSQL counts no rows of these."""

FOR_ACT = (
    select(conversation.c.id, conversation.c.updated)
    .where(conversation.c.key == bindparam("its_key"))
    .with_for_update()
)
HOLD = select(conversation.c.id).where(conversation.c.id == bindparam("its_row")).with_for_update()
LEARN = {dialect: insert(conversation).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
ADD_LIST = {dialect: insert(source).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
LIST = select(source.c.id).where(ITS)
ROOMS_TOLD = (
    select(room.c.name)
    .join(news, news.c.room == room.c.id)
    .where(news.c.conversation == bindparam("its_row"), news.c.verdict.in_(TOLD))
    .distinct()
    .order_by(room.c.name)
)
AS_WAITING = select(wait.c.body).where(wait.c.conversation == bindparam("its_row"), wait.c.gone.is_(None))
STILL = select(act.c.id).where(act.c.id == bindparam("its_number"), act.c.until <= AT, LAPSING)
"""Made once: making a statement takes as long as running it."""


class Acts:
    """Acts on the conversations of one ledger. A claim is recalled after `lasting` seconds.

    Every act, and every end of one, has the messages edited that tell of the conversation.
    """

    def __init__(self, ledger: Ledger, sources: Sources, following: Following, *, lasting: float) -> None:
        self._ledger = ledger
        self._sources = sources
        self._following = following
        self._lasting = lasting

    def mark(
        self,
        kind: ActKind,
        listed: Source,
        conversation_id: str,
        by: Person,
        room_name: str,
        *,
        item: Conversation | None = None,
        until: float | None = None,
        giver: str = "",
        words: str = "",
        over: bool = False,
    ) -> Act | None:
        """Put an act on a conversation; gives the one of its kind that holds already, then nothing is changed.

        `item` is the conversation as it was seen last, None where only the ledger may know. `until` is when a snooze
        ends, in seconds since 1970, `giver` names who claims it for somebody else, `words` are those of a note. `over`
        puts it in the place of the one that holds. A conversation that the ledger does not know is kept, and is as new
        to the looks as before. Raises LedgerError.
        """
        with self._ledger.writing() as connection:
            at = self._ledger.now(connection)
            row, updated = self._row(connection, listed, conversation_id, item, at)
            seen = item or as_waiting(connection, row) or Conversation(conversation_id, updated / 1000, listed.platform)
            if over:
                self._end(connection, row, kind, Ending.TAKEN_OVER, giver or by.name, at)
            ends = at + ms(self._lasting) if kind is ActKind.CLAIM else None if until is None else ms(until)
            values = {
                "conversation": row,
                "kind": kind.value,
                "who": by.id,
                "name": by.name,
                "room": room_name,
                "at": at,
                "until": ends,
                "giver": giver or None,
                "words": words or None,
                "body": None if kind is ActKind.NOTE else pack_conversation(seen),
            }
            if connection.execute(MARK[connection.dialect.name], values).first() is None:
                return self._holding(connection, row, kind)
            for other, ending in ENDS[kind].items():
                self._end(connection, row, other, ending, by.name, at)
            self._following.acted(connection, row)
        return None

    def end(self, kind: ActKind, conversation_id: str, by: Person, *, own: bool = False) -> Act | None:
        """End a mark of a conversation; gives it, None where there is none. It has ended where it says so.

        With `own` one of somebody else is left alone. Raises LedgerError.
        """
        with self._ledger.writing() as connection:
            at = self._ledger.now(connection)
            row = connection.execute(FOR_ACT, {"its_key": key_of(conversation_id)}).scalar_one_or_none()
            held = None if row is None else self._holding(connection, row, kind)
            if row is None or held is None or (own and held.by.id != by.id):
                return held
            self._end(connection, row, kind, Ending.TAKEN_BACK, by.name, at)
            self._following.acted(connection, row)
            return msgspec.structs.replace(held, ended=at / 1000, ending=Ending.TAKEN_BACK, ender=by.name)

    def went_on(
        self, connection: Connection, ids: Mapping[str, int], items: Sequence[Conversation], now: float
    ) -> list[tuple[Held, Conversation]]:
        """Let marks follow what a look found: conversations, by their rows, that may have gone on since.

        A claim ends quietly once it is answered, what is done or snoozed once the customer writes again. Gives those of
        the latter, each with the conversation as it is now.
        """
        given = {ids[item.id]: item for item in items}
        rows = connection.execute(HELD_ABOUT, {"conversations": [*given]}).all() if given else ()
        woken = []
        for row in rows:
            item, kind = given[row.conversation], ActKind(row.kind)
            connection.execute(RENEW, {"its_number": row.id, "body": pack_conversation(item)})
            told = unpack_conversation(row.body)
            if kind is ActKind.CLAIM and answered_since(item, told):
                self._end(connection, row.conversation, kind, Ending.ANSWERED, "", ms(now))
            elif kind is not ActKind.CLAIM and item.waiting is not False and wrote_since(item, told):
                held = held_of(row, self._sources)
                if self._end(connection, row.conversation, kind, Ending.WROTE_AGAIN, "", ms(now)) and held is not None:
                    woken.append((held, item))
            else:
                continue
            self._following.acted(connection, row.conversation)
        return woken

    def due(self) -> list[Held]:
        """The snoozes that are over, and the claims that ran out in conversations that are not snoozed.

        Those of Pages that are no longer in the settings stay as they are. Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(OVER, {**self._sources.ours, "now": self._ledger.now(connection)}).all()
        return [held for row in rows if (held := held_of(row, self._sources)) is not None]

    def wait(self) -> float | None:
        """Seconds until one of them is over; None where there are none. Raises LedgerError."""
        with self._ledger.reading() as connection:
            at = self._ledger.now(connection)
            first: int | None = connection.execute(SOONEST, self._sources.ours).scalar()
        return None if first is None else max(0.0, (first - at) / 1000)

    def lapse(self, connection: Connection, held: Held) -> Ending | None:
        """End one of those that are `due`, and say how; None where that was done meanwhile."""
        at = self._ledger.now(connection)
        connection.execute(HOLD, {"its_row": held.row})
        if connection.execute(STILL, {"its_number": held.number, "now": at}).first() is None:
            return None
        answered = held.act.kind is ActKind.CLAIM and held.conversation.waiting is False
        ending = Ending.ANSWERED if answered else Ending.RAN_OUT
        self._end(connection, held.row, held.act.kind, ending, "", at)
        self._following.acted(connection, held.row)
        return ending

    def rooms_told(self, connection: Connection, row: int) -> list[str]:
        """The rooms that were told of a conversation, or are to be."""
        return list(connection.execute(ROOMS_TOLD, {"its_row": row}).scalars())

    def _holding(self, connection: Connection, row: int, kind: ActKind) -> Act | None:
        held = connection.execute(HOLDING, {"its_row": row, "its_kind": kind.value}).one_or_none()
        return None if held is None else act_of(held)

    def _end(self, connection: Connection, row: int, kind: ActKind, ending: Ending, ender: str, at: int) -> int:
        """End a mark of a conversation, if there is one. A claim on it has all its time again when a snooze ends."""
        its = {"its_row": row, "its_kind": kind.value}
        over = {"ended": at, "ending": ending.value, "ender": ender or None}
        ended = connection.execute(END, {**its, **over}).rowcount
        if ended and kind is ActKind.SNOOZE:
            connection.execute(CLAIM_ANEW, {"its_row": row, "until": at + ms(self._lasting)})
        return ended

    def _row(
        self, connection: Connection, listed: Source, conversation_id: str, item: Conversation | None, at: int
    ) -> tuple[int, int]:
        """A conversation's row, which nobody else acts on until this transaction ends; made where there is none.

        And its latest change that is known, in milliseconds.
        """
        mine = {"its_key": key_of(conversation_id)}
        if (row := connection.execute(FOR_ACT, mine).one_or_none()) is not None:
            return row.id, row.updated
        dialect, names = connection.dialect.name, self._sources.its(listed)
        place_of = {"page": names["its_page"], "platform": names["its_platform"], "folder": names["its_folder"]}
        connection.execute(ADD_LIST[dialect], {**place_of, "wanted": False})
        place = connection.execute(LIST, names).scalar_one()
        values = {
            "key": key_of(conversation_id),
            "graph_id": conversation_id,
            "source": place,
            "folders": 0,  # no look has met it yet
            "quiet": 0,
            "seen": at,
            "updated": at if item is None else ms(item.updated),
        }
        connection.execute(LEARN[dialect], values)
        row = connection.execute(FOR_ACT, mine).one()
        return row.id, row.updated


def as_waiting(connection: Connection, row: int) -> Conversation | None:
    """A conversation as it was when it was found last that somebody waits there; None where nobody does."""
    body = connection.execute(AS_WAITING, {"its_row": row}).scalar()
    return None if body is None else unpack_conversation(body)


def answered_since(item: Conversation, told: Conversation) -> bool:
    """Whether nobody waits in a conversation, or somebody does who was answered since it was seen as it was `told`.

    So it does not matter whether a look came before the customer wrote again.
    """
    return item.waiting is False or (item.answered is not None and item.answered > told.said_at)


def wrote_since(item: Conversation, told: Conversation) -> bool:
    """Whether the customer has written since a conversation was seen as it was `told`, by Meta's times alone.

    What changed counts where nobody knows what the customer wrote.
    """
    if item.wrote is None or told.wrote is None:
        return item.updated > told.updated
    return item.wrote > told.wrote
