"""What a source held when it was last read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from pageinbox.model.conversation import Conversation, Unreadable
from pageinbox.model.errors import GraphError
from pageinbox.model.source import Source

UPDATED = attrgetter("updated")
"""By this, and reversed, lists are in the order people read them."""

ROOM = 590
"""Bytes that a conversation takes but for what was written last, measured with ids as long as Instagram's."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Look:
    """What one source held when it was last looked at, newest first.

    `at` is when that was, in seconds since 1970, or None when it never succeeded; `more` that the source holds other,
    older conversations. `trouble` is why a newer look failed. `folder` is `ignored` when Meta answered with the inbox
    although another folder was asked for (the conversations are then left out), `unsure` when that could not be told.
    """

    source: Source
    conversations: Sequence[Conversation] = ()
    unreadable: Sequence[Unreadable] = ()
    more: bool = False
    at: float | None = None
    trouble: GraphError | None = None
    folder: Literal["sure", "unsure", "ignored"] = "sure"

    @property
    def poor(self) -> int:
        """How many conversations could not be read, or only in part."""
        return len(self.unreadable) + sum(conversation.unreadable for conversation in self.conversations)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return ROOM + size_of(self.conversations)


def size_of(conversations: Iterable[Conversation]) -> int:
    """About how many bytes conversations take: mostly by what was written last, which is kept whole."""
    return sum(ROOM + sys.getsizeof(item.snippet) for item in conversations)


@dataclass(frozen=True, slots=True)
class LastError:
    """The latest trouble with a source, and when it was met, in seconds since 1970."""

    trouble: GraphError
    at: float
