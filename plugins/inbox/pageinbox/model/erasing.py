"""What the ledger keeps of conversations that are to be erased, and what became of erasing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """A message that told of them: its announcement's number, its room, and whether it can be edited."""

    number: int
    room: str
    editable: bool


@dataclass(frozen=True, slots=True)
class Traces:
    """What the ledger has of some conversations: of how many it has anything, how often somebody waited there, the
    marks and notes of the team, how many announcements are still to be sent, and the messages that told of them."""

    known: int = 0
    waits: int = 0
    acts: int = 0
    queued: int = 0
    told: Sequence[Told] = ()


@dataclass(frozen=True, slots=True)
class Stays:
    """A message that shows what was erased: its room, and why it can't be edited; empty where it is yet to be."""

    room: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, and what was not: messages that stay as they are, or are yet to be edited.

    `copies` is how many copies of the ledger were deleted with it. `tidy` says that nothing of it is left in the
    ledger's own files.
    """

    traces: Traces
    stays: Sequence[Stays] = ()
    copies: int = 0
    tidy: bool = True
