"""Once a day, what has been idle for too long is forgotten, by Meta's times alone: our clock may be wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pageinbox.ledger.idle import Idle
from pageinbox.ledger.sources import Sources
from pageinbox.model.source import Source

DAY = 86400.0


class Forgetting:
    """Each source's own looks forget what was in it, as they have the right to it; it is found for all sources at once.

    `retention` are the milliseconds after which an idle conversation is forgotten, `latest` gives the time, in
    milliseconds since 1970, that no change is later than; `timer` tells seconds that never go back.
    """

    def __init__(
        self, idle: Idle, sources: Sources, *, retention: int, latest: Callable[[], int], timer: Callable[[], float]
    ) -> None:
        self._idle = idle
        self._sources = sources
        self._retention = retention
        self._latest = latest
        self._timer = timer
        self._finding = threading.Lock()
        self._found: dict[int, list[int]] = {}
        self._latest_find = float("-inf")
        self._forgot: dict[Source, float] = {}

    def looked(self, source: Source) -> None:
        """A look at a source was good. Raises LedgerError."""
        if self._timer() - self._forgot.get(source, float("-inf")) < DAY or not self._find():
            return
        row = self._sources.row(source)
        if row.reached is not None:
            before = min(row.reached, self._latest()) - self._retention
            self._idle.drop(row, self._found.get(row.id, []), before)
            self._found.pop(row.id, None)
        self._forgot[source] = self._timer()

    def _find(self) -> bool:
        """Whether it is found what is idle; False while another look is just finding it, which may take long."""
        if not self._finding.acquire(blocking=False):
            return False  # no other list is to wait for that: its next look forgets as well
        try:
            if self._timer() - self._latest_find >= DAY:
                self._found = self._idle.find(self._retention, self._latest())
                self._latest_find = self._timer()
        finally:
            self._finding.release()
        return True
