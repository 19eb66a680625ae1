"""What people asked and are shown: the answer to a question, and each room's last one to go on from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from pageinbox.conversation import Conversation
from pageinbox.grammar import EDGES, named
from pageinbox.graph import Thread
from pageinbox.listing import FIRST, Listing
from pageinbox.look import UPDATED, LastError, Look
from pageinbox.query import InboxQuery
from pageinbox.refs import Refs
from pageinbox.source import Source

SEARCHED = 200
"""Conversations of each source that are looked through for a filter."""

SEARCHED_SINCE = 500
"""The same for `since`, which stops by itself where it is far enough back."""

QUOTES = '"“”„«»'

ROOMS = 10_000
"""Rooms and people whose last question is remembered."""


@dataclass(frozen=True, slots=True)
class Group:
    """The part of an answer that comes from one source: the look, and what of it matches the question.

    `complete` says that nothing else in the source can match.
    """

    look: Look
    matching: Sequence[Conversation]
    complete: bool


@dataclass(frozen=True, slots=True)
class Row:
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
    groups: Sequence[Group]
    rows: Sequence[Row]
    numbered: Sequence[Row]
    asked: float
    at: float

    @property
    def matching(self) -> int:
        """How many conversations match, of those that were read."""
        return sum(len(group.matching) for group in self.groups)

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
class Standing:
    """How a source stands: the latest look, if there was one, and the latest trouble, also when it is over."""

    source: Source
    look: Look | None
    last_error: LastError | None


class NothingAsked(Exception):
    """The room has asked nothing yet that could be gone on from."""


class UnknownRef(Exception):
    """Neither a ref nor a row number that is known here; the argument is what was typed."""


class Desk:
    """Where questions are answered. `clock` tells seconds since 1970; a room is named by any text."""

    def __init__(self, listing: Listing, refs: Refs, clock: Callable[[], float]) -> None:
        self.listing = listing
        self.refs = refs
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: LRUCache[str, Answer] = LRUCache(ROOMS)

    def use(self, listing: Listing) -> None:
        """Answer from another listing, as after a change of settings; questions about Pages it lacks are forgotten."""
        listing.inherit(self.listing)
        with self._lock:
            self.listing = listing
            for room, answer in list(self._asked.items()):
                if any(group.look.source.page not in listing.clients for group in answer.groups):
                    del self._asked[room]

    @property
    def pages(self) -> list[str]:
        """The names of the Pages, as configured."""
        return list(self.listing.clients)

    def sources(self, query: InboxQuery) -> list[Source]:
        """The sources a question is about, in configured order."""
        return [
            Source(name, platform, query.folder)
            for name, client in self.listing.clients.items()
            if query.page in (None, name)
            for platform in client.page.platforms
            if query.platform in (None, platform)
        ]

    def ask(self, room: str, query: InboxQuery) -> Answer:
        """The answer to `query`, remembered as the room's last."""
        asked = self._clock()
        answer = self._shown(query, self._groups(query, query.limit, asked), (), asked)
        with self._lock:
            self._asked[room] = answer
        return answer

    def more(self, room: str, limit: int | None = None) -> Answer:
        """The next rows of the room's last question, none shown before; `limit` changes how many at a time.

        Raises :class:`NothingAsked`.
        """
        while True:
            last = self._last(room)
            query = last.query if limit is None else replace(last.query, limit=limit)
            groups = last.groups
            if not last.complete and len(next_rows(groups, last.numbered)) < query.limit:
                wanted = len(last.numbered) + query.limit
                if filtered(query):
                    wanted += max(len(group.look.conversations) for group in groups) + SEARCHED
                groups = self._groups(query, wanted, last.asked)
            answer = self._shown(query, groups, last.numbered, last.asked)
            with self._lock:
                # Two people may ask at once: the one who comes second goes on from what the first was shown.
                if self._asked.get(room) is last:
                    self._asked[room] = answer
                    return answer

    def find(self, room: str, name: str) -> Named:
        """The conversation a person means by a ref, or by a row number of the room's last question.

        Raises :class:`UnknownRef`.
        """
        name = name.strip().lstrip("#").strip(EDGES + QUOTES)
        if name.isdecimal() and len(name) < 10:
            with self._lock:
                asked = self._asked.get(room)
            for row in asked.numbered if asked else ():
                if row.number == int(name):
                    return Named(row.ref, row.source, row.conversation.id)
        if (known := self.refs.find(name)) is not None and known[1].page in self.listing.clients:
            return Named(*known)
        raise UnknownRef(name)

    def thread(self, named: Named) -> Thread:
        """The conversation with its latest messages. Raises a GraphError when it cannot be read."""
        return self.listing.thread(named.source, named.conversation_id)

    def standing(self) -> list[Standing]:
        """How each source stands: every Page's inboxes, and whatever else was asked for."""
        inboxes = self.sources(InboxQuery())
        sources = inboxes + [source for source in self.listing.looked() if source not in inboxes]
        return [Standing(source, self.listing.last(source), self.listing.last_error(source)) for source in sources]

    def _last(self, room: str) -> Answer:
        with self._lock:
            if (last := self._asked.get(room)) is None:
                raise NothingAsked
            return last

    def _groups(self, query: InboxQuery, rows: int, now: float) -> list[Group]:
        until = None if query.since is None else now - query.since
        want = max(FIRST, rows)
        if until is not None:
            want = max(SEARCHED_SINCE, rows)
        elif filtered(query):
            want = max(SEARCHED, rows)
        looks = self.listing.looks(self.sources(query), user_id=query.user_id, want=want, until=until)
        return [
            Group(look, matching(query, look.conversations, until), not look.more or older_than(look, until))
            for look in looks
        ]

    def _shown(self, query: InboxQuery, groups: Sequence[Group], before: Sequence[Row], asked: float) -> Answer:
        rows = [
            Row(number, self.refs.give(source, conversation.id), source, conversation)
            for number, (source, conversation) in enumerate(next_rows(groups, before)[: query.limit], len(before) + 1)
        ]
        return Answer(query, groups, rows, [*before, *rows], asked, self._clock())


