"""What Meta says has changed: lists are looked at for it at once, and what looks find is held against it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pageinbox.graph.client import GraphClient
from pageinbox.model.backoff import Backoff
from pageinbox.model.conversation import Conversation
from pageinbox.model.meters import Count
from pageinbox.model.push import Became, Brought, Came, Change, Event, PagePush
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.tell.found import Found
from pageinbox.tell.pace import Pace, Trust

APART = Backoff(first=2.0, longest=10.0)
"""Seconds between the beginnings of two looks at one list that are made because of pushes: the first where the latest
such look found something, more after each that did not, and the longest where only the Page wrote. So whoever pushes
what isn't there makes few looks, and hardly delays what is."""

A_MOMENT = 0.1
"""Seconds by which a look comes later than its Page's budget lets it, rather than too early."""

WAITED = 15.0
"""Seconds for which what was told is looked for, since Meta may show it late."""

LATE = 600.0
"""Seconds after which what happened is no news: looks have found it long since."""

SAME, AHEAD = 1.0, 10.0
"""Seconds by which times of one message differ, since lists tell them without fractions; and those by which what was
told may lie ahead of all clocks."""

MOST_TOLD, MOST_KNOWN = 1000, 500
"""Changes of one network of a Page that are waited for, as many as Meta tells of at once, and those found lately."""

T = TypeVar("T")

Network = tuple[str, Platform]
"""One network of a Page, by the Page's name."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change that is waited for: when it happened, and when it was told by the timer."""

    at: float
    event: Event
    since: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What a look found, held against what was told: how many changes, and what is thought of the pushes now."""

    brought: Brought
    trust: Trust
    interval: float
    missed: bool


class Pushes:
    """What Meta has told of, for all Pages of one bot. For several threads; waits for nobody.

    `clients` are the Pages by name, `clock` tells seconds since 1970, `timer` seconds that never go back. What becomes
    of each change is counted in `counts`.
    """

    def __init__(
        self,
        clients: Mapping[str, GraphClient],
        pace: Pace,
        *,
        clock: Callable[[], float],
        timer: Callable[[], float],
        counts: Count,
    ) -> None:
        self.hurry: Callable[[Source, float, float], float | None] = nobody
        """Has a list looked at in so many seconds, so many after the latest look at it at least. Gives the seconds
        until it would have been looked at anyway, None where nobody wants that."""
        self.latest: dict[str, float] = {}
        """When Meta told of something of each Page last, in seconds since 1970."""
        self._reached = set[str]()
        """The Pages whose app has pushed anything."""
        self._strange = False
        self.pace = pace
        self._clients = clients
        self._clock = clock
        self._timer = timer
        self._counts = counts
        self._lock = threading.Lock()
        self._told: dict[Network, OrderedDict[int, Told]] = {}
        """What is waited for, by the hash of an id: nobody's id is kept for it."""
        self._known: dict[Network, OrderedDict[int, float]] = {}
        """Of what looks found lately, when it happened, likewise."""
        self._due: dict[Source, float] = {}
        """When a list that is looked at for a push would have been looked at anyway, by the timer."""
        self._in_vain: dict[Source, int] = {}
        """How many such looks at a list found nothing since one at any of its network did."""

    def hear(self, pages: Collection[str], changes: Sequence[Change]) -> None:
        """Take what was pushed by the app of these Pages, and have their lists looked at for it.

        What no app of ours has signed is of no Pages, and tells of nothing.
        """
        self._reached.update(pages)
        self._strange |= not pages
        names = {account: name for name in pages for account in accounts(self._clients[name])}
        waking: dict[Network, bool] = {}
        for change in changes:
            name = names.get(change.account)
            if name is None or change.platform not in self._clients[name].page.platforms:
                self._counts.add(Became.FOREIGN)
                continue
            self.latest[name] = self._clock()
            network = (name, change.platform)
            became = self._note(network, change)
            self._counts.add(became)
            if became is Became.HEARD:
                waking[network] = waking.get(network, False) or change.event is not Event.ANSWERED
        for network, urgent in waking.items():
            if not any(self._wake(source, urgent=urgent) for source in lists(network)):  # the first that is watched
                with self._lock:
                    self._told.pop(network, None)

    def came(self, page: str) -> Came:
        """The best that has come for a Page."""
        if page in self.latest:
            return Came.OURS
        return Came.OTHER if page in self._reached else Came.STRANGE if self._strange else Came.NOTHING

    def of_pages(self, brought: Mapping[str, Brought]) -> list[PagePush]:
        """How the pushes do for each Page; `brought` is what they brought in the last day, by the Page's name."""
        return [
            PagePush(
                name,
                brought.get(name, Brought()),
                self.latest.get(name),
                secret=bool(client.page.app_secret and client.page.app_secret.reveal()),
                came=self.came(name),
            )
            for name, client in self._clients.items()
        ]

    def expects(self, source: Source) -> bool:
        """Whether something was told that a look at this list may find; whoever was told has the right to look."""
        return bool(self._told.get((source.page, source.platform)))

    def want(self, source: Source) -> None:
        """Something waits for a look at this list, which is to come as soon as if there were no pushes."""
        self.hurry(source, 0.0, self.pace.usual)

    def compare(self, source: Source, found: Found) -> Heard:
        """Hold what a look found against what was told. Changes nothing: what is not kept is found again."""
        with self._lock:
            told: Mapping[int, Told] = self._told.get((source.page, source.platform), {})
            pushed = sum(is_told(item, told) for item in found.written) if told else 0
            due = self._due.get(source)
        polled = len(found.written) - pushed
        moved = found.moved_from.keys() - {item.id for item in found.written}
        trust = self.pace.judge(source, pushed=pushed, untold=polled + len(moved))
        sooner = 0.0 if due is None else max(0.0, due - self._timer())
        return Heard(Brought(pushed, polled, pushed * sooner), trust, self.pace.interval(trust), polled > 0)

    def settle(self, source: Source, found: Found, heard: Heard, began: float) -> None:
        """What a look found was kept; it began at this time by the timer. What it did not find is looked for again."""
        network = (source.page, source.platform)
        with self._lock:
            told = self._told.get(network, OrderedDict())
            known = self._known.setdefault(network, OrderedDict())
            every = (*found.new, *found.again, *found.replied)
            for item in every if told else every[-MOST_KNOWN:]:
                at = min(max(item.updated, item.wrote or 0.0), self._clock() + AHEAD)
                for key in keys_of(item):
                    bounded(known, key, at, MOST_KNOWN)
                    if key in told and shows(item, told[key]):
                        del told[key]
            pushed = self._due.pop(source, None) is not None
            if found.trouble is not None:
                return
            if not found.quiet:
                for each in lists(network):  # what was told may have been anywhere
                    self._in_vain.pop(each, None)
            elif pushed:
                self._in_vain[source] = self._in_vain.get(source, 0) + 1
            for key in [key for key, each in told.items() if self._timer() - each.since >= WAITED]:
                del told[key]
            late = any(each.since <= began for each in told.values())
        self.pace.keep(source, heard.trust, found.kept)
        for other in lists(network):
            if late or (heard.missed and other != source and self.pace.distrust(other)):
                self._wake(other)

    def _note(self, network: Network, change: Change) -> Became:
        """What becomes of a change that was told."""
        if change.event is Event.NOTHING:
            return Became.IDLE
        dated, here = self._clients[network[0]].dated, self._clock()
        at = min(here if change.at is None else change.at, max(here, dated or here) + AHEAD)
        if at < min(here, dated or here) - LATE:
            return Became.LATE
        if change.event is Event.ANSWERED or not change.ids:
            return Became.HEARD  # waited for by nobody: no look tells who of the Page wrote when
        keys = [hash(each) for each in change.ids]
        with self._lock:
            known: Mapping[int, float] = self._known.get(network, {})
            if any(at < known[key] + SAME for key in keys if key in known):
                return Became.LATE
            told = self._told.setdefault(network, OrderedDict())
            if all(key in told and at <= told[key].at for key in keys):
                return Became.REPEATED
            for key in keys:
                bounded(told, key, Told(at, change.event, self._timer()), MOST_TOLD)
        return Became.HEARD

    def _wake(self, source: Source, *, urgent: bool = True) -> bool:
        """Have a list looked at, as soon as its Page's budget lets background work; whether anybody watches it."""
        budget, usual = self._clients[source.page].budget, self.pace.usual
        apart = APART.pause(self._in_vain.get(source, 0) + 1) if urgent else APART.longest
        held = max(budget.paused_for(), budget.closed_for())
        if held:
            held += A_MOMENT
        left = self.hurry(source, held, apart * budget.slowness())
        if left is None:
            return False
        with self._lock:
            # Without pushes, looks would be as frequent as usual.
            self._due.setdefault(source, self._timer() + (left if left <= usual else left % usual))
        return True


