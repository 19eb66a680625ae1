"""How all stands, for somebody who asks and must not wait for the ledger for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pageinbox.ledger.database import Ledger
from pageinbox.ledger.history import Histories
from pageinbox.ledger.waits import Waits
from pageinbox.ledger.watches import Watches
from pageinbox.model.errors import LedgerError
from pageinbox.model.history import SourceRecord, Standing
from pageinbox.model.push import PagePush
from pageinbox.model.source import Source
from pageinbox.tell.patience import Patience

ANSWERING = 5.0
"""Seconds that somebody who asks how all is going waits for the ledger."""


class Standings:
    """How all stands by a ledger.

    `records` gives how each source does, `pushed` how Meta's pushes do for each Page; `clock` tells seconds since 1970.
    """

    def __init__(
        self,
        ledger: Ledger,
        records: Callable[[], Mapping[Source, SourceRecord]],
        pushed: Callable[[], Sequence[PagePush]],
        *,
        histories: Histories,
        watches: Watches,
        waits: Waits,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._records = records
        self._pushed = pushed
        self._histories = histories
        self._watches = watches
        self._waits = waits
        self._clock = clock
        self._standing = Patience(self._stands, seconds=ANSWERING)

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
        records = {
            source: replace(record, closing=closing.get(source, 0)) for source, record in self._records().items()
        }
        return Standing(records, self._histories.waiting(), self._watches.paused(), self._pushed())
