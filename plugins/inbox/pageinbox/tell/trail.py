"""What a look has met so far in one list, and whether that list comes newest first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pageinbox.graph.client import Slice
from pageinbox.graph.pages import FEWEST, MOST
from pageinbox.model.conversation import Conversation


@dataclass(slots=True)
class Trail:
    """What was met so far: the ids, and the oldest change since the front of the list."""

    ordered: bool = True
    oldest: float | None = None
    seen: set[str] = field(default_factory=set)

    def wanted(self) -> int:
        """Conversations to ask for next: few at the front, where mostly nothing is new, and then as many as can be."""
        return FEWEST if self.oldest is None else MOST

    def restart(self) -> None:
        """The list begins again at its front: what is newer than what was read last is no disorder."""
        self.oldest = None

    def add(self, part: Slice, latest: float = math.inf) -> list[Conversation]:
        """Note one more slice, and give what of it was not met before. A change after `latest` tells of no order."""
        fresh = []
        for conversation in part.conversations:
            new = conversation.id not in self.seen
            if conversation.updated <= latest:
                if new and self.oldest is not None and conversation.updated > self.oldest:
                    self.ordered = False
                self.oldest = conversation.updated if self.oldest is None else min(self.oldest, conversation.updated)
            if new:
                self.seen.add(conversation.id)
                fresh.append(conversation)
        return fresh