def nobody(source: Source, after: float, apart: float) -> float | None:
    """Nobody wants the list looked at."""
    return None


def accounts(client: GraphClient) -> Iterator[str]:
    """The ids by which Meta may speak of a Page: its own, and that of its Instagram account once it is known."""
    yield client.page.id
    if client.identified is not None and client.identified.instagram_id is not None:
        yield client.identified.instagram_id


def lists(network: Network) -> list[Source]:
    """The lists of one network of a Page, the likeliest to change first."""
    return [Source(*network, folder) for folder in Folder]


def keys_of(item: Conversation) -> list[int]:
    """The hashes of the ids by which Meta may tell of a conversation."""
    return [hash(each) for each in (item.id, item.person_id) if each is not None]


def is_told(item: Conversation, told: Mapping[int, Told]) -> bool:
    """Whether it was told that the customer wrote, or that something changed, when they wrote last."""
    wrote = item.updated if item.wrote is None else item.wrote
    return any(wrote < told[key].at + SAME for key in keys_of(item) if key in told)


def shows(item: Conversation, told: Told) -> bool:
    """Whether a conversation, as a look found it, has what was told."""
    return told.event is Event.CHANGED or told.at < item.updated + SAME


def bounded(kept: OrderedDict[int, T], key: int, value: T, most: int) -> None:
    """Keep something as the newest of so many at most."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
