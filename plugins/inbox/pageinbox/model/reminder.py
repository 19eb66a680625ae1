"""What a room is to hear of a conversation that it knows, though nothing in it need be new."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ReminderKind(StrEnum):
    """The ledger keeps the values."""

    WAITING = "waiting"
    """The customer has waited for `step` seconds, of those in which the Page is open."""
    CLOSING = "closing"
    """One of Meta's windows for an answer closes in `step` seconds."""
    AWAKE = "awake"
    """A snooze is over."""
    RECALLED = "recalled"
    """Who claimed it has not answered in time."""
    AGAIN = "again"
    """The customer wrote again in what was done."""


KINDS = tuple(ReminderKind)
"""By what stands for each in a reminder's number, less one."""

STEP = 24
KIND = 3
"""Bits of a reminder's number that the step and the kind take."""


class Reminder(msgspec.Struct, frozen=True):
    """One reminder. A room hears once of what has the same `number`.

    `since` is what it counts from, in seconds since 1970: the beginning of a wait, or the act that ended; of CLOSING it
    is what it counts to, the end of the window. `by` names whose act that was.
    """

    kind: ReminderKind
    since: float
    step: int = 0
    by: str = ""

    @property
    def number(self) -> int:
        """One for each kind, time and step; negative, since no version of a conversation is."""
        return -((int(self.since) << STEP | self.step) << KIND | KINDS.index(self.kind) + 1)

    @classmethod
    def of(cls, number: int) -> Reminder:
        """The reminder with this number, in whole seconds and without a name."""
        kind = KINDS[(-number & (1 << KIND) - 1) - 1]
        return cls(kind, float(-number >> STEP + KIND), -number >> KIND & (1 << STEP) - 1)
