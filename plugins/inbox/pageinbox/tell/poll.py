"""One look at one source: what is new is learned, and queued to be told, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from pageinbox.ask.listing import Listing
from pageinbox.graph.pages import Stopped, slices
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.schema import FOLDER_BITS, UNREADABLE, ms, seconds
from pageinbox.ledger.sources import Known, LeaseLost, SourceRow, Sources
from pageinbox.ledger.watches import Watches
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError, Unavailable
from pageinbox.model.look import UPDATED, Look
from pageinbox.model.source import Folder, Source
from pageinbox.model.watch import Watch
from pageinbox.tell.decide import decide, speaks_from
from pageinbox.tell.group import GATHERING
from pageinbox.tell.schedule import Outcome
from pageinbox.tell.trail import Trail
from pageinbox.tell.trouble import Troubles

DAY = 86400.0

AWAY_LOOKS, AWAY = 3, 300.0
"""Intervals, and seconds: after a longer time without a good look, what is found is told as missed meanwhile."""

SWEEP_EVERY, SWEEP_DEPTH = 3600.0, 1000
"""Seconds between two looks that go on behind what is known, and how many conversations deep.

A conversation that is moved into a folder keeps its time, so it turns up in the middle of the list.
"""

FADE_EVERY = 3600.0
"""Seconds after which it is looked for what was said too long ago to be kept, however the looks go."""

RENEW = 1.5
"""Seconds after which a look that goes on renews its right to the source; that of the shortest interval lasts five."""


@dataclass(slots=True)
class Found:
    """What one look found: conversations new to the source, those known with a newer message, and how it went.

    `moved` are those of the new that are known from elsewhere and went on since. In the `replied` ones nothing but an
    automatic reply came since, which is learned and no news; the `healed` ones could not be read before. `trouble` is
    why it ended early.
    """

    trail: Trail = field(default_factory=Trail)
    new: list[Conversation] = field(default_factory=list)
    again: list[Conversation] = field(default_factory=list)
    moved: list[Conversation] = field(default_factory=list)
    healed: list[Conversation] = field(default_factory=list)
    replied: list[Conversation] = field(default_factory=list)
    trouble: GraphError | None = None


class Poll:
    """Looks at sources for the watches of a ledger.

    `interval` are the seconds between two looks at one source, `retention` those after which an idle conversation is
    forgotten; `clock` tells seconds since 1970, `timer` seconds that never go back; `admins` are rooms or people that
    hear of trouble too.
    """

    def __init__(
        self,
        ledger: Ledger,
        seen: Sources,
        queue: Queue,
        edits: Edits,
        watches: Watches,
        listing: Listing,
        *,
        interval: float,
        retention: float,
        clock: Callable[[], float],
        timer: Callable[[], float],
        admins: Sequence[str] = (),
    ) -> None:
        self._ledger = ledger
        self._seen = seen
        self._queue = queue
        self._edits = edits
        self._watches = watches
        self._listing = listing
        self._interval = interval
        self._retention = retention
        self._clock = clock
        self._timer = timer
        self._troubles = Troubles(seen, queue, admins)
        self._swept: dict[Source, float] = {}
        self._forgot: dict[Source, float] = {}
        self._faded = float("-inf")

    def wanted(self) -> list[Source]:
        """What some watch needs."""
        pages = [client.page for client in self._listing.clients.values()]
        watches = self._watches.watches()
        return list(dict.fromkeys(source for watch in watches for source in watch.spec.sources(pages)))

    def sources(self) -> list[Source]:
        """What some watch needs, and from now on nothing else is looked at."""
        self._ledger.check()
        if self._timer() - self._faded >= FADE_EVERY:
            self._faded = self._timer()
            self._edits.fade(self._clock())
        wanted = self.wanted()
        self._seen.want(wanted, self._watches.meant)
        return wanted

    def look(self, source: Source, going: Callable[[], bool] = lambda: True) -> Outcome:
        """Look once, unless another bot does. `going` tells whether to go on; what was read is not kept when not.

        Raises LedgerError.
        """
        if (busy := self._seen.lease(source, self._clock(), self._interval)) is not None:
            return Outcome(again=busy)
        budget = self._listing.clients[source.page].budget
        try:
            found = self._read(source, self._seen.row(source), going)
            if found is None or not going():
                return Outcome(slowness=budget.slowness())
            new = self._keep(self._seen.row(source), found)
        except (Stopped, LeaseLost):
            return Outcome()
        self._listing.journal.note(source, found.trouble)
        if found.trouble is None:
            self._forget(source)
        return Outcome(found.trouble, new, budget.slowness())

    def _watching(self, source: Source) -> list[Watch]:
        """The watches that are about a source."""
        pages = [client.page for client in self._listing.clients.values()]
        return [watch for watch in self._watches.watches() if source in watch.spec.sources(pages)]

    def _read(self, source: Source, place: SourceRow, going: Callable[[], bool]) -> Found | None:
        """Read as far as is needed; None where Instagram has no such folder, so that nothing can be learned."""
        found = Found()
        sweep = self._timer() - self._swept.get(source, float("-inf")) >= SWEEP_EVERY
        leased = self._timer()

        def still() -> bool:
            # Before each call: to read around what Meta can't give takes many.
            nonlocal leased
            if self._timer() - leased >= RENEW:
                if self._seen.lease(source, self._clock(), self._interval) is not None:
                    raise LeaseLost
                leased = self._timer()
            return going()

        try:
            parts = slices(
                self._listing.clients[source.page],
                source,
                wanted=found.trail.wanted,
                restart=found.trail.restart,
                background=True,
                going=still,
            )
            for part in parts:
                if not found.trail.seen:
                    look = Look(source, part.conversations, part.unreadable, more=part.more, at=self._clock())
                    honest = self._listing.take_in(look, part.after).folder
                    if honest == "ignored":
                        return None
                    # An empty page that promises more does not tell yet what is there.
                    readable = bool(part.conversations) or not part.more
                    if not place.complete and place.quiet_until is None and readable:
                        place = self._begin(place, part.conversations)
                    if honest == "unsure":
                        # Whether these are the folder's own can't be told while the inbox can't be read.
                        inbox = self._listing.memory.last(replace(source, folder=Folder.INBOX))
                        found.trouble = (inbox and inbox.trouble) or Unavailable("its inbox can't be read")
                        return found
                fresh = found.trail.add(part)
                known = self._seen.known(item.id for item in fresh)
                self._sort(found, fresh, known, source, place)
                if not place.complete:
                    self._learn_quietly(source, place, found)
                if self._far_enough(found.trail, place, part.conversations, known, SWEEP_DEPTH if sweep else 0):
                    break
                if part.more and part.after is None:
                    raise Unavailable("the list says that there is more, but not where")
        except GraphError as error:
            found.trouble = error
        else:
            if sweep:
                self._swept[source] = self._timer()
        return found

    def _begin(self, place: SourceRow, first: Sequence[Conversation]) -> SourceRow:
        """Note what is there before the first look: whatever is newer than that will be news, also after a crash.

        What has been idle for too long by then is not learned at all.
        """
        newest = max((ms(item.updated) for item in first), default=0)
        # Only this is held against our clock: by one that is days slow, all that is there would be news.
        forgotten = max(min(newest, self._latest()) - ms(self._retention), place.forgotten or 0)
        with self._ledger.writing() as connection:
            self._seen.fence(connection, place, quiet_until=newest, forgotten=forgotten)
        return msgspec.structs.replace(place, quiet_until=newest, forgotten=forgotten)

    def _sort(
        self, found: Found, fresh: Sequence[Conversation], known: dict[str, Known], source: Source, place: SourceRow
    ) -> None:
        """Put what was read to the new ones, to those with a new message, or nowhere."""
        bit = FOLDER_BITS[source.folder]
        for item in fresh:
            before = known.get(item.id)
            if before is None:
                # What was forgotten, or never learned, for having been idle for so long: as it was, it is no news.
                if place.forgotten is None or ms(item.updated) > place.forgotten:
                    found.new.append(item)
                continue
            newer = ms(item.updated) > before.updated
            # What could not be read before has words of the person's that nobody was told.
            only_automatic = bool(item.waiting) and item.automatic and not before.folders & UNREADABLE
            replied = only_automatic and item.wrote is not None and ms(item.wrote) <= before.updated
            if not before.folders & bit:
                found.new.append(item)
                if newer and not replied:
                    found.moved.append(item)
            elif newer:
                (found.replied if replied else found.again).append(item)
            elif before.folders & UNREADABLE and not item.unreadable:
                found.healed.append(item)

    def _learn_quietly(self, source: Source, place: SourceRow, found: Found) -> None:
        """Learn what was there before the first look began, at once, so that a long list is not held in memory."""
        until = place.quiet_until or 0
        quiet = [item for item in found.new if ms(item.updated) <= until]
        found.new = [item for item in found.new if ms(item.updated) > until]
        with self._ledger.writing() as connection:
            self._seen.fence(connection, place, known_more=len(quiet))
            self._seen.learn(connection, place, quiet[::-1], now=self._clock(), quiet=True)

    def _far_enough(
        self, trail: Trail, place: SourceRow, part: Sequence[Conversation], known: dict[str, Known], depth: int
    ) -> bool:
        """Whether what lies behind can't be new. Only in a list that comes newest first."""
        if not trail.ordered or place.disordered or not part:
            return False
        last = part[-1]
        if not place.complete:
            return ms(last.updated) <= (place.forgotten or 0)
        if len(trail.seen) < depth or place.reached is None or ms(last.updated) >= place.reached:
            return False
        if place.forgotten is not None and ms(last.updated) <= place.forgotten:
            return True
        return last.id in known and ms(last.updated) <= known[last.id].updated

    def _keep(self, row: SourceRow, found: Found) -> int:
        """Learn and queue what was found, and note how the look went, all at once. Gives how much was queued."""
        now, at = self._clock(), ms(self._clock())
        # Newest first as they come; those of one second stay in Meta's order, which is all there is to go by.
        new, again = (sorted(reversed(items), key=UPDATED) for items in (found.new, found.again))
        with self._ledger.writing() as transaction:
            # Within the transaction, so that a watch that ends meanwhile does not speak once more.
            watches, muted = self._watching(row.source), self._watches.mutes(now).keys()
            away_since = None
            if row.complete and row.looked is not None:
                gap = (at - row.looked) / 1000
                usual = self._interval * self._listing.clients[row.source.page].budget.slowness()
                away_since = seconds(row.looked) if gap > max(AWAY_LOOKS * usual, AWAY) else None
            decisions = decide(new, again, watches, muted, now=now, away_since=away_since)
            rooms = dict.fromkeys(watch.room for watch in watches)
            changed: dict[str, object] = {}
            if found.trouble is None:
                newest = 0 if found.trail.newest is None else min(ms(found.trail.newest), self._latest())
                changed = {"looked": at, "complete": True, "disordered": not found.trail.ordered,
                           "reached": max(row.reached or 0, newest)}  # fmt: skip
            self._seen.fence(transaction, row, known_more=len(new), **changed)
            ids = self._seen.learn(transaction, row, [*new, *again, *found.replied, *found.healed], now=now)
            self._queue.add(transaction, row, decisions, ids=ids)
            queued = sum(decision.due is not None for decision in decisions)
            followed = [*again, *found.moved, *found.healed]
            queued += self._edits.follow(
                transaction, ids, followed, watches=self._watches.watches(), muted=muted, now=now
            )
            if found.trouble is not None:
                queued += self._troubles.met(transaction, row, found.trouble, now=now, watches=self._watching)
            else:
                queued += self._troubles.over(transaction, row, now=now, watches=watches)
                if not row.complete:
                    known = row.known + len(new)
                    notice = Notice(NoticeKind.LEARNED, (row.source,), now, count=known)
                    for room in rooms:
                        own = [watch for watch in watches if watch.room == room]
                        self._queue.notify(transaction, [room], notice, due=speaks_from(own, now) + GATHERING)
                    queued += len(rooms)
        return queued

    def _latest(self) -> int:
        """No change is later than this; one time of Meta's that is wrong must not hide all that is earlier."""
        return ms(self._clock() + DAY)

    def _forget(self, source: Source) -> None:
        """Once a day, drop what has been idle for too long, by Meta's times alone: our clock may be wrong."""
        if self._timer() - self._forgot.get(source, float("-inf")) < DAY:
            return
        self._forgot[source] = self._timer()
        row = self._seen.row(source)
        if row.reached is not None:
            before = min(row.reached, self._latest()) - ms(self._retention)
            self._seen.forget(row, before)