def next_rows(groups: Sequence[Group], before: Sequence[Row]) -> list[tuple[Source, Conversation]]:
    """What of the groups was not shown before, newest first.

    Sources are read to different depths. What is older than the oldest one read of some source waits until that source
    has been read as far back, or its conversations would come out of order later.
    """
    shown = {row.conversation.id for row in before}
    found = [
        (group.look.source, conversation)
        for group in groups
        for conversation in group.matching
        if conversation.id not in shown
    ]
    if len(groups) == 1:
        return found
    found.sort(key=lambda pair: UPDATED(pair[1]), reverse=True)
    unfinished = [group.look for group in groups if not group.complete and group.look.trouble is None]
    reached = max((look.conversations[-1].updated for look in unfinished if look.conversations), default=0.0)
    return [pair for pair in found if pair[1].updated >= reached] or found


def filtered(query: InboxQuery) -> bool:
    """Whether a question leaves out some of the conversations that were read."""
    return query.unread or query.name is not None or query.since is not None


def matching(query: InboxQuery, conversations: Sequence[Conversation], until: float | None) -> Sequence[Conversation]:
    """The conversations the question's filters let through; one whose unread count is unknown is not unread."""
    if not filtered(query):
        return conversations
    name = query.name
    return [
        conversation
        for conversation in conversations
        if (not query.unread or conversation.unread)
        and (name is None or named(name, conversation.name))
        and (until is None or conversation.updated >= until)
    ]


def older_than(look: Look, until: float | None) -> bool:
    """Whether a look goes back beyond `until`, so that what it did not read is older still."""
    return until is not None and bool(look.conversations) and look.conversations[-1].updated < until
