"""How the reading of one list went so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from pageinbox.graph.client import Slice
from pageinbox.model.conversation import Conversation


@dataclass(slots=True)
class Trail:
    """How a walk went so far: whether the list came newest first, and the newest and the oldest change met."""

    ordered: bool = True
    newest: float | None = None
    oldest: float | None = None
    whole: bool = False
    """Whether everything the list holds was read."""
    seen: set[str] = field(default_factory=set)

    def restart(self) -> None:
        """The walk begins again at the front: what is newer than what was read last is no disorder."""
        self.oldest = None

    def add(self, part: Slice) -> list[Conversation]:
        """Note one more slice, and give what of it was not met before."""
        fresh = []
        for item in part.conversations:
            if self.oldest is not None and item.updated > self.oldest and item.id not in self.seen:
                self.ordered = False
            self.oldest = item.updated if self.oldest is None else min(self.oldest, item.updated)
            self.newest = item.updated if self.newest is None else max(self.newest, item.updated)
            if item.id not in self.seen:
                self.seen.add(item.id)
                fresh.append(item)
        self.whole = not part.more
        return fresh
