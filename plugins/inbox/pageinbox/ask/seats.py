"""Who may wait for Meta: a few at once, and each room so often a minute."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachetools import LRUCache

from pageinbox.model.errors import AskedTooOften, MetaSlow

SEATS = 4
"""Who waits for Meta at once. Errbot has ten threads: the others answer what takes no call."""

A_MINUTE = 30
"""Questions that take a call, for one room."""

ROOMS = 1000
"""Rooms and people whose questions of the last minute are counted."""


class Seats:
    """The right to wait for Meta, given at once or not at all. `timer` gives seconds that never go back."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._free = SEATS
        self._asked: LRUCache[str, deque[float]] = LRUCache(ROOMS)

    @contextmanager
    def taken(self, room: str = "") -> Iterator[None]:
        """Wait for Meta meanwhile. `room` is whose question that counts as; without one it counts as nobody's.

        Raises AskedTooOften where the room has used up its questions, and MetaSlow where as many wait as may.
        """
        with self._lock:
            asked = self._asked.get(room) or deque[float](maxlen=A_MINUTE)
            now = self._timer()
            if len(asked) == A_MINUTE and (left := asked[0] + 60.0 - now) > 0:
                raise AskedTooOften(A_MINUTE, left)
            if not self._free:
                raise MetaSlow()
            self._free -= 1
            if room:
                asked.append(now)
                self._asked[room] = asked
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
