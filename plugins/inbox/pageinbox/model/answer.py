"""What a room asked and is shown: values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pageinbox.model.conversation import Conversation
from pageinbox.model.look import LastError, Look
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Source


@dataclass(frozen=True, slots=True)
class Group:
    """The part of an answer that comes from one source: the look, and what of it matches the question.

    `complete` says that nothing else in the source can match; it is `known` where the ledger has all of it, those who
    have waited longest first, and nothing was asked of Meta. `counts` are `read` and `found` where the conversations
    are not kept.
    """

    look: Look
    matching: Sequence[Conversation]
    complete: bool
    counts: tuple[int, int] | None = None
    known: bool = False

    @property
    def read(self) -> int:
        """How many conversations the look has, or had."""
        return self.counts[0] if self.counts else len(self.look.conversations)

    @property
    def found(self) -> int:
        """How many of them match."""
        return self.counts[1] if self.counts else len(self.matching)

    def figures(self) -> Group:
        """The same without its conversations."""
        look = self.look
        bare = Look(look.source, more=look.more, at=look.at, trouble=look.trouble, folder=look.folder)
        return Group(bare, (), self.complete, (self.read, self.found), self.known)


class Row(msgspec.Struct, frozen=True):
    """One conversation as shown, with the number and the ref a person can name it by."""

    number: int
    ref: str
    source: Source
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Answer:
    """What a room asked and is shown: `rows` now, `numbered` all it was shown so far.

    `asked` is when it asked the question, `at` when this part of the answer was given. What comes after `more` may have
    no more than the figures of its groups.
    """

    query: InboxQuery
    groups: Sequence[Group]
    rows: Sequence[Row]
    numbered: Sequence[Row]
    asked: float
    at: float

    @property
    def matching(self) -> int:
        """How many conversations match, of those that were read."""
        return sum(group.found for group in self.groups)

    @property
    def complete(self) -> bool:
        """Whether nothing can match but what was read."""
        return all(group.complete for group in self.groups)


@dataclass(frozen=True, slots=True)
class Named:
    """A conversation somebody named by its ref or its number."""

    ref: str
    source: Source
    conversation_id: str


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source stands: the latest look, if there was one, and the latest trouble, also when it is over."""

    source: Source
    look: Look | None
    last_error: LastError | None
