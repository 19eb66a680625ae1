"""What a room asked and is shown: values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import msgspec

from pageinbox.model.conversation import Conversation, Unreadable
from pageinbox.model.look import LastError, Look
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Source

FACTS = {"unread": attrgetter("unread"), "waiting": attrgetter("waiting")}
"""What Meta may not tell of a conversation."""

WAITING_SINCE = attrgetter("waiting_since")


class ListFigures(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What an answer tells of one list as a whole, counted once; `look` is without its conversations.

    So many conversations were `read`, `poor` of them only in part, and `unreadable` others given up, `first` of all
    that one. Meta `tells` the facts it gave for some conversation, of `FACTS`; of an empty list all are known.

    So many were `found` to match the question, of which so many are `unread` and `waiting`; who has waited `longest`
    has since then, in seconds since 1970, or for longer where that is uncertain. `complete` and `known` are as in
    `Group`.
    """

    look: Look
    complete: bool
    known: bool
    read: int
    poor: int
    unreadable: int
    first: Unreadable | None
    tells: frozenset[str]
    found: int
    unread: int
    waiting: int
    longest: tuple[float, bool] | None


@dataclass(frozen=True, slots=True)
class Group:
    """The part of an answer that comes from one source: the look, and what of it matches the question.

    `complete` says that nothing else in the source can match; it is `known` where the ledger has all of it, those who
    have waited longest first, and nothing was asked of Meta.
    """

    look: Look
    matching: Sequence[Conversation]
    complete: bool
    known: bool = False

    def figures(self) -> ListFigures:
        """What is told of it as a whole."""
        look, read, found = self.look, self.look.conversations, self.matching
        waiting = [item for item in found if item.waiting]
        longest = min(waiting, key=WAITING_SINCE, default=None)
        return ListFigures(
            look=Look(look.source, more=look.more, at=look.at, trouble=look.trouble, folder=look.folder),
            complete=self.complete,
            known=self.known,
            read=len(read),
            poor=sum(item.unreadable for item in read),
            unreadable=len(look.unreadable),
            first=look.unreadable[0] if look.unreadable else None,
            tells=frozenset(
                fact for fact, of in FACTS.items() if not read or any(of(item) is not None for item in read)
            ),
            found=len(found),
            unread=sum(bool(item.unread) for item in found),
            waiting=len(waiting),
            longest=None if longest is None else (longest.waiting_since, longest.at_least),
        )


class Row(msgspec.Struct, frozen=True):
    """One conversation as shown, with the number and the ref a person can name it by."""

    number: int
    ref: str
    source: Source
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Answer:
    """What a room asked and is shown: `rows` now, `numbered` all it was shown so far.

    `asked` is when it asked the question, `at` when this part of the answer was given.
    """

    query: InboxQuery
    groups: Sequence[ListFigures]
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
