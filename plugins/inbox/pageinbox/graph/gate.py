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
        self._state = threading.Condition()
        self._free = most
        self._people_waiting = 0

    @contextmanager
    def turn(self, *, background: bool = False) -> Iterator[None]:
        """One of the calls that may be under way, waited for."""
        with self._state:
            self._people_waiting += not background
            try:
                while not self._free or (background and self._people_waiting):
                    self._state.wait()
                self._free -= 1
            finally:
                self._people_waiting -= not background
                self._state.notify_all()
        try:
            yield
        finally:
            with self._state:
                self._free += 1
                self._state.notify_all()
