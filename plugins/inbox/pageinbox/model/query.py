"""A question about the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pageinbox.model.calendar import Since
from pageinbox.model.selection import Selection


class Mark(StrEnum):
    """What the team has done with conversations, as one asks for them; the values are what is typed."""

    MINE = "mine"
    CLAIMED = "claimed"
    UNCLAIMED = "unclaimed"
    """Neither claimed nor snoozed nor done."""
    SNOOZED = "snoozed"
    DONE = "done by team"


@dataclass(frozen=True, slots=True)
class InboxQuery(Selection):
    """One question about the inbox, as `parse` gives it; `None` is no restriction, and no folder is all of them.

    `mark` is what the team has done; with MINE, `asker` is the chat's id of whose claims are meant. `user_id` is a PSID
    or IGSID, digits only. `since` is in seconds back from now, or a point of the calendar. `limit` is how many rows to
    show, 1 to 50.
    """

    mark: Mark | None = None
    asker: str = ""
    user_id: str | None = None
    since: int | Since | None = None
    limit: int = 10

    @property
    def marked(self) -> bool:
        """Whether it is only about what holds a mark, which the ledger has all of."""
        return self.mark not in (None, Mark.UNCLAIMED)

    def until(self, now: float) -> float | None:
        """How far back the question reaches when it is asked at `now`, in seconds since 1970; None for no limit."""
        return self.since.before(now) if isinstance(self.since, Since) else self.since and now - self.since


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody named: a ref or a number as `word`, folded; `kind` is `watch` or `row` where they said which."""

    word: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.word}".lstrip()
