"""How far a look reads a list, and what it learns on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence

import msgspec

from pageinbox.ask.listing import Listing
from pageinbox.graph.client import Slice
from pageinbox.graph.pages import slices
from pageinbox.ledger.codes import FOLDER_BITS
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.leases import Leases
from pageinbox.ledger.schema import ms
from pageinbox.ledger.sources import Known, SourceRow, Sources
from pageinbox.ledger.waits import Waits
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError, ListEmptied, Unavailable
from pageinbox.model.look import Look
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.tell.found import Found
from pageinbox.tell.keep import Keep
from pageinbox.tell.sweeps import SWEEP_DEPTH, Sweeps
from pageinbox.tell.trail import Trail
from pageinbox.tell.unchanged import Unchanged

APART = 60.0
"""Seconds that Meta's own clocks may be apart: a later change than one of them shows has a wrong time."""

SEVERAL, LATELY = 3, 25 * 86400.0
"""As many conversations don't vanish at once, where one went on so many seconds ago. Requests vanish after 30 days."""

RENEW = 1.5
"""Seconds after which a look that goes on renews its right to the source; that of the shortest interval lasts five."""


class ListReader:
    """Reads lists as far as looks need them.

    `interval` are the seconds between two looks at one list, `retention` those after which an idle conversation is
    forgotten; `clock` tells seconds since 1970, `timer` seconds that never go back. `latest` gives the time, in
    milliseconds since 1970, that no change is later than.
    """

    def __init__(
        self,
        ledger: Ledger,
        listing: Listing,
        keep: Keep,
        *,
        sources: Sources,
        waits: Waits,
        leases: Leases,
        interval: float,
        retention: float,
        clock: Callable[[], float],
        timer: Callable[[], float],
        latest: Callable[[], int],
    ) -> None:
        self._ledger = ledger
        self._listing = listing
        self._keep = keep
        self._sources = sources
        self._waits = waits
        self._leases = leases
        self._retention = retention
        self._clock = clock
        self._timer = timer
        self._latest = latest
        self._sweeps = Sweeps(interval, timer)
        self._unchanged = Unchanged()

    def place(self, row: SourceRow) -> SourceRow:
        """How far a source is known. Where the retention has become longer, what was forgotten counts again."""
        if row.forgotten is None or row.reached is None or row.reached > self._latest():
            return row
        kept_since = row.reached - ms(self._retention)
        return row if kept_since >= row.forgotten else msgspec.structs.replace(row, forgotten=kept_since)

    def read(
        self,
        source: Source,
        place: SourceRow,
        going: Callable[[], bool],
        interrupt: Callable[[str], object],
        *,
        sources: int,
        everything: bool,
    ) -> Found | None:
        """Read as far as is needed; None where Instagram has no such folder, so that nothing can be learned.

        `place` is how far the source is known, `sources` how many are looked at; `going` and `interrupt` are those of
        `Poll.look`. `everything` goes on behind what is known, to where nothing is kept. Raises Stopped, LeaseLost and
        LedgerError.
        """
        found = Found()
        sweep = self._sweeps.begin(source, sources) or everything
        # Who waits is learned from all that is kept, once.
        everything = everything or (sweep and place.complete and place.waits is None)
        depth = sys.maxsize if everything else SWEEP_DEPTH if sweep else 0
        if sweep or not place.complete:
            found.waiting = self._waits.waiting(place)
        leased, ended, front, swept = self._timer(), False, None, False

        def still() -> bool:
            # Before each call: to read around what Meta can't give takes many.
            nonlocal leased
            if self._timer() - leased >= RENEW:
                self._leases.renew(source)
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
                    front = part
                    found.began, found.latest = self._clocks(source)
                    if place.reached is not None and place.reached > found.latest:
                        place = msgspec.structs.replace(place, reached=None)
                    if self._is_emptied(place, part):
                        raise ListEmptied()
                    look = Look(source, part.conversations, part.unreadable, more=part.more, at=self._clock())
                    honest = self._listing.take_in(look, part.after).folder
                    if honest == "ignored":
                        return None
                    # An empty page that promises more does not tell yet what is there.
                    readable = bool(part.conversations) or not part.more
                    if not place.complete and place.quiet_until is None and readable:
                        place = self._begin(place, part.conversations, found)
                    if honest == "unsure":
                        # Whether these are the folder's own can't be told while the inbox can't be read.
                        inbox = self._listing.memory.last(msgspec.structs.replace(source, folder=Folder.INBOX))
                        found.trouble = (inbox and inbox.trouble) or Unavailable("its inbox can't be read")
                        return found
                fresh = found.trail.add(part, found.latest / 1000)
                found.meet(fresh)
                if not sweep and self._unchanged.same(place, part):
                    ended = not part.more
                    break
                with self._ledger.reading():  # both through one connection
                    known = self._sources.known(item.id for item in fresh)
                    heard = self._heard_of(fresh, known)
                found.sort(heard, known, place)
                if not place.complete:
                    self._learn_quietly(place, found, known)
                ended = not part.more
                if far_enough(found.trail, place, part.conversations, known, depth):
                    break
                if part.more and part.after is None:
                    raise Unavailable("the list says that there is more, but not where")
                if part.more:
                    interrupt(source.page)
        except GraphError as error:
            found.trouble = error
        else:
            found.whole = ended or everything or not place.complete
            if found.waiting is not None:
                found.back_to = 0.0 if ended else found.trail.oldest
            swept = sweep
            if part is front and place.complete and found.quiet:
                self._unchanged.keep(place, part)
        finally:
            self._sweeps.end(source, swept=swept)
        return found

    def _is_emptied(self, place: SourceRow, part: Slice) -> bool:
        """Whether a list shows nothing that is known to have held something lately; only Instagram's has no folders."""
        if part.conversations or part.unreadable or part.more or not place.complete or place.known < SEVERAL:
            return False
        if place.source.platform is not Platform.INSTAGRAM or place.source.folder is not Folder.INBOX:
            return False
        return place.reached is not None and ms(self._clock() - LATELY) < place.reached

    def _heard_of(self, fresh: Sequence[Conversation], known: Collection[str]) -> Sequence[Conversation]:
        """The conversations, less those that somebody had erased and in which the customer has not written since."""
        erased = self._sources.erased(item.id for item in fresh if item.id not in known)
        if not erased:
            return fresh
        latest = self._latest()

        def said(item: Conversation) -> int:
            times = (ms(at) for at in (item.wrote, item.updated) if at is not None)
            return next((at for at in times if at <= latest), 0)  # by a wrong time nobody has written

        return [item for item in fresh if item.id not in erased or said(item) > erased[item.id]]

    def _clocks(self, source: Source) -> tuple[int, int]:
        """The earliest and the latest it can be now, by Meta's clock and ours, in milliseconds.

        By one that is fast, what was just written looks old. No change is later than the latest, where Meta tells the
        time: by ours alone, if it is slow, whatever is there would be.
        """
        dated, here = self._listing.clients[source.page].dated, self._clock()
        if dated is None:
            return ms(here), sys.maxsize
        return ms(min(here, dated)), ms(max(here, dated) + APART)

    def _begin(self, place: SourceRow, first: Sequence[Conversation], found: Found) -> SourceRow:
        """Note what is there before the first look: whatever is newer than that will be news, also after a crash.

        What has been idle for too long by then is not learned at all.
        """
        newest = max((at for item in first if (at := ms(item.updated)) <= found.latest), default=0)
        # Only this is held against our clock: by one that is days slow, all that is there would be news.
        forgotten = max(min(newest, self._latest()) - ms(self._retention), place.forgotten or 0)
        # A list that shows nothing yet may fill with what is old before this look has ended.
        until = max(newest, found.quiet_until)
        with self._ledger.writing() as connection:
            self._sources.fence(connection, place, quiet_until=until, forgotten=forgotten)
        return msgspec.structs.replace(place, quiet_until=until, forgotten=forgotten)

    def _learn_quietly(self, place: SourceRow, found: Found, known: dict[str, Known]) -> None:
        """Learn what was there before the first look began, at once, so that a long list is not held in memory."""
        bit = FOLDER_BITS[place.source.folder]
        here = sum(bool(known[item.id].folders & bit) for item in found.older if item.id in known)
        with self._ledger.writing() as connection:
            self._sources.fence(connection, place, known_more=len(found.older) - here)
            self._keep.quietly(connection, place, found.older[::-1])
        found.older = []


def far_enough(
    trail: Trail, place: SourceRow, part: Sequence[Conversation], known: dict[str, Known], depth: int
) -> bool:
    """Whether what lies behind can't be new. Only in a list that comes newest first."""
    if not trail.ordered or place.disordered or not part:
        return False
    last = part[-1]
    if not place.complete:
        return ms(last.updated) <= (place.forgotten or 0)
    if place.forgotten is not None and ms(last.updated) <= place.forgotten:
        return True
    if len(trail.seen) < depth or place.reached is None or ms(last.updated) >= place.reached:
        return False
    return last.id in known and ms(last.updated) <= known[last.id].updated
