"""How many calls a process makes at once, whichever Pages they are for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

CALLS_AT_ONCE = 16
"""Calls under way at once: hundreds of Pages need no more where each takes a fraction of a second."""


class Gate:
    """Lets only so many calls be under way at once; people go before background work."""

    def __init__(self, most: int = CALLS_AT_ONCE) -> None:
        self._lock = threading.Lock()
        self._people, self._others = threading.Condition(self._lock), threading.Condition(self._lock)
        self._free = most
        self._people_waiting = 0

    @contextmanager
    def turn(self, *, background: bool = False) -> Iterator[None]:
        """One of the calls that may be under way, waited for."""
        with self._lock:
            self._people_waiting += not background
            try:
                if background:
                    self._others.wait_for(lambda: self._free and not self._people_waiting)
                else:
                    self._people.wait_for(lambda: self._free)
                self._free -= 1
            finally:
                self._people_waiting -= not background
                self._call_next()
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
                self._call_next()

    def _call_next(self) -> None:
        """Wake one who may go now, and who will call the next: a hundred may wait here."""
        if self._free:
            (self._people if self._people_waiting else self._others).notify()
