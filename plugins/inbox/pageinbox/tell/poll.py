"""What is looked at, and one look at one source: what is new in it is read, and learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pageinbox.ask.listing import Listing
from pageinbox.graph.pages import Stopped
from pageinbox.ledger.acts import Acts
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.digests import Digests
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.following import Following
from pageinbox.ledger.idle import Idle
from pageinbox.ledger.leases import Leases
from pageinbox.ledger.schema import ms
from pageinbox.ledger.sources import LeaseLost, Sources
from pageinbox.ledger.waits import Waits
from pageinbox.ledger.wanted import want
from pageinbox.ledger.watches import Watches
from pageinbox.model.meters import Meters
from pageinbox.model.selection import Selection
from pageinbox.model.source import Source
from pageinbox.tell.forgetting import Forgetting
from pageinbox.tell.keep import Keep
from pageinbox.tell.pulse import Pulse
from pageinbox.tell.push import Pushes
from pageinbox.tell.reading import ListReader
from pageinbox.tell.schedule import Outcome

DAY = 86400.0

FADE_EVERY = 3600.0
"""Seconds after which it is looked for what was said too long ago to be kept, however the looks go."""


class Poll:
    """Looks at sources for the watches and the digests of a ledger.

    `pushes` hold what Meta has told of, and tell how often each list is looked at; `retention` are the seconds after
    which an idle conversation is forgotten; `clock` tells seconds since 1970, `timer` seconds that never go back;
    `admins` are rooms or people that hear of trouble too. `pulse` hears that something was read, `meters` count the
    looks.
    """

    def __init__(
        self,
        ledger: Ledger,
        listing: Listing,
        watches: Watches,
        digests: Digests,
        *,
        sources: Sources,
        waits: Waits,
        leases: Leases,
        edits: Edits,
        following: Following,
        acts: Acts,
        pushes: Pushes,
        retention: float,
        clock: Callable[[], float],
        timer: Callable[[], float],
        pulse: Pulse,
        meters: Meters,
        admins: Sequence[str] = (),
    ) -> None:
        self._ledger = ledger
        self._listing = listing
        self._watches = watches
        self._digests = digests
        self._sources = sources
        self._leases = leases
        self._edits = edits
        self._pushes = pushes
        self._clock = clock
        self._timer = timer
        self._pulse = pulse
        self._meters = meters
        self._count = 0
        """How many sources are looked at."""
        self._keep = Keep(
            ledger,
            listing,
            watches,
            sources=sources,
            waits=waits,
            following=following,
            acts=acts,
            pace=pushes.pace,
            latest=self._latest,
            admins=admins,
        )
        self._reader = ListReader(
            ledger,
            listing,
            self._keep,
            sources=sources,
            waits=waits,
            leases=leases,
            interval=pushes.pace.usual,
            retention=retention,
            clock=clock,
            timer=timer,
            latest=self._latest,
        )
        self._forgetting = Forgetting(Idle(ledger), sources, retention=ms(retention), latest=self._latest, timer=timer)
        self._faded = float("-inf")

    def wanted(self) -> list[Source]:
        """What some watch or digest needs."""
        pages = {name: client.page for name, client in self._listing.clients.items()}
        found: dict[Source, None] = {}
        with self._ledger.reading():  # both through one connection
            lists: list[Selection] = [watch.spec for watch in self._watches.watches()]
            lists += [digest.spec.lists for digest in self._digests.standing() if digest.spec is not None]
        for each in lists:
            one = pages.get(each.page or "")
            found |= dict.fromkeys(each.sources([one] if one else pages.values()))
        return list(found)

    def sources(self) -> list[Source]:
        """What some watch or digest needs, and from now on nothing else is looked at."""
        self._ledger.check()
        if self._timer() - self._faded >= FADE_EVERY:
            self._faded = self._timer()
            self._edits.fade()
        wanted = self.wanted()
        want(self._ledger, self._sources, wanted, lambda rows: {*self._watches.meant(rows), *self._digests.meant(rows)})
        self._leases.share()
        self._count = len(wanted)
        self._pulse.watch(wanted)
        return wanted

    def look(
        self,
        source: Source,
        going: Callable[[], bool] = lambda: True,
        interrupt: Callable[[str], object] = lambda page: None,
    ) -> Outcome:
        """Look once, unless another bot does. `going` tells whether to go on; what was read is not kept when not.

        `interrupt` is called where a look goes on behind the first call, with the Page's name: what else of it is due
        is not to wait for that. Raises LedgerError.
        """
        budget, began = self._listing.clients[source.page].budget, self._timer()

        def go_on(page: str) -> None:
            self._pulse.beat()
            interrupt(page)

        try:
            row = self._leases.take(source, anyway=self._pushes.expects(source))
            place = self._reader.place(row)
            found = self._reader.read(source, place, going, go_on, sources=self._count, everything=place is not row)
            if found is None:
                self._pulse.beat()
            if found is None or not going():
                return Outcome(slowness=budget.slowness(), rest=budget.spacing())
            heard = self._pushes.compare(source, found)
            quiet = row.complete and row.failing is None and found.trouble is None
            if quiet:
                row = self._forgetting.where_nothing_is_idle(row)
            if quiet and self._keep.keep_quiet(self._reader.place(row), found, heard):
                new = 0
            else:
                texts = found.texts(self._watches.watches())  # before all others have to wait for this one
                with self._ledger.writing() as transaction:
                    if not quiet:
                        row = self._sources.row(source)  # it went on, or others may have told of its trouble
                    new = self._keep.keep(transaction, self._reader.place(row), found, texts, heard)
        except Stopped:
            return Outcome()
        except LeaseLost as lost:
            self._pulse.beat()
            return Outcome(again=lost.left)
        self._listing.journal.note(source, found.trouble)
        self._pushes.settle(source, found, heard, began)
        stretch = 1.0
        self._meters.looks.add(source.page, source.platform, "failed" if found.trouble else "good")
        self._meters.found.add(source.page, source.platform, many=len(found.new) - len(found.moved_from))
        if found.trouble is None:
            self._pulse.beat()
            self._forgetting.looked(source)
            stretch = heard.interval / self._pushes.pace.usual
        return Outcome(found.trouble, new, budget.slowness(), budget.spacing(), stretch=stretch)

    def _latest(self) -> int:
        """No change is later than this; one time of Meta's that is wrong must not hide all that is earlier."""
        return ms(self._clock() + DAY)
