"""Once a day, what has been idle for too long is forgotten, by Meta's times alone: our clock may be wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from pageinbox.ledger.idle import Idle
from pageinbox.ledger.sources import SourceRow, Sources
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

    def where_nothing_is_idle(self, row: SourceRow) -> SourceRow:
        """The row of a source as its look is to keep it: where nothing is to be dropped, that is all of forgetting.

        Raises LedgerError.
        """
        if row.reached is None or not self._is_due(row.source) or self._found.get(row.id):
            return row
        self._forgot[row.source] = self._timer()
        return msgspec.structs.replace(row, forgotten=max(self._before(row.reached), row.forgotten or 0))

    def looked(self, source: Source) -> None:
        """A look at a source was good. Raises LedgerError."""
        if not self._is_due(source):
            return
        row = self._sources.row(source)
        if row.reached is not None:
            self._idle.drop(row, self._found.get(row.id, []), self._before(row.reached))
            self._found.pop(row.id, None)
        self._forgot[source] = self._timer()

    def _is_due(self, source: Source) -> bool:
        return self._timer() - self._forgot.get(source, float("-inf")) >= DAY and self._find()

    def _before(self, reached: int) -> int:
        """What did not change since then is idle, in a list whose newest change is that."""
        return min(reached, self._latest()) - self._retention

    def _find(self) -> bool:
        """Whether it is found what is idle; False while another look is just finding it, which may take long."""
        if not self._finding.acquire(blocking=False):
            return False  # no other list is to wait for that: its next look forgets as well
        try:
            if self._timer() - self._latest_find >= DAY:
                self._found = self._idle.find(self._retention, self._latest())
                self._idle.thin(self._retention, self._latest())
                self._latest_find = self._timer()
        finally:
            self._finding.release()
        return True
