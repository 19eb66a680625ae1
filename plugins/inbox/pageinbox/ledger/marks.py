"""What the ledger tells of acts: which marks hold, and all that was ever done with a conversation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, literal_column, select

from pageinbox.ledger.database import Ledger
from pageinbox.ledger.packing import unpack_conversation
from pageinbox.ledger.schema import act, conversation, seconds, source
from pageinbox.ledger.sources import Sources, key_of
from pageinbox.model.act import Act, ActKind, Ending, Held, Marks, Person
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Platform

HELD: Any = literal_column("(inbox_act.ended IS NULL AND inbox_act.kind < 3)")
"""That an act is a mark and holds. Spelled out, as in `claims.ACTIVE`."""

ITS = conversation.c.graph_id, conversation.c.updated, source.c.page, source.c.platform, source.c.folder
ACTS_ABOUT = (
    select(act, *ITS, source.c.id.label("place"))
    .join(conversation, conversation.c.id == act.c.conversation)
    .join(source, source.c.id == conversation.c.source)
)
"""Acts, each with what `held_of` needs of its conversation."""

HOLDING = (
    select(act, conversation.c.key)
    .join(conversation, conversation.c.id == act.c.conversation)
    .where(conversation.c.key.in_(bindparam("keys", expanding=True)), act.c.ended.is_(None))
    .order_by(act.c.id)
)
"""What holds for conversations, and their notes: made once, since every list asks for it."""

OF_KIND = ACTS_ABOUT.where(HELD, act.c.kind == bindparam("its_kind")).order_by(act.c.id)
OF_ONE = (
    select(act)
    .join(conversation, conversation.c.id == act.c.conversation)
    .where(conversation.c.key == bindparam("its_key"))
    .order_by(act.c.id)
)
OF_ROWS = (
    select(act)
    .where(act.c.conversation.in_(bindparam("conversations", expanding=True)), act.c.ended.is_(None))
    .order_by(act.c.id)
)

KEPT = 10_000
"""Conversations that are known to have no marks, at most, but for those of one list more."""


class Marked:
    """Marks and notes of one ledger, to be read."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources
        self._bare: tuple[int | None, frozenset[str]] = None, frozenset()
        """Conversations without marks and notes, as long as the ledger tells of no change. Most are; and nothing that
        anybody wrote is in it."""

    def marks(self, conversation_ids: Collection[str]) -> dict[str, Marks]:
        """What holds for each of the conversations, by id; those without marks and notes are left out.

        Raises LedgerError.
        """
        changes = self._ledger.changes()
        bare = self._bare[1] if changes is not None and self._bare[0] == changes else frozenset()
        keys = {
            key_of(conversation_id): conversation_id
            for conversation_id in conversation_ids
            if conversation_id not in bare
        }
        if not keys:
            return {}
        found: dict[str, list[Act]] = {}
        with self._ledger.reading() as connection:
            for row in connection.execute(HOLDING, {"keys": list(keys)}):
                found.setdefault(keys[row.key], []).append(act_of(row))
        more = {*keys.values()} - found.keys()
        self._bare = changes, bare | more if len(bare) < KEPT else frozenset(more)
        return {conversation_id: marks_from(acts) for conversation_id, acts in found.items()}

    def held(self, kind: ActKind, who: str | None = None) -> list[Held]:
        """The marks of a kind that hold, the oldest first, of one person where an id is given. Raises LedgerError.

        Those of Pages that are no longer in the settings are left out.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(OF_KIND, {"its_kind": kind.value}).all()
        every = [held for row in rows if (held := held_of(row, self._sources)) is not None]
        return [held for held in every if who in (None, held.act.by.id)]

    def acts(self, conversation_id: str) -> list[Act]:
        """All that was ever done with a conversation, in order. Raises LedgerError."""
        with self._ledger.reading() as connection:
            return [act_of(row) for row in connection.execute(OF_ONE, {"its_key": key_of(conversation_id)})]


def marks_of(connection: Connection, conversations: Collection[int]) -> dict[int, Marks]:
    """What holds for conversations, by their rows, less those of which nothing does."""
    if not conversations:
        return {}
    found: dict[int, list[Act]] = {}
    for row in connection.execute(OF_ROWS, {"conversations": [*conversations]}):
        found.setdefault(row.conversation, []).append(act_of(row))
    return {row: marks_from(acts) for row, acts in found.items()}


def marks_from(acts: Collection[Act]) -> Marks:
    """What holds by these acts of one conversation, none of which has ended."""
    of = {act.kind: act for act in acts}
    return Marks(
        claim=of.get(ActKind.CLAIM),
        done=of.get(ActKind.DONE),
        snooze=of.get(ActKind.SNOOZE),
        notes=tuple(act for act in acts if act.kind is ActKind.NOTE),
    )


def act_of(row: Row[Any]) -> Act:
    """The act in a row."""
    return Act(
        kind=ActKind(row.kind),
        by=Person(row.who, row.name),
        room=row.room,
        at=row.at / 1000,
        until=seconds(row.until),
        giver=row.giver or "",
        words=row.words or "",
        ended=seconds(row.ended),
        ending=None if row.ending is None else Ending(row.ending),
        ender=row.ender or "",
    )


def held_of(row: Row[Any], sources: Sources) -> Held | None:
    """The mark in a row of `ACTS_ABOUT`; None where its Page is no longer configured."""
    if (named := sources.named(row)) is None:
        return None
    bare = Conversation(row.graph_id, row.updated / 1000, Platform(row.platform))
    return Held(
        number=row.id,
        act=act_of(row),
        row=row.conversation,
        place=row.place,
        source=named,
        conversation=bare if row.body is None else unpack_conversation(row.body),
    )
