"""Which looks go on behind what is known: one an hour at each source and after a start, never all of many at once."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from pageinbox.model.source import Source

SWEEP_EVERY, SWEEP_DEPTH = 3600.0, 1000
"""Seconds between two looks that go on behind what is known, and how many conversations deep.

A conversation that is moved into a folder keeps its time, so it turns up in the middle of the list.
"""

ROUND, AT_ONCE = 3000.0, 50
"""Seconds over which the sweeps of many sources are spread, and how many may begin at once, or are made in one interval
at least. A sweep takes several calls, and costs as much as five looks: whatever else is due waits for it."""

LONGEST = 360.0
"""Seconds for which so many are counted, however long the interval is."""


class Sweeps:
    """Gives each source its turn. `interval` are the seconds between two looks at one, `timer` is a clock of seconds.

    For several threads.
    """

    def __init__(self, interval: float, timer: Callable[[], float]) -> None:
        self._length = min(interval, LONGEST)
        self._timer = timer
        self._lock = threading.Lock()
        self._swept: dict[Source, float] = {}
        self._under_way: dict[str, Source] = {}
        """By Page: its other lists are looked at between the calls of a sweep, and another one would make that long."""
        self._free = float(AT_ONCE)
        """How many sweeps may begin now: so many at first, and as time goes by one after the other."""
        self._counted = timer()

    def begin(self, source: Source, sources: int) -> bool:
        """Whether this look at one of so many sources is to be a sweep; `end` has to follow."""
        with self._lock:
            now = self._timer()
            if source.page in self._under_way or now - self._swept.get(source, float("-inf")) < SWEEP_EVERY:
                return False
            each_interval = max(AT_ONCE, math.ceil(sources * self._length / ROUND))
            more = each_interval * (now - self._counted) / self._length
            self._free, self._counted = min(self._free + more, each_interval), now
            if self._free < 1:
                return False
            self._free -= 1
            self._under_way[source.page] = source
            return True

    def end(self, source: Source, *, swept: bool) -> None:
        """A look has ended. Where the source was swept, it is not for an hour."""
        with self._lock:
            if self._under_way.get(source.page) == source:
                del self._under_way[source.page]
            if swept:
                self._swept[source] = self._timer()
