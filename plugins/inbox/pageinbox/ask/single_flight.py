"""One answer for all who ask the same at once, kept for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

KEPT = 1000


class SingleFlight(Generic[K, V]):
    """Answers by key, made once by the first who asks; `ttl` are the seconds they are kept, by `timer`.

    Who asks meanwhile waits for that answer, or gets the exception that came instead; an exception is not kept.
    """

    def __init__(self, ttl: float, timer: Callable[[], float]) -> None:
        self._lock = threading.Lock()
        self._kept: TTLCache[K, V] = TTLCache(KEPT, ttl, timer)
        self._flights: dict[K, Future[V]] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The answer for `key`, made by `make` if there is none. Raises what `make` raises."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            flight = self._flights.get(key)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if not mine:
            return flight.result()
        try:
            made = make()
        except BaseException as error:
            with self._lock:
                del self._flights[key]
            flight.set_exception(error)
            raise
        with self._lock:
            self._kept[key] = made
            del self._flights[key]
        flight.set_result(made)
        return made
