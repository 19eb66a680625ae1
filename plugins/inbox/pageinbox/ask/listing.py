"""Lists of conversations as last looked at: cached, shared by all who ask at once, the last good one kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from pageinbox.ask.folder import Folders
from pageinbox.ask.journal import Journal
from pageinbox.ask.look import OpenLook, read_on
from pageinbox.ask.memory import KEPT, Key, Memory
from pageinbox.ask.pool import Job, Pool
from pageinbox.ask.seats import Seats
from pageinbox.ask.single_flight import SingleFlight
from pageinbox.graph.client import GraphClient
from pageinbox.graph.pages import FEWEST
from pageinbox.model.conversation import Thread
from pageinbox.model.errors import (
    Blocked,
    GraphError,
    MetaSlow,
    NotAskedYet,
    PersonUnknown,
    StillAsking,
    Throttled,
    Unavailable,
)
from pageinbox.model.look import Look
from pageinbox.model.meters import Meters
from pageinbox.model.source import Identity, Source

SPARED = 30.0
"""Seconds for which a list that can't be read is not asked for again by people, when the trouble may last."""


PATIENCE = 15.0
"""Seconds after which a question is answered with what has been read by then; less than a call may take."""

MANY = 50
"""Lists that are read within about two seconds. For a question about more, what the poller has read lately will do."""

LATE, NEW_ENOUGH = 2, 120.0
"""Its intervals for which that holds, since it may be late where all is slow, and seconds at most."""

THREADS_KEPT = 100
"""Conversations that were shown, each with its latest messages."""


