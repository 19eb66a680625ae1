"""Waiting for an answer that may never come, without giving a thread to each who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Patience(Generic[T]):
    """What `make` gives, made in a thread of its own, one at a time, and waited for `seconds` at most.

    `last` is what it gave last, None before.
    """

    def __init__(self, make: Callable[[], T], seconds: float) -> None:
        self.last: T | None = None
        self._make = make
        self._seconds = seconds
        self._lock = threading.Lock()
        self._flight: Future[T] | None = None

    def get(self) -> T:
        """What is being made, or made anew. Raises what `make` raises, and TimeoutError when that takes too long."""
        with self._lock:
            flight = self._flight
            if flight is None:
                flight = self._flight = Future()
                threading.Thread(target=self._fly, args=(flight,), name="inbox-patience", daemon=True).start()
        return flight.result(self._seconds)

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
