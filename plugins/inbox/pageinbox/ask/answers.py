"""What people asked and are shown: the answer to a question, and each room's last one to go on from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from weakref import ref

from cachetools import LRUCache, TTLCache

from pageinbox.ask.groups import grouped, is_of_its_time, rest_of
from pageinbox.ask.listing import Listing
from pageinbox.ask.marked import Marked, held_by
from pageinbox.ask.refs import Refs
from pageinbox.ask.rows import SEARCHED, SEARCHED_SINCE, Found, filtered
from pageinbox.ask.said import Said
from pageinbox.graph.pages import FEWEST
from pageinbox.model.act import Held, Marks
from pageinbox.model.answer import Answer, ListFigures, Named, Row, SourceStatus
from pageinbox.model.conversation import Conversation, Thread
from pageinbox.model.errors import GraphError, LedgerError
from pageinbox.model.look import Look, size_of
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Identity, Source
from pageinbox.model.text import EDGES

QUOTES = '"“”„«»'

ROOMS = 10_000
"""Rooms of which is known what they were shown last."""

REMEMBERED, REMEMBERED_FOR = 6 * 2**20, 86_400.0
"""Bytes of what rooms were shown last and would be shown next, and the seconds for which rows are known by number."""

FIGURES = 500
"""Bytes that the figures of one list take."""

GOES_ON_FOR = 3600.0
"""Seconds for which `more` shows what was read for the question; later it asks again, for what was not shown yet."""


class NothingAsked(Exception):
    """The room has asked nothing yet that could be gone on from."""


class UnknownRef(Exception):
    """Neither a ref nor a row number that is known here; the argument is what was typed."""


class Waiting(Protocol):
    """Who waits for an answer, as looks have found it; see `ledger.waits`."""

    def looks(self, sources: Collection[Source]) -> list[Look] | None:
        """Everybody who waits in these lists, longest first; None where it is not known of all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a room was shown last, as figures and rows, and the rows `ahead`; `whole` says that there are no others.

    `size` is about how many bytes it takes. `refs` is how many changes of refs there had been by then. `of` are the
    looks that alone it was made of, empty where more than those decides what is shown, such as the time or who has
    claimed what.
    """

    answer: Answer
    ahead: Sequence[Found]
    whole: bool
    size: int
    refs: int
    of: Sequence[ref[Look]] = ()

    def repeats(self, query: InboxQuery, looks: Sequence[Look]) -> bool:
        """Whether somebody asks once more what was answered last, and nothing has been read since."""
        return (
            self.answer.query == query
            and len(self.of) == len(looks) > 0
            and all([known() is look for known, look in zip(self.of, looks, strict=True)])
        )


def shown_of(answer: Answer, ahead: Sequence[Found], whole: bool, refs: int = 0, of: Sequence[Look] = ()) -> Shown:
    """What a room is shown; counts no more bytes than are kept in all, since cachetools refuses what is larger."""
    rows = [row.conversation for row in answer.numbered] + [conversation for _, conversation in ahead]
    size = min(size_of(rows) + FIGURES * len(answer.groups), REMEMBERED)
    return Shown(answer, ahead, whole, size, refs, of=[ref(look) for look in of])


class Answers:
    """Where questions are answered. `clock` tells seconds since 1970; a room is named by any text."""

    def __init__(self, listing: Listing, refs: Refs, clock: Callable[[], float]) -> None:
        self.listing = listing
        self.refs = refs
        self.marked: Marked | None = None
        self.waits: Waiting | None = None
        self.said = Said()
        self._clock = clock
        self._lock = threading.Lock()
        self._shown: TTLCache[str, Shown] = TTLCache(REMEMBERED, REMEMBERED_FOR, clock, lambda shown: shown.size)
        self._shown_watches: LRUCache[str, bool] = LRUCache(ROOMS)
        """Whether the room was shown its watches since its last list."""

    def use(self, listing: Listing) -> None:
        """Answer from another listing, as after a change of settings; questions about Pages it lacks are forgotten."""
        listing.inherit(self.listing)
        self.said.drop()
        with self._lock:
            self.listing = listing
            for room, shown in list(self._shown.items()):
                if any(group.look.source.page not in listing.clients for group in shown.answer.groups):
                    del self._shown[room]

    def drop(self, gone: Callable[[str], bool]) -> None:
        """Remember no conversation any more whose id is said to be gone, nor what showed one: rooms ask anew."""
        self.listing.drop(gone)
        self.refs.drop(gone)
        self.said.drop()
        with self._lock:
            for room, shown in list(self._shown.items()):
                rows = [row.conversation for row in shown.answer.numbered] + [item for _, item in shown.ahead]
                if any(gone(item.id) for item in rows):
                    del self._shown[room]

    @property
    def pages(self) -> list[str]:
        """The names of the Pages, as configured."""
        return list(self.listing.clients)

    def sources(self, query: InboxQuery) -> list[Source]:
        """The sources a question is about, in configured order."""
        return query.sources(client.page for client in self.listing.clients.values())

    def marks(self, conversation_ids: Collection[str]) -> Mapping[str, Marks]:
        """What the team has done with each of the conversations, by id, as far as that can be told now."""
        try:
            return {} if self.marked is None else self.marked.marks(conversation_ids)
        except LedgerError:
            return {}  # a question is answered without the ledger too

    def ask(self, room: str, query: InboxQuery) -> Answer:
        """The answer to `query`, remembered as the room's last. Raises AskedTooOften, and LedgerError about marks."""
        asked = self._clock()
        held = held_by(self.marked, query)
        looks, known = self._looks(room, query, query.limit, asked, held)
        refs = self.refs.changes
        with self._lock:
            last = self._shown.get(room)
        if last is not None and last.repeats(query, looks) and self.refs.stand(last.answer.rows, last.refs):
            same = last.answer
            answer = Answer(query, same.groups, same.rows, same.numbered, asked, self._clock())
            shown = Shown(answer, last.ahead, last.whole, last.size, refs, last.of)
        elif looks:
            groups = grouped(query, looks, held, asked, known=known)
            found, whole = rest_of(query, groups, ())
            answer = self._next(query, [group.figures() for group in groups], found, (), asked)
            of = () if known or is_of_its_time(query) else looks
            shown = shown_of(answer, found[query.limit :], whole, refs, of)
        else:  # nothing holds the mark that was asked for, and the room's last list still stands
            return Answer(query, (), (), (), asked, asked)
        with self._lock:
            self._shown[room] = shown
            self._shown_watches[room] = False
        return shown.answer

    def more(self, room: str, limit: int | None = None) -> Answer:
        """The next rows of the room's last question, none shown before; `limit` changes how many at a time.

        Raises `NothingAsked`, and AskedTooOften.
        """
        while True:
            last = self._last(room)
            before, asked = last.answer.numbered, last.answer.asked
            query = last.answer.query if limit is None else replace(last.answer.query, limit=limit)
            figures, found, whole = last.answer.groups, last.ahead, last.whole
            old = self._clock() - last.answer.at > GOES_ON_FOR
            if old or (not whole and len(found) < query.limit):
                wanted = len(before) + query.limit
                if filtered(query):
                    wanted += max((group.read for group in figures), default=0) + SEARCHED
                held = held_by(self.marked, query)
                looks, known = self._looks(room, query, wanted, asked, held)
                groups = grouped(query, looks, held, asked, known=known)
                found, whole = rest_of(query, groups, before)
                figures = [group.figures() for group in groups]
            answer = self._next(query, figures, found, before, asked)
            with self._lock:
                # Two people may ask at once: the one who comes second goes on from what the first was shown.
                if self._shown.get(room) is last:
                    self._shown[room] = shown_of(answer, found[query.limit :], whole)
                    self._shown_watches[room] = False
                    return answer

    def rows(self, room: str) -> Sequence[Row]:
        """All rows of the room's last question that it was shown so far."""
        with self._lock:
            shown = self._shown.get(room)
        return shown.answer.numbered if shown else ()

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

    def linked(self, address: str) -> Named | None:
        """The conversation with this address at Meta, if its list had it at the last look."""
        for source in self.listing.memory.looked():
            look = self.listing.memory.last(source)
            for item in look.conversations if look and source.page in self.listing.clients else ():
                if item.link == address:
                    return Named(self.refs.give(source, item.id), source, item.id)
        return None

    def seen(self, named: Named) -> Conversation | None:
        """A conversation as its list had it at the last look; None where that look did not meet it. Makes no call."""
        look = self.listing.memory.last(named.source)
        conversations = look.conversations if look else ()
        return next((item for item in conversations if item.id == named.conversation_id), None)

    def thread(self, named: Named, room: str = "") -> Thread:
        """The conversation with its latest messages, for `room`.

        Raises a GraphError when it cannot be read, and AskedTooOften.
        """
        return self.listing.thread(named.source, named.conversation_id, room=room)

    def identities(self, names: Collection[str], room: str = "") -> dict[str, Identity | GraphError]:
        """Who each of these Pages is at Meta, or why that cannot be said, for `room`. Raises AskedTooOften."""
        return self.listing.identities(names, room=room)

    def statuses(self) -> list[SourceStatus]:
        """How each source stands: every Page's inboxes, and whatever else was asked for."""
        inboxes, memory = self.sources(InboxQuery()), self.listing.memory
        sources = dict.fromkeys([*inboxes, *memory.looked()])
        return [SourceStatus(source, memory.last(source), memory.last_error(source)) for source in sources]

    def _last(self, room: str) -> Shown:
        with self._lock:
            if (last := self._shown.get(room)) is None:
                raise NothingAsked
            return last

    def _looks(
        self, room: str, query: InboxQuery, rows: int, now: float, held: Mapping[str, Held]
    ) -> tuple[Sequence[Look], bool]:
        """What a question is to be answered from at `now`, to show that many rows; whether the ledger has all of it."""
        if not query.marked and (known := self._known(query)) is not None:
            return known, True
        until, want = query.until(now), max(FEWEST, rows)
        sources = self.sources(query)
        if query.marked:  # what the lists have of it is newer; the rest is as it was seen when it was marked
            sources = [source for source in sources if any(mark.source == source for mark in held.values())]
        elif until is not None:
            want = max(SEARCHED_SINCE, rows)
        elif filtered(query):
            want = max(SEARCHED, rows)
        return self.listing.looks(sources, room=room, user_id=query.user_id, want=want, until=until), False

    def _known(self, query: InboxQuery) -> list[Look] | None:
        """Everybody who waits in the lists of a question, where the ledger knows it; it doesn't know what is unread."""
        if not query.waiting or query.unread is not None or query.user_id is not None or (waits := self.waits) is None:
            return None
        try:
            return waits.looks(self.sources(query))
        except LedgerError:
            return None  # as refs, questions do without it

    def _next(
        self,
        query: InboxQuery,
        figures: Sequence[ListFigures],
        found: Sequence[Found],
        before: Sequence[Row],
        asked: float,
    ) -> Answer:
        """The answer that shows the first of what was `found`."""
        rows = [
            Row(number, self.refs.give(source, conversation.id), source, conversation=conversation)
            for number, (source, conversation) in enumerate(found[: query.limit], len(before) + 1)
        ]
        return Answer(query, figures, rows, [*before, *rows], asked, self._clock())
