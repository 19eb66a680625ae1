"""A reaction to an announcement: the command that it stands for, given below it by the same person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pageinbox.chat.reactions import Reacted
from pageinbox.model.act import Act, ActKind, Marks, Person
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


PATIENCE = 2.0
"""Seconds to wait for a receipt that may be the one: reactions of all rooms are acted on one after the other."""


def react(
    reacted: Reacted, room: str, person: Person, *, service: WatchService, carry_out: Callable[[Any], Post]
) -> Post | None:
    """Do what somebody's reaction in a room asks for; gives what to tell them, None where there is nothing to tell.

    A reaction to what told of no conversation means nothing, nor does taking one back where the mark is not (any more)
    the person's own. What has been done shows in the announcement; so they are told only what has not. `carry_out`
    gives the answer to a command. Raises LedgerError.
    """
    kind = reacted.sign.kind
    told = [conversation_id for _, conversation_id in service.told(room, reacted.receipt, patience=PATIENCE)]

    def mark() -> Act | None:
        return held(service.marked.marks(told[:1]).get(told[0], Marks()), kind)

    if not told:
        return None
    if reacted.taken_back and (len(told) > 1 or not is_by(mark(), person)):
        return None
    answer = carry_out(reacted.message)
    if len(told) > 1:
        return answer  # which of them is meant
    try:
        act = mark()
    except LedgerError:
        return answer  # which says so
    if reacted.taken_back:
        return answer if is_by(act, person) else None
    # What somebody else has done is done.
    done = is_by(act, person) if kind is ActKind.CLAIM else act is not None
    return None if done else answer


def held(marks: Marks, kind: ActKind) -> Act | None:
    """The mark of a kind that holds."""
    return {ActKind.CLAIM: marks.claim, ActKind.DONE: marks.done, ActKind.SNOOZE: marks.snooze}[kind]


def is_by(act: Act | None, person: Person) -> bool:
    return act is not None and act.by.id == person.id
