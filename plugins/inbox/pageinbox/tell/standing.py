"""How all stands, for somebody who asks and must not wait for the ledger for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from pageinbox.graph.client import GraphClient
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.history import Histories
from pageinbox.ledger.pushes import Pushed
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.waits import Waits
from pageinbox.ledger.watches import Watches
from pageinbox.model.errors import LedgerError
from pageinbox.model.history import SourceRecord, Standing
from pageinbox.model.push import PagePush
from pageinbox.model.source import Source
from pageinbox.tell.patience import Patience
from pageinbox.tell.push import Pushes

ANSWERING = 5.0
"""Seconds that somebody who asks how all is going waits for the ledger."""


class Standings:
    """How all stands by a ledger.

    `wanted` gives the sources that are watched, `next_look` the seconds until a look at one is due, and `pushes` what
    Meta tells by itself, None where that is not wanted; `clock` tells seconds since 1970.
    """

    def __init__(
        self,
        ledger: Ledger,
        sources: Sources,
        *,
        wanted: Callable[[], Iterable[Source]],
        next_look: Callable[[Source], float | None],
        pushes: Pushes | None,
        clients: Mapping[str, GraphClient],
        histories: Histories,
        watches: Watches,
        waits: Waits,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._sources = sources
        self._wanted = wanted
        self._next_look = next_look
        self._pushes = pushes
        self._pushed = Pushed(ledger, sources)
        self._clients = clients
        self._histories = histories
        self._watches = watches
        self._waits = waits
        self._clock = clock
        self._standing = Patience(self._stands, seconds=ANSWERING)

    def records(self) -> dict[Source, SourceRecord]:
        """How each watched source stands, with its next look that makes a call. Raises LedgerError."""
        now = self._clock()
        found = {}
        wanted = set(self._wanted())
        for record in self._sources.records():
            if record.source not in wanted:
                continue
            left = self._next_look(record.source)
            budget = self._clients[record.source.page].budget
            closed = max(budget.closed_for(), budget.paused_for())
            found[record.source] = replace(record, next_look=None if left is None else now + max(left, closed))
        return found

    def pushed(self) -> list[PagePush]:
        """How Meta's pushes do for each Page, where they are wanted. Raises LedgerError."""
        return [] if self._pushes is None else self._pushes.of_pages(self._pushed.brought())

    def latest(self) -> tuple[Standing, LedgerError | None]:
        """How all stands; where the ledger can't tell within five seconds, as it stood, and why it can't."""
        error: LedgerError
        try:
            return self._standing.get(), None
        except TimeoutError:
            error = LedgerError("silent", self._ledger.where)
        except LedgerError as why:
            error = why
        return self._standing.last or Standing(), error

    def _stands(self) -> Standing:
        closing = self._waits.closing(self._clock())
        records = {source: replace(record, closing=closing.get(source, 0)) for source, record in self.records().items()}
        return Standing(records, self._histories.waiting(), self._watches.paused(), self.pushed())
