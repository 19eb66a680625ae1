"""Lists of conversations as last looked at: cached, shared by all who ask at once, the last good one kept."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from cachetools import LRUCache, TLRUCache, TTLCache

from pageinbox.ask.look import Walk
from pageinbox.ask.single_flight import SingleFlight
from pageinbox.graph.client import GraphClient
from pageinbox.model.conversation import Thread
from pageinbox.model.errors import Blocked, CursorDead, GraphError, PersonUnknown, Throttled, Unavailable
from pageinbox.model.look import LastError, Look
from pageinbox.model.source import Folder, Identity, Platform, Source

FIRST = 50
"""Conversations read to answer a plain question: one call for each source."""

SLICE_MAX = 200
"""Conversations asked for in one call at most; Meta is reported to give no more, whatever the limit."""

RESTARTS = 3
"""How often a walk begins anew because its cursor died, before it counts as trouble."""

COMPARED = 25
"""Conversations of two lists that are held against each other to see whether they are one list."""

VERDICT_TTL = 3600.0
"""Seconds for which it is taken as known whether Instagram ignores folders."""

KEPT = 1000
"""Sources remembered; a team has a few dozen at most."""

Key = tuple[Source, str | None]


class Listing:
    """Answers of the Graph by source.

    `clients` are the Pages by name, `ttl` the seconds an answer may be old, `clock` tells seconds since 1970 and
    `timer` seconds that never go back.
    """

    def __init__(
        self,
        clients: Mapping[str, GraphClient],
        *,
        ttl: float,
        clock: Callable[[], float],
        timer: Callable[[], float],
    ) -> None:
        self.clients = clients
        self.on_read: Callable[[str], None] = ignore
        """Told the name of the Page whenever a question could be answered by it."""
        self._clock = clock
        self._timer = timer
        self._lock = threading.Lock()
        self._fresh: TLRUCache[Key, Walk] = TLRUCache(KEPT, lambda key, walk, now: walk.began + ttl, timer)
        self._last_good: LRUCache[Key, Look] = LRUCache(KEPT)
        self._last: LRUCache[Source, Look] = LRUCache(KEPT)
        self._errors: LRUCache[Source, LastError] = LRUCache(KEPT)
        self._ignoring: TTLCache[str, bool] = TTLCache(KEPT, VERDICT_TTL, timer)
        self._flights: dict[Key, Future[Walk]] = {}
        self._threads: SingleFlight[str, Thread] = SingleFlight(ttl, timer)

    def inherit(self, older: Listing) -> None:
        """Remember what an older listing knew of the same Pages, so that settings can change without forgetting it."""
        same = {
            name
            for name, client in self.clients.items()
            if name in older.clients and older.clients[name].page.id == client.page.id
        }
        with older._lock, self._lock:
            self._last_good.update({key: look for key, look in older._last_good.items() if key[0].page in same})
            self._last.update({source: look for source, look in older._last.items() if source.page in same})
            self._errors.update({source: error for source, error in older._errors.items() if source.page in same})

    def close(self) -> None:
        """Close the connections of every Page; what is under way fails."""
        for client in self.clients.values():
            client.close()

    def thread(self, source: Source, conversation_id: str) -> Thread:
        """One conversation with its latest messages, no older than the ttl. Raises a GraphError."""
        client = self.clients[source.page]
        return self._threads.get(conversation_id, lambda: client.thread(conversation_id, source.platform))

    def looks(
        self, sources: Sequence[Source], *, user_id: str | None = None, want: int = FIRST, until: float | None = None
    ) -> list[Look]:
        """A look at each source. Those that take a call are read at the same time, and the slowest is waited for."""

        def look(source: Source) -> Look:
            return self.look(source, user_id=user_id, want=want, until=until)

        with self._lock:
            walks = [self._fresh.get((source, user_id)) for source in sources]
        waiting = sum(walk is None or not walk.reaches(want, until) for walk in walks)
        if waiting < 2:
            return list(map(look, sources))
        with ThreadPoolExecutor(waiting, thread_name_prefix="inbox-ask") as pool:
            return list(pool.map(look, sources))

    def look(
        self, source: Source, *, user_id: str | None = None, want: int = FIRST, until: float | None = None
    ) -> Look:
        """What `source` holds: at least `want` conversations or all that changed since `until`, if there are so many.

        No older than the ttl, or else marked with the trouble that kept it old. Never raises a GraphError.
        """
        key = (source, user_id)
        while True:
            with self._lock:
                walk = self._fresh.get(key)
                if walk is not None and walk.reaches(want, until):
                    return walk.look
                flight = self._flights.get(key)
                mine = flight is None
                if flight is None:
                    flight = self._flights[key] = Future()
            if not mine:
                walk = flight.result()
                if walk.reaches(want, until):
                    return walk.look
                continue
            try:
                walk = self._walk(key, walk, want, until)
            except BaseException as error:
                flight.set_exception(error)
                raise
            else:
                flight.set_result(walk)
            finally:
                with self._lock:
                    del self._flights[key]
            return walk.look

    def take_in(self, look: Look, after: str | None) -> Look:
        """Answer with what somebody else has just read, the first slice of a list; `after` is the cursor behind it.

        Gives the look as `look` would: without what is not of its folder, or marked as unsure.
        """
        walk = Walk(look, self._timer(), after, {conversation.id for conversation in look.conversations})
        walk.look = self._with_honest_folder(look, None)
        key = (look.source, None)
        with self._lock:
            self._last[look.source] = self._last_good[key] = walk.look
            known = self._fresh.get(key)
            if known is None or not look.more or len(known.look.conversations) <= len(look.conversations):
                self._fresh[key] = walk
        return walk.look

    def last(self, source: Source) -> Look | None:
        """The latest look at a source, good or not, whatever its age; None before the first."""
        with self._lock:
            return self._last.get(source)

    def identities(self) -> dict[str, Identity | GraphError]:
        """Who each Page is at Meta, or why that cannot be said; asked for once and at the same time."""

        def ask(client: GraphClient) -> Identity | GraphError:
            try:
                return client.identity()
            except GraphError as error:
                return error

        with ThreadPoolExecutor(len(self.clients), thread_name_prefix="inbox-ask") as pool:
            return dict(zip(self.clients, pool.map(ask, self.clients.values()), strict=True))

    def last_error(self, source: Source) -> LastError | None:
        """The latest trouble with a source, also when it is over; None when there was none."""
        with self._lock:
            return self._errors.get(source)

    def looked(self) -> list[Source]:
        """Every source somebody asked for, in the order of the first time."""
        with self._lock:
            return list(self._last)

    def _walk(self, key: Key, walk: Walk | None, want: int, until: float | None) -> Walk:
        """Read until the walk reaches far enough, and remember how it went. What was read before trouble is kept."""
        source, user_id = key
        try:
            walk = self._read_on(source, user_id, walk, want, until)
            walk.look = self._with_honest_folder(walk.look, user_id)
            read = True
            self.on_read(source.page)
        except PersonUnknown:
            walk, read = Walk(Look(source, at=self._clock()), self._timer()), True
        except GraphError as error:
            with self._lock:
                known = self._last_good.get(key, Look(source))
            walk, read = Walk(replace(known, trouble=error), self._timer()), False
        look = walk.look
        with self._lock:
            if user_id is None:
                self._last[source] = look
            if look.trouble is not None:
                self._errors[source] = LastError(look.trouble, self._clock())
            if read:
                self._last_good[key] = replace(look, trouble=None)
            if not isinstance(look.trouble, Unavailable | Throttled | Blocked):
                self._fresh[key] = walk
        return walk

    def _read_on(self, source: Source, user_id: str | None, walk: Walk | None, want: int, until: float | None) -> Walk:
        """Carry a walk on, or begin one.

        Conversations that moved to the front meanwhile come twice and are kept once. A cursor that died, because what
        it pointed to moved away, starts the walk again.
        """
        client = self.clients[source.page]
        folder = None if source.folder is Folder.INBOX else source.folder
        reading = walk.copy() if walk else Walk(Look(source, more=True), self._timer())
        # Pages may be short or empty and still have a next; a person does not wait for a hundred such.
        restarts, calls_left = RESTARTS, 10 + want // 10
        while calls_left and not reading.reaches(want, until):
            calls_left -= 1
            have = len(reading.look.conversations)
            try:
                part = client.conversations(
                    source.platform,
                    folder=folder,
                    user_id=user_id,
                    limit=min(max(want - have, FIRST), SLICE_MAX),
                    after=reading.after,
                )
            except GraphError as error:
                if isinstance(error, CursorDead) and restarts:
                    restarts, reading = restarts - 1, Walk(Look(source, more=True), self._timer())
                    continue
                if reading.look.at is None:
                    raise
                reading.look = replace(reading.look, trouble=error)
                break
            reading.add(part, self._clock())
            if part.after is None:
                calls_left = 0
        if reading.look.trouble is None and not reading.reaches(want, until):
            reading.tried = want if reading.after else sys.maxsize
        reading.sort()
        return reading

    def _with_honest_folder(self, look: Look, user_id: str | None) -> Look:
        """The look, emptied when Instagram answered with its inbox instead of the folder, or marked as unsure."""
        source = look.source
        if source.platform is not Platform.INSTAGRAM or source.folder is Folder.INBOX or not look.conversations:
            return look
        ignoring = self._ignores_folders(source, look if user_id is None else None)
        if ignoring is None:
            return replace(look, folder="unsure")
        return replace(look, conversations=(), more=False, folder="ignored") if ignoring else look

    def _ignores_folders(self, source: Source, look: Look | None) -> bool | None:
        """Whether Instagram ignores `folder` for this Page; None when it cannot be told now.

        Nobody knows what it does with it, so a list is held against the inbox: a conversation is in one folder only, so
        lists that are mostly the same are one list. `look` is the folder's list if it was just read.
        """
        with self._lock:
            verdict = self._ignoring.get(source.page)
        if verdict is not None:
            return verdict
        if look is None:
            look = self.look(source)
            if look.folder != "sure" or not look.conversations:
                return True if look.folder == "ignored" else None
        inbox = self.look(replace(source, folder=Folder.INBOX))
        if inbox.trouble is not None or look.trouble is not None:
            return None
        ours = {conversation.id for conversation in look.conversations[:COMPARED]}
        others = {conversation.id for conversation in inbox.conversations[:COMPARED]}
        verdict = 2 * len(ours & others) > max(len(ours), len(others))
        if max(len(ours), len(others)) > 1:  # of one that is just being moved nothing can be told for an hour
            with self._lock:
                self._ignoring[source.page] = verdict
        return verdict


def ignore(page: str) -> None:
    """Nobody wants to know."""
