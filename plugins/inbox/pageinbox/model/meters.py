"""What the bot counts of its own work, in memory. Whoever does something counts it; the web server shows it."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence

Labels = tuple[str, ...]
"""Values in the order of a meter's names. None of them may come from a customer, or be one of ever more."""

CALL = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds that calls to the Graph are told apart by."""

LAG = (5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1800.0, 3600.0)
"""Seconds from a customer's message to its announcement that are told apart: mostly it is a poll interval."""


class Count:
    """How often something happened, by the values of `names`. For several threads; it never goes down."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self._lock = threading.Lock()
        self._many: dict[Labels, int] = {}

    def add(self, *labels: str, many: int = 1) -> None:
        """It happened once more, or `many` times."""
        with self._lock:
            self._many[labels] = self._many.get(labels, 0) + many

    def counted(self) -> Mapping[Labels, int]:
        """How often by now."""
        with self._lock:
            return dict(self._many)


class Lengths:
    """How long something took, by the values of `names`: how often no longer than each of `bounds`, in seconds."""

    def __init__(self, bounds: Sequence[float], *names: str) -> None:
        self.names = names
        self.bounds = bounds
        self._lock = threading.Lock()
        self._many: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def add(self, seconds: float, *labels: str) -> None:
        """It took so long once more; less than nothing, as by two clocks, is nothing."""
        seconds = max(0.0, seconds)
        with self._lock:
            many = self._many.setdefault(labels, [0] * (len(self.bounds) + 1))
            many[bisect_left(self.bounds, seconds)] += 1
            self._sums[labels] = self._sums.get(labels, 0.0) + seconds

    def counted(self) -> Mapping[Labels, tuple[Sequence[int], float]]:
        """How many were between each two of the bounds, those beyond the last one behind them; and their sum."""
        with self._lock:
            return {labels: (list(many), self._sums[labels]) for labels, many in self._many.items()}


class Meters:
    """All that one bot counts, from when its plugin was loaded on, whatever becomes of its settings."""

    def __init__(self) -> None:
        self.pushes = Count("outcome")
        """What Meta pushed, or told of in a push, by what became of it (`Became`)."""
        self.looks = Count("page", "platform", "outcome")
        """Looks of this bot's own that were good or failed."""
        self.found = Count("page", "platform")
        """New conversations."""
        self.calls = Count("page")
        self.errors = Count("page", "kind", "code")
        """Calls that failed, by `GraphError.kind` and, as far as it is a known one, Meta's code."""
        self.call_seconds = Lengths(CALL)
        self.hits = Count("what")
        """What was asked for and could be given without Meta, lists and conversations; and what could not."""
        self.misses = Count("what")
        self.announcements = Count("outcome")
        """Tries to announce something: sent, refused or in doubt."""
        self.edits = Count("outcome")
        self.lag = Lengths(LAG, "platform")
        """From a customer's message, by Meta's clock, to the receipt of its announcement, by ours."""
