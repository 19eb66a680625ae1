"""What a room is to hear of a conversation that it knows, though nothing in it need be new."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ReminderKind(StrEnum):
    """The ledger keeps the values."""

    WAITING = "waiting"
    """The customer has waited for `step` seconds."""
    CLOSING = "closing"
    """Meta's window for an answer closes in `step` seconds."""
    AWAKE = "awake"
    """A snooze is over."""
    RECALLED = "recalled"
    """Who claimed it has not answered in time."""
    AGAIN = "again"
    """The customer wrote again in what was done."""


class Reminder(msgspec.Struct, frozen=True):
    """One reminder. A room hears once of what has the same `number`.

    `since` is what it counts from, in seconds since 1970: the beginning of a wait, the customer's latest message, the
    act that ended. `by` names whose act that was.
    """

    kind: ReminderKind
    since: float
    step: int = 0
    by: str = ""

    @property
    def number(self) -> int:
        """One for each kind, time and step; negative, since no version of a conversation is."""
        return -((int(self.since) << 24 | self.step) << 3 | list(ReminderKind).index(self.kind) + 1)
