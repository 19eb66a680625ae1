"""Questions about what the team has done: the ledger has every mark, the lists what became of the conversations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pageinbox.ask.rows import matching
from pageinbox.model.act import ActKind, Held, Marks
from pageinbox.model.answer import Group
from pageinbox.model.look import UPDATED, Look
from pageinbox.model.query import InboxQuery, Mark

HOLDS = {
    Mark.MINE: (ActKind.CLAIM,),
    Mark.CLAIMED: (ActKind.CLAIM,),
    Mark.UNCLAIMED: (ActKind.CLAIM, ActKind.DONE, ActKind.SNOOZE),
    Mark.SNOOZED: (ActKind.SNOOZE,),
    Mark.DONE: (ActKind.DONE,),
}
"""The marks that a question is about, or that what it asks for does not hold."""


class Marked(Protocol):
    """What the team has done, as it is written down; see `ledger.marks`. All of it raises LedgerError."""

    def marks(self, conversation_ids: Collection[str]) -> Mapping[str, Marks]:
        """What holds for each of the conversations, by id."""

    def held(self, kind: ActKind, who: str | None = None) -> Sequence[Held]:
        """The marks of a kind that hold, of one person where an id is given."""


def held_by(marked: Marked | None, query: InboxQuery) -> Mapping[str, Held]:
    """The marks that a question is about, by the ids of their conversations. Raises LedgerError."""
    if query.mark is None or marked is None:
        return {}
    who = query.asker if query.mark is Mark.MINE else None
    marks = [mark for kind in HOLDS[query.mark] for mark in marked.held(kind, who)]
    return {mark.conversation.id: mark for mark in marks}


def with_marked(looks: Sequence[Look], held: Mapping[str, Held]) -> list[Look]:
    """The looks, with those of the marked conversations that none of them met as they were seen last."""
    met = {item.id for look in looks for item in look.conversations}
    rest = [mark for mark in held.values() if mark.conversation.id not in met]
    return [
        replace(look, conversations=[*look.conversations, *(m.conversation for m in rest if m.source == look.source)])
        for look in looks
    ]


def marked_group(query: InboxQuery, look: Look, held: Mapping[str, Held], until: float | None, now: float) -> Group:
    """The part of an answer about marks that comes from one list; the ledger has all of them."""
    found = [item for item in matching(query, look.conversations, until, now) if item.id in held]
    return Group(look, sorted(found, key=UPDATED, reverse=True), complete=True)
