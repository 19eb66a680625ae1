"""A look that can be carried on: the cursor behind it and what was met already."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pageinbox.graph.client import Slice
from pageinbox.model.look import UPDATED, Look


@dataclass(slots=True)
class Walk:
    """A look that can be carried on: the cursor behind it and the ids already met.

    `began` is when, by the listing's timer; it is never kept longer than the ttl from then. `tried` is how many
    conversations were wanted in vain: Meta gave no cursor, or ever so short pages.
    """

    look: Look
    began: float
    after: str | None = None
    seen: set[str] = field(default_factory=set)
    tried: int = 0

    def reaches(self, want: int, until: float | None) -> bool:
        """Whether it holds `want` conversations, or all that changed at `until` or later, or all there are."""
        look = self.look
        if not look.more or look.trouble is not None or want <= self.tried:
            return True
        if until is not None and look.conversations and look.conversations[-1].updated < until:
            return True
        return len(look.conversations) >= want

    def copy(self) -> Walk:
        """The same walk with lists of its own: those of a look that was handed out never change."""
        look = replace(self.look, conversations=list(self.look.conversations), unreadable=list(self.look.unreadable))
        return Walk(look, self.began, self.after, set(self.seen))

    def add(self, part: Slice, now: float) -> None:
        """Put one more slice behind the walk; the time of the look is that of its first slice."""
        conversations, unreadable = list(self.look.conversations), list(self.look.unreadable)
        for conversation in part.conversations:
            if conversation.id not in self.seen:
                self.seen.add(conversation.id)
                conversations.append(conversation)
        unreadable.extend(part.unreadable)
        at = now if self.look.at is None else self.look.at
        self.look = replace(self.look, conversations=conversations, unreadable=unreadable, more=part.more, at=at)
        self.after = part.after

    def sort(self) -> None:
        """Newest first, which Meta's order is by all we know, but nowhere by promise."""
        self.look = replace(self.look, conversations=sorted(self.look.conversations, key=UPDATED, reverse=True))
