"""Digests: which of them are due, and what one tells by the ledger as it stands then."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from pageinbox.ask.refs import Refs
from pageinbox.graph.client import GraphClient
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.digests import Digests
from pageinbox.ledger.marks import Marked
from pageinbox.ledger.reminders import open_waits
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.waits import waiting_one
from pageinbox.model.act import ActKind
from pageinbox.model.announcement import NAMED, Announcement
from pageinbox.model.calendar import shown, zone_of
from pageinbox.model.digest import Digest, DigestSpec, Findings, Waiting
from pageinbox.model.post import Line, Moment, Post
from pageinbox.model.source import Source
from pageinbox.model.statistics import Period, Statistics
from pageinbox.model.wait import window
from pageinbox.model.watch import Detail
from pageinbox.settings.reading import Settings
from pageinbox.words import digest as words
from pageinbox.words.announcement import marked_as_repeat
from pageinbox.words.charts import charted

PATIENCE, AGAIN = 300.0, 5.0
"""Seconds for which a digest waits at most for looks at its lists, so that it knows all that came before its moment:
what it did not know then, no digest would count. And seconds until that is seen to again."""

LATE = 2 * PATIENCE
"""Seconds after which a digest is late, and says so."""

Count = Callable[[Iterable[Source], Period, Period], Statistics]
"""How lists fared in a period, and in the one before."""


class DigestWriter:
    """Queues the digests that come due, and writes each when it is said.

    `count` gives the figures, `clients` know when tokens end, `ceiling` how much of a conversation a room may see,
    `clock` tells seconds since 1970, `timer` seconds that never go back. `want` has a list looked at that a digest
    waits for.
    """

    def __init__(
        self,
        ledger: Ledger,
        digests: Digests,
        sources: Sources,
        marked: Marked,
        *,
        chosen: Settings,
        refs: Refs,
        count: Count,
        clients: Mapping[str, GraphClient],
        ceiling: Callable[[str], Detail],
        clock: Callable[[], float],
        timer: Callable[[], float],
        want: Callable[[Source], object],
    ) -> None:
        self._ledger = ledger
        self._digests = digests
        self._sources = sources
        self._marked = marked
        self._chosen = chosen
        self._refs = refs
        self._count = count
        self._clients = clients
        self._ceiling = ceiling
        self._clock = clock
        self._timer = timer
        self._want = want
        self._turn = threading.Lock()
        self._found: dict[tuple[int, float], float] = {}
        """When this bot found a digest due, by its number and the moment that it was due."""

    def queue(self) -> float | None:
        """Queue what has come due. Gives the seconds until something is due: 0 where something was queued.

        None where nothing will be, or another thread is at it. Raises LedgerError.
        """
        if not self._turn.acquire(blocking=False):
            return None
        try:
            due, now, pause = self._digests.due()
            self._found = {
                key: self._found.get(key, self._timer()) for key in ((each.number, each.due) for each in due)
            }
            if any([self._digests.take(each.number) for each in due if self._ready(each, now)]):
                return 0.0
            return min(AGAIN, pause or AGAIN) if due else pause
        finally:
            self._turn.release()

    def _ready(self, due: Digest, now: float) -> bool:
        """Whether all that came before its moment is known, as far as it can be, or was waited for long enough."""
        assert due.spec is not None
        if now < due.due or self._timer() - self._found[due.number, due.due] >= PATIENCE:
            return True
        lists = frozenset(self._lists(due.spec))
        records = [record for record in self._sources.records() if record.source in lists and record.complete]
        late = [each for each in records if each.failing is None and (each.looked is None or each.looked < due.due)]
        for each in late:
            self._want(each.source)
        return not late

    def _lists(self, spec: DigestSpec) -> list[Source]:
        return spec.lists.sources(self._chosen.pages.values())

    def told(self, item: Announcement) -> Post:
        """What an announcement of a digest says now. Raises LedgerError."""
        (notice,) = item.notices
        spec = self._digests.spec(notice.digest)
        if spec is None or not self._lists(spec) or notice.since is None or notice.until is None:
            return words.unknown()
        now, late = self._clock(), None
        if now - notice.until > LATE:
            late = words.Late.AWAY if notice.at - notice.until > LATE else words.Late.UNREACHED
        found = self._findings(spec, Period(notice.since, notice.until), now)
        post = words.digest(found, self._chosen.pages, self._ceiling(item.room), now, late=late, many=notice.count)
        post = charted(replace(post, zone=zone_of(spec.rhythm.zone)), found.statistics, zone_of(spec.rhythm.zone))
        return marked_as_repeat(post, restored=item.restored) if item.repeat else post

    def shown(self, spec: DigestSpec, begin: float, ceiling: Detail) -> Post:
        """What a digest would say now, of all since `begin` (seconds since 1970), at most as `ceiling` allows.

        Raises LedgerError.
        """
        now = self._clock()
        found = self._findings(spec, Period(min(begin, now), now), now)
        post = words.digest(found, self._chosen.pages, ceiling, now)
        checked: Line = () if found.looked is None else ("checked ", Moment(found.looked, now))
        post = replace(post, notes=(*post.notes, checked), zone=zone_of(spec.rhythm.zone))
        return charted(post, found.statistics, zone_of(spec.rhythm.zone))

    def _findings(self, spec: DigestSpec, period: Period, now: float) -> Findings:
        zone, lists = zone_of(spec.rhythm.zone), dict.fromkeys(self._lists(spec))  # of 300 Pages they are thousands
        midnight = shown(datetime.combine(datetime.fromtimestamp(now, zone).date() + timedelta(1), time(0)), zone)
        with self._ledger.reading() as connection:
            rows = [(self._sources.named(row), row) for row in open_waits(connection, self._sources.ours)]
        mine = [(source, row) for source, row in rows if source is not None and source in lists and row.body]
        left = [window(row.wrote / 1000, now)[1] for _, row in mine]
        longest = [(source, waiting_one(row.since, row.wrote, row.at_least, row.body)) for source, row in mine[:NAMED]]
        marks = self._marked.marks([item.id for _, item in longest])
        claims = [held for held in self._marked.held(ActKind.CLAIM) if held.source in lists]
        records = {record.source: record for record in self._sources.records() if record.source in lists}
        return Findings(
            asked=spec.lists,
            lists=[*lists],
            statistics=self._count(lists, period, Period(period.begin - period.seconds, period.begin)),
            midnight=midnight,
            waiting=len(mine),
            longest=[
                Waiting(source, item, self._refs.give(source, item.id), marks.get(item.id)) for source, item in longest
            ],
            closing=sum(0 < seconds <= midnight - now for seconds in left),
            claims=Counter(held.act.by.name for held in claims),
            failing=[record for record in records.values() if record.failing is not None],
            unread=[source for source, record in records.items() if not record.complete and record.failing is None],
            unwatched=[source for source in lists if source not in records],
            tokens={source.page: client.token for source in lists if (client := self._clients.get(source.page))},
            looked=min((record.looked for record in records.values() if record.looked is not None), default=None),
        )