class Listing:
    """Answers of the Graph by source.

    `clients` are the Pages by name, `ttl` the seconds an answer may be old, `clock` tells seconds since 1970 and
    `timer` seconds that never go back. `meters` count what could be answered without asking.
    """

    def __init__(
        self,
        clients: Mapping[str, GraphClient],
        *,
        ttl: float,
        clock: Callable[[], float],
        timer: Callable[[], float],
        meters: Meters | None = None,
    ) -> None:
        def kept_until(look: OpenLook, now: float) -> float:
            trouble = look.look.trouble
            if isinstance(trouble, Unavailable | Throttled | Blocked):
                return now
            return look.began + (ttl if trouble is None else min(ttl, SPARED))

        self.clients = clients
        self.seats = Seats(timer)
        self.memory = Memory()
        self.journal = Journal({name: client.page for name, client in clients.items()}, timer)
        self.on_read: Callable[[str], None] = ignore
        """Told the name of the Page whenever a question could be answered by it."""
        self.polled = 0.0
        """The seconds within which the poller reads what it watches anew; 0 where there is none."""
        self.vouched: Callable[[Source], float] = unvouched
        """For how many seconds what the poller has read of a list will do, since Meta tells what changes there."""
        self._ttl = ttl
        self._clock = clock
        self._timer = timer
        self._meters = meters or Meters()
        self._pool = Pool()
        self._looks: SingleFlight[Key, OpenLook] = SingleFlight(kept_until, timer, KEPT, lambda known: known.size)
        self._threads: SingleFlight[str, Thread] = SingleFlight(lambda thread, now: now + ttl, timer, THREADS_KEPT)
        self._folders = Folders(self.look, timer)

    def inherit(self, older: Listing) -> None:
        """Remember what an older listing knew of the same Pages, so that settings can change without forgetting it."""
        same = {
            name
            for name, client in self.clients.items()
            if name in older.clients and older.clients[name].page.id == client.page.id
        }
        self.seats = older.seats
        self._pool = older._pool
        self.memory = older.memory.of(same)
        self.journal.inherit(older.journal)

    def drop(self, gone: Callable[[str], bool]) -> None:
        """Remember no conversation any more whose id is said to be gone; what Meta still has comes with a new look."""
        self.memory.drop(gone)
        self._looks.drop(lambda key, known: key[1] is not None or any(map(gone, known.found)))
        self._threads.drop(lambda conversation_id, thread: gone(conversation_id))

    def retry(self, page: str) -> None:
        """Forget what kept a Page from being read, as whatever it was may be over."""
        self._looks.drop(lambda key, known: key[0].page == page and known.look.trouble is not None)
        self.on_read(page)

    def close(self) -> None:
        """Close the connections of every Page; what is under way fails."""
        for client in self.clients.values():
            client.close()

    def thread(self, source: Source, conversation_id: str, *, room: str = "") -> Thread:
        """One conversation with its latest messages, no older than the ttl.

        `room` asks for it. Raises a GraphError, and AskedTooOften.
        """
        client = self.clients[source.page]

        def read() -> Thread:
            return self._threads.get(conversation_id, lambda kept: client.thread(conversation_id, source.platform))

        if (kept := self._threads.kept(conversation_id)) is not None:
            self._meters.hits.add("conversation")
            return kept
        self._meters.misses.add("conversation")
        found: list[Thread] = []
        self.ask([[lambda: found.append(read())]], room=room)
        if not found:
            raise StillAsking()
        return found[0]

    def looks(
        self,
        sources: Sequence[Source],
        *,
        room: str = "",
        user_id: str | None = None,
        want: int = FEWEST,
        until: float | None = None,
        patience: float = PATIENCE,
    ) -> list[Look]:
        """A look at each source, as `look` gives it, for `room`; those of several Pages are read at the same time.

        What could not be read in time, or at all because too many wait for Meta, is the last good look, whose trouble
        says so. `patience` are the seconds that are waited. Raises AskedTooOften.
        """
        kept = {source: self._looks.kept((source, user_id)) for source in sources}
        found = {source: known.look for source, known in kept.items() if known and known.reaches(want, until)}
        if user_id is None and len(sources) - len(found) > MANY and self._ttl:
            found |= self.as_polled([source for source in sources if source not in found], want, until)
        self._meters.hits.add("list", many=len(found))
        if len(found) == len(sources):  # as mostly
            return [found[source] for source in sources]
        self._meters.misses.add("list", many=len(sources) - len(found))
        begun: set[Source] = set()

        def read(source: Source) -> None:
            begun.add(source)
            found[source] = self.look(source, user_id=user_id, want=want, until=until)

        # By Page, which has one call at a time: one that hangs shall not take every thread.
        missing: dict[str, list[Job]] = {}
        for source in sources:
            if source not in found:
                missing.setdefault(source.page, []).append(partial(read, source))
        refusal: MetaSlow | None = None
        if missing:
            try:
                self.ask([*missing.values()], room=room, patience=patience)
            except MetaSlow as error:
                refusal = error

        def late(source: Source) -> Look:
            last_good = self.memory.last_good((source, user_id)) or Look(source)
            return replace(last_good, trouble=refusal or (StillAsking() if source in begun else NotAskedYet()))

        return [found.get(source) or late(source) for source in sources]

    def as_polled(
        self, sources: Sequence[Source], want: int = FEWEST, until: float | None = None
    ) -> dict[Source, Look]:
        """Those of the lists that the poller has read lately, and as far as is wanted."""
        now, lately = self._clock(), min(LATE * self.polled, NEW_ENOUGH)
        found = {}
        for source in sources:
            look, age = self.memory.last(source), max(lately, self.vouched(source))
            if look is None or look.at is None or look.at < now - age or look.trouble is not None:
                continue
            if OpenLook(look, 0.0, found={each.id: each for each in look.conversations}).reaches(want, until):
                found[source] = look
        return found

    def ask(self, parts: Sequence[Iterable[Job]], *, room: str = "", patience: float = PATIENCE) -> None:
        """Do what somebody in `room` wants to know of Meta, the jobs of one part one after the other.

        What is not done within `patience` seconds goes on, or is never begun. Raises AskedTooOften, and MetaSlow where
        as many wait for Meta as may; and what a job raises.
        """
        with self.seats.taken(room):
            self._pool.do(parts, patience)

    def look(
        self, source: Source, *, user_id: str | None = None, want: int = FEWEST, until: float | None = None
    ) -> Look:
        """What `source` holds: at least `want` conversations or all that changed since `until`, if there are so many.

        No older than the ttl, or else marked with the trouble that kept it old. Never raises a GraphError.
        """
        key = (source, user_id)
        return self._looks.get(
            key,
            lambda kept: self._read(key, kept, want=want, until=until),
            lambda known: known.reaches(want, until),
        ).look

    def look_now(self, source: Source) -> Look:
        """The same, for who wants to know whether it can be read: what was kept is no answer while it fails."""
        if self.journal.fails(source):
            self._looks.drop(lambda key, known: key == (source, None))
        return self.look(source)

    def take_in(self, look: Look, after: str | None) -> Look:
        """Answer with what somebody else has just read, the first slice of a list; `after` is the cursor behind it.

        Gives the look as `look` would: without what is not of its folder, or marked as unsure.
        """
        began = self._timer()
        found = {conversation.id: conversation for conversation in look.conversations}
        honest = self._folders.honest(look)
        key = (look.source, None)
        self.memory.note(key, honest, self._clock(), read=True)
        known = self._looks.kept(key)
        if known is None or not look.more or len(known.look.conversations) <= len(look.conversations):
            self._looks.keep(key, OpenLook(honest, began, after, found=found))
        return honest

    def identities(self, names: Collection[str], *, room: str = "") -> dict[str, Identity | GraphError]:
        """Who each of these Pages is at Meta, or why that cannot be said. Asked for once, for `room`.

        Raises AskedTooOften.
        """
        found: dict[str, Identity | GraphError] = {}
        clients = {name: client for name, client in self.clients.items() if name in names}

        def ask(name: str, client: GraphClient) -> None:
            try:
                found[name] = client.identity()
            except GraphError as error:
                found[name] = error

        for name, client in clients.items():
            if client.identified is not None:
                found[name] = client.identified
        late: GraphError = NotAskedYet()
        if missing := [[partial(ask, name, client)] for name, client in clients.items() if name not in found]:
            try:
                self.ask(missing, room=room)
            except MetaSlow as error:
                late = error
        return {name: found.get(name, late) for name in clients}

    def _read(self, key: Key, known: OpenLook | None, *, want: int, until: float | None) -> OpenLook:
        """Read until the look reaches far enough, and remember how it went. What was read before trouble is kept."""
        source, user_id = key
        read = True
        try:
            look = read_on(
                known or OpenLook(Look(source, more=True), self._timer()),
                self.clients[source.page],
                user_id,
                want=want,
                until=until,
                clock=self._clock,
                timer=self._timer,
            )
            look.look = self._folders.honest(look.look, whole=user_id is None)
            self.on_read(source.page)
        except PersonUnknown:
            look = OpenLook(Look(source, at=self._clock()), self._timer())
        except GraphError as error:
            last_good = self.memory.last_good(key) or Look(source)
            look, read = OpenLook(replace(last_good, trouble=error), self._timer()), False
        self.memory.note(key, look.look, self._clock(), read=read)
        if user_id is None:
            self.journal.note(source, look.look.trouble)
        return look


def unvouched(source: Source) -> float:
    """Nobody tells what changes."""
    return 0.0


def ignore(page: str) -> None:
    """Nobody wants to know."""
