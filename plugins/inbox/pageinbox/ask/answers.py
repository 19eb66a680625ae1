"""What people asked and are shown: the answer to a question, and each room's last one to go on from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from cachetools import LRUCache

from pageinbox.ask.listing import Listing
from pageinbox.ask.refs import Refs
from pageinbox.ask.rows import SEARCHED, SEARCHED_SINCE, apart, filtered, matching, next_rows, older_than
from pageinbox.graph.pages import FEWEST
from pageinbox.model.answer import Answer, Group, Named, Row, SourceStatus
from pageinbox.model.conversation import Conversation, Thread
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Source
from pageinbox.model.text import EDGES

QUOTES = '"“”„«»'

ROOMS = 10_000
"""Rooms and people whose last question is remembered."""


class NothingAsked(Exception):
    """The room has asked nothing yet that could be gone on from."""


class UnknownRef(Exception):
    """Neither a ref nor a row number that is known here; the argument is what was typed."""


class Answers:
    """Where questions are answered. `clock` tells seconds since 1970; a room is named by any text."""

    def __init__(self, listing: Listing, refs: Refs, clock: Callable[[], float]) -> None:
        self.listing = listing
        self.refs = refs
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: LRUCache[str, Answer] = LRUCache(ROOMS)
        self._shown_watches: LRUCache[str, bool] = LRUCache(ROOMS)
        """Whether the room was shown its watches since its last list."""

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
        return query.sources(client.page for client in self.listing.clients.values())

    def ask(self, room: str, query: InboxQuery) -> Answer:
        """The answer to `query`, remembered as the room's last."""
        asked = self._clock()
        answer = self._shown(query, self._groups(query, query.limit, asked), (), asked)
        with self._lock:
            self._asked[room] = answer
            self._shown_watches[room] = False
        return answer

    def more(self, room: str, limit: int | None = None) -> Answer:
        """The next rows of the room's last question, none shown before; `limit` changes how many at a time.

        Raises `NothingAsked`.
        """
        while True:
            last = self._last(room)
            query = last.query if limit is None else replace(last.query, limit=limit)
            groups = last.groups
            if not last.complete and len(next_rows(query, groups, last.numbered)) < query.limit:
                wanted = len(last.numbered) + query.limit
                if filtered(query):
                    wanted += max(len(group.look.conversations) for group in groups) + SEARCHED
                groups = self._groups(query, wanted, last.asked)
            answer = self._shown(query, groups, last.numbered, last.asked)
            with self._lock:
                # Two people may ask at once: the one who comes second goes on from what the first was shown.
                if self._asked.get(room) is last:
                    self._asked[room] = answer
                    self._shown_watches[room] = False
                    return answer

    def rows(self, room: str) -> Sequence[Row]:
        """All rows of the room's last question that it was shown so far."""
        with self._lock:
            asked = self._asked.get(room)
        return asked.numbered if asked else ()

    def watches_shown(self, room: str) -> None:
        """The room is shown its watches by number: until it is shown rows, it means those by a number."""
        with self._lock:
            self._shown_watches[room] = True

    def means_watches(self, room: str) -> bool:
        """Whether a number typed in the room is more likely a watch's than a row's."""
        with self._lock:
            return self._shown_watches.get(room, True)

    def find(self, room: str, name: str) -> Named:
        """The conversation a person means by a ref, or by a row number of the room's last question.

        Raises `UnknownRef`.
        """
        name = name.strip().lstrip("#").strip(EDGES + QUOTES)
        if name.isdecimal() and len(name) < 10:
            for row in self.rows(room):
                if row.number == int(name):
                    return Named(row.ref, row.source, row.conversation.id)
        if (known := self.refs.find(name)) is not None and known[1].page in self.listing.clients:
            return Named(*known)
        raise UnknownRef(name)

    def seen(self, named: Named) -> Conversation | None:
        """A conversation as its list had it at the last look; None where that look did not meet it. Makes no call."""
        look = self.listing.memory.last(named.source)
        conversations = look.conversations if look else ()
        return next((item for item in conversations if item.id == named.conversation_id), None)

    def thread(self, named: Named) -> Thread:
        """The conversation with its latest messages. Raises a GraphError when it cannot be read."""
        return self.listing.thread(named.source, named.conversation_id)

    def statuses(self) -> list[SourceStatus]:
        """How each source stands: every Page's inboxes, and whatever else was asked for."""
        inboxes, memory = self.sources(InboxQuery()), self.listing.memory
        sources = dict.fromkeys([*inboxes, *memory.looked()])
        return [SourceStatus(source, memory.last(source), memory.last_error(source)) for source in sources]

    def _last(self, room: str) -> Answer:
        with self._lock:
            if (last := self._asked.get(room)) is None:
                raise NothingAsked
            return last

    def _groups(self, query: InboxQuery, rows: int, now: float) -> list[Group]:
        until = query.until(now)
        want = max(FEWEST, rows)
        if until is not None:
            want = max(SEARCHED_SINCE, rows)
        elif filtered(query):
            want = max(SEARCHED, rows)
        looks = self.listing.looks(self.sources(query), user_id=query.user_id, want=want, until=until)
        complete = [not look.more or older_than(look, until) for look in looks]
        return [
            Group(look, matching(query, look.conversations, until), whole)
            for look, whole in zip(apart(looks) if query.folder is None else looks, complete, strict=True)
        ]

    def _shown(self, query: InboxQuery, groups: Sequence[Group], before: Sequence[Row], asked: float) -> Answer:
        rows = [
            Row(number, self.refs.give(source, conversation.id), source, conversation=conversation)
            for number, (source, conversation) in enumerate(next_rows(query, groups, before), len(before) + 1)
        ]
        return Answer(query, groups, rows, numbered=[*before, *rows], asked=asked, at=self._clock())
