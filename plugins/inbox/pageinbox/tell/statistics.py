"""How watched lists fared in a period, compared with the one before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from pageinbox.ask.listing import Listing
from pageinbox.ledger.statistics import Figuring
from pageinbox.model.source import Source
from pageinbox.model.statistics import Period, Statistics
from pageinbox.tell.keep import away_after
from pageinbox.tell.pace import Pace


class ListStatistics:
    """What the ledger figures of lists, less those that Meta does not have, by how often each is looked at.

    `zone` is the one whose clocks tell the hours and the days.
    """

    def __init__(self, figuring: Figuring, listing: Listing, pace: Pace, zone: tzinfo) -> None:
        self._figuring = figuring
        self._listing = listing
        self._pace = pace
        self._zone = zone

    def compared(self, sources: Iterable[Source], period: Period, before: Period) -> Statistics:
        """How some lists fared in a period, compared with the one before. Raises LedgerError."""
        last = {source: self._listing.memory.last(source) for source in sources}
        there = [source for source, look in last.items() if look is None or look.folder != "ignored"]
        usual = {source: away_after(self._listing, source, self._pace.lasting(source)) for source in there}
        return self._figuring.statistics(usual, period, before, self._zone)
