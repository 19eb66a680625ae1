"""What the bot does by itself and can't get done, as it is known without its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pageinbox.model.errors import LedgerError
from pageinbox.model.source import Source


class Work(Enum):
    """What is done by itself beside looks at sources and what rooms are sent."""

    OPENING = "opening the ledger"
    SOURCES = "finding out what to read"
    TELLING = "finding out what to announce"
    REMINDING = "finding out whom to remind of"
    EDITING = "finding out what to edit"
    HEARING = "hearing what people write"


Doing = Source | Work | str
"""A source that is looked at, other work, or a room that is sent something, by its name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that failed when it was tried last, or hangs.

    `lasting` are the seconds since it failed first, or since it was last seen to get on. `ledger` is what is wrong with
    the ledger, where that is to blame, and `error` the name of the exception where it is a fault of our own; with
    neither of them it hangs elsewhere.
    """

    doing: Doing
    lasting: float
    ledger: LedgerError | None = None
    error: str = ""

    @property
    def stops_all(self) -> bool:
        """Whether nothing at all can be announced while it lasts."""
        return self.ledger is not None or (
            isinstance(self.doing, Work) and self.doing in (Work.OPENING, Work.SOURCES, Work.TELLING)
        )

    @property
    def kind(self) -> tuple[object, ...]:
        """Those that are alike are told as one: all that is the ledger's, or one sort of work that fails or hangs."""
        if self.ledger is not None:
            return ("ledger",)
        return (self.doing if isinstance(self.doing, Work) else type(self.doing), bool(self.error))
