"""A question about the inbox."""

from __future__ import annotations

from dataclasses import dataclass

from pageinbox.model.calendar import Since
from pageinbox.model.selection import Selection


@dataclass(frozen=True, slots=True)
class InboxQuery(Selection):
    """One question about the inbox, as `parse` gives it; `None` is no restriction, and no folder is all of them.

    `user_id` is a PSID or IGSID, digits only. `since` is in seconds back from now, or a point of the calendar.
    `limit` is how many rows to show, 1 to 50.
    """

    user_id: str | None = None
    since: int | Since | None = None
    limit: int = 10

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
