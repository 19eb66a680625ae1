"""A look that can be carried on: what was read of a list so far, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pageinbox.graph.client import Slice
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import UPDATED, Look


@dataclass(slots=True)
class OpenLook:
    """A look with the cursor behind it; it is carried on in a copy, since whoever was given `look` keeps it.

    `began` is when its first slice was asked for, by the listing's timer; it is never kept longer than the ttl from
    then. `found` are its conversations by id, in Meta's order. `tried` is how many conversations were wanted in vain:
    Meta gave no cursor that leads on, or ever so short pages.
    """

    look: Look
    began: float
    after: str | None = None
    found: dict[str, Conversation] = field(default_factory=dict)
    tried: int = 0

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return self.look.size

    def reaches(self, want: int, until: float | None) -> bool:
        """Whether it holds `want` conversations, or all that changed at `until` or later, or all there are."""
        look = self.look
        if not look.more or look.trouble is not None or want <= self.tried or want <= len(self.found):
            return True
        return until is not None and bool(self.found) and next(reversed(self.found.values())).updated < until

    def copy(self) -> OpenLook:
        """The same look, to be carried on."""
        return OpenLook(self.look, self.began, self.after, found=dict(self.found))

    def add(self, part: Slice, now: float) -> None:
        """Put one more slice behind it; the time of the look is that of its first slice.

        What moved to the front meanwhile comes twice, and is kept once.
        """
        for conversation in part.conversations:
            self.found.setdefault(conversation.id, conversation)
        look = self.look
        unreadable = [*look.unreadable, *part.unreadable] if part.unreadable else look.unreadable
        self.look = replace(look, unreadable=unreadable, more=part.more, at=now if look.at is None else look.at)
        self.after = part.after

    def sort(self) -> None:
        """Put what was found into the look, newest first: Meta's order by all we know, but nowhere by promise."""
        self.look = replace(self.look, conversations=sorted(self.found.values(), key=UPDATED, reverse=True))
