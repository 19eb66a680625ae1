"""What the ledger tells of how all stands, read seldom and not waited for: a server may ask as often as it likes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from pageinbox.model.errors import LedgerError
from pageinbox.model.history import Backlog, SourceRecord
from pageinbox.model.source import Source
from pageinbox.tell.patience import Patience

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService  # which loads SQLAlchemy

T = TypeVar("T")

FRESH = 5.0
"""Seconds for which what was read, or that nothing could be, is answered as it is."""

MOMENT = 1.0
"""Seconds that are waited for the ledger."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """How all stood at one moment by the ledger, other bots' work included.

    `records` are the watched lists, `backlogs` what rooms are still to be told or what was given up, `waiting` in how
    many conversations of each list a customer waits. `watches`, `paused` ones beside them, and `digests` are numbers of
    those in force; `size` are bytes.
    """

    records: Mapping[Source, SourceRecord]
    backlogs: Sequence[Backlog]
    waiting: Mapping[Source, int]
    watches: int
    paused: int
    digests: int
    size: int


class Gauging(Generic[T]):
    """Reads something of the service that is `opened`, if one is, from its ledger.

    `read` gives it, or raises LedgerError; `timer` gives seconds that never go back.
    """

    def __init__(
        self, read: Callable[[WatchService], T], opened: Callable[[], WatchService | None], timer: Callable[[], float]
    ) -> None:
        self._read = read
        self._opened = opened
        self._timer = timer
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._latest: tuple[T | None, LedgerError | None] = (None, None)
        self._reading: tuple[WatchService, Patience[T]] | None = None

    def latest(self) -> tuple[T | None, LedgerError | None]:
        """What it was at most five seconds ago; None where the ledger does not tell within a second.

        With what is wrong with the ledger, where it says so.
        """
        with self._lock:
            if self._timer() - self._at >= FRESH:
                self._latest = self._ask()
                self._at = self._timer()
            return self._latest

    def _ask(self) -> tuple[T | None, LedgerError | None]:
        if (service := self._opened()) is None:
            return None, None
        if self._reading is None or self._reading[0] is not service:
            self._reading = service, Patience(partial(self._read, service), MOMENT)
        try:
            return self._reading[1].get(), None
        except LedgerError as error:
            return None, error
        except (TimeoutError, RuntimeError):  # a machine may give no thread
            return None, None


def how_all_stands(service: WatchService) -> Gauges:
    """How all stands by the ledger of a service. Raises LedgerError."""
    return Gauges(
        records=service.standings.records(),
        backlogs=service.histories.waiting(),
        waiting=service.waits.many(),
        watches=len(service.watches.watches()),
        paused=len(service.watches.paused()),
        digests=len(service.digests.standing()),
        size=service.ledger.size(),
    )
