"""Waiting for an answer that may never come, without giving a thread to each who asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Patience(Generic[T]):
    """What `make` gives, made in a thread of its own, one at a time, and waited for `seconds` at most in all.

    Who comes after that is not kept waiting again: Errbot has ten threads. `last` is what it gave last, None before.
    `timer` gives seconds that never go back.
    """

    def __init__(self, make: Callable[[], T], seconds: float, timer: Callable[[], float] = time.monotonic) -> None:
        self.last: T | None = None
        self._make = make
        self._seconds = seconds
        self._timer = timer
        self._lock = threading.Lock()
        self._flight: Future[T] | None = None
        self._until = float("-inf")

    def get(self) -> T:
        """What is being made, or made anew. Raises what `make` raises, and TimeoutError when that takes too long."""
        with self._lock:
            now = self._timer()
            if self._flight is None:
                flight = Future[T]()
                threading.Thread(target=self._fly, args=(flight,), name="inbox-patience", daemon=True).start()
                # Not before it flies: a machine may give no thread.
                self._flight, self._until = flight, now + self._seconds
            flight, left = self._flight, self._until - now
        return flight.result(max(0.0, left))

    def _fly(self, flight: Future[T]) -> None:
        try:
            self.last = self._make()
        except BaseException as error:
            with self._lock:
                self._flight = None
            flight.set_exception(error)
        else:
            with self._lock:
                self._flight = None
            flight.set_result(self.last)
