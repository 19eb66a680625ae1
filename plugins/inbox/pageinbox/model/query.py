"""A question about the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pageinbox.model.calendar import Since
from pageinbox.model.conversation import Conversation
from pageinbox.model.selection import Selection
from pageinbox.model.wait import Window, window


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
    or IGSID, digits only. `since` is in seconds back from now, or a point of the calendar. `over` are seconds that
    somebody has waited at least, `closing` those within which Meta's window for an answer ends. `limit` is how many
    rows to show, 1 to 50.
    """

    user_id: str | None = None
    since: int | Since | None = None
    over: int | None = None
    closing: int | None = None
    mark: Mark | None = None
    asker: str = ""
    limit: int = 10

    @property
    def marked(self) -> bool:
        """Whether it is only about what holds a mark, which the ledger has all of."""
        return self.mark not in (None, Mark.UNCLAIMED)

    @property
    def plainly_waiting(self) -> bool:
        """Whether it is about who waits, and nothing else leaves any of them out."""
        others = (self.unread, self.name, self.text, self.user_id, self.since, self.over, self.closing, self.mark)
        return bool(self.waiting) and all(each is None for each in others)

    def is_late_enough(self, conversation: Conversation, now: float) -> bool:
        """Whether somebody in it has waited as long, and may be answered for as short a time, as is asked for."""
        if self.over is not None and now - conversation.waiting_since < self.over:
            return False
        if self.closing is None:
            return True
        kind, left = window(conversation.said_at if conversation.wrote is None else conversation.wrote, now)
        return kind is not Window.CLOSED and left <= self.closing

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
