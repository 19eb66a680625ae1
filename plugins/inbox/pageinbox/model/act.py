"""What the team does with a conversation, in its own chat: marks and notes, of which Meta never hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Source


class Person(msgspec.Struct, frozen=True):
    """Somebody of the team: the id that the chat knows them by, and the name that is shown."""

    id: str
    name: str


class ActKind(IntEnum):
    """What somebody does. The ledger keeps the numbers; of all but notes, a conversation has one at a time."""

    CLAIM = 0
    DONE = 1
    SNOOZE = 2
    NOTE = 3


class Ending(IntEnum):
    """How it ended. The ledger keeps the numbers."""

    TAKEN_BACK = 0
    """By a person: released, reopened, woken."""
    TAKEN_OVER = 1
    """Another one of its kind took its place."""
    ANSWERED = 2
    WROTE_AGAIN = 3
    """The customer wrote."""
    RAN_OUT = 4
    """Its time was up: a snooze is over, a claim is recalled."""
    DONE = 5
    """Somebody marked the conversation as done."""


class Act(msgspec.Struct, frozen=True):
    """One act on a conversation. Times are seconds since 1970.

    `room` is where it was done. `until` is when it ends by itself, None where it does not. `giver` names who claimed it
    for `by`, where that was somebody else. `words` are those of a note, as typed, so hostile. `ended` is when it ended,
    None while it holds; `ender` names the person who ended it.
    """

    kind: ActKind
    by: Person
    room: str
    at: float
    until: float | None = None
    giver: str = ""
    words: str = ""
    ended: float | None = None
    ending: Ending | None = None
    ender: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What holds for one conversation now, and its notes, oldest first."""

    claim: Act | None = None
    done: Act | None = None
    snooze: Act | None = None
    notes: Sequence[Act] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A mark that holds, and the conversation as it was seen last, of which only the id and the time may be known.

    `number` is that of the act, `row` and `place` are the rows of the conversation and of its source in the ledger.
    """

    number: int
    act: Act
    row: int
    place: int
    source: Source
    conversation: Conversation
