"""One answer for all who ask the same at once, kept for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from cachetools import TLRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

KEPT = 1000
"""Answers kept at most, if not told otherwise."""


class SingleFlight(Generic[K, V]):
    """Answers by key, made once by the first who asks.

    `until` tells to which time by `timer` (seconds that never go back) an answer is kept, from the answer and the time
    it is made. Who asks meanwhile waits for that answer, or gets the exception that came instead; an exception is not
    kept. No answer is None. As many are kept as come to `most` by their `size`; those not
    asked for longest go first.
    """

    def __init__(
        self,
        until: Callable[[V, float], float],
        timer: Callable[[], float],
        most: int = KEPT,
        size: Callable[[V], int] = lambda answer: 1,
    ) -> None:
        self._lock = threading.Lock()
        self._kept: TLRUCache[K, V] = TLRUCache(
            most, lambda key, value, now: until(value, now), timer, getsizeof=lambda value: min(size(value), most)
        )
        self._flights: dict[K, Future[V]] = {}

    def get(self, key: K, make: Callable[[V | None], V], enough: Callable[[V], bool] = lambda answer: True) -> V:
        """The answer for `key` that is kept or being made, if it is `enough`, or else what `make` gives.

        `make` is given the answer that is kept, or None. What it gives is enough for whoever made it; the others may
        make another. Raises what `make` raises.
        """
        while True:
            with self._lock:
                kept = self._kept.get(key)
                if kept is not None and enough(kept):
                    return kept
                flight = self._flights.get(key)
                if flight is None:
                    mine = self._flights[key] = Future()
                    break
            made = flight.result()
            if enough(made):
                return made
        try:
            made = make(kept)
        except BaseException as error:
            with self._lock:
                del self._flights[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._flights[key]
            self._kept[key] = made
        mine.set_result(made)
        return made

    def kept(self, key: K) -> V | None:
        """The answer that is kept for `key`; None where there is none, or where it is too old."""
        with self._lock:
            try:  # half the time that `get` takes
                return self._kept[key]
            except KeyError:
                return None

    def drop(self, holds: Callable[[K, V], bool]) -> None:
        """Keep none of the answers any more that are said to hold something."""
        with self._lock:
            for key, answer in list(self._kept.items()):
                if holds(key, answer):
                    del self._kept[key]

    def keep(self, key: K, answer: V) -> None:
        """Keep an answer that was made elsewhere."""
        with self._lock:
            self._kept[key] = answer
