"""What each list held when it was last read, whatever its age, and what last went wrong with it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from cachetools import LRUCache

from pageinbox.model.look import LastError, Look
from pageinbox.model.source import Source

LISTS = 10_000
"""Lists of which is known how they stand: 300 Pages have 2,400."""

KEPT = 100 * 2**20
"""Bytes of what they held: 2,400 lists of fifty conversations. The latest looks are mostly the latest good ones."""

Key = tuple[Source, str | None]
"""A list: a source, and the id of the person whose conversations alone were asked for, or None."""


NOTHING: Mapping[Any, Any] = {}


def size(look: Look) -> int:
    """The bytes of a look; no more than are kept in all, since cachetools refuses what is larger."""
    return min(look.size, KEPT)


class Memory:
    """The latest look, the latest good look and the latest trouble, by list. For several threads."""

    def __init__(
        self,
        last_good: Mapping[Key, Look] = NOTHING,
        last: Mapping[Source, Look] = NOTHING,
        errors: Mapping[Source, LastError] = NOTHING,
    ) -> None:
        self._lock = threading.Lock()
        self._last_good: LRUCache[Key, Look] = LRUCache(KEPT, size)
        self._last: LRUCache[Source, Look] = LRUCache(KEPT, size)
        self._errors: LRUCache[Source, LastError] = LRUCache(LISTS)
        self._last_good.update(last_good)
        self._last.update(last)
        self._errors.update(errors)

    def note(self, key: Key, look: Look, now: float, *, read: bool) -> None:
        """Remember how a look went. `read` says that it holds something new, beside trouble that may have ended it.

        A question about one person does not change how the source stands.
        """
        source, user_id = key
        with self._lock:
            if user_id is None:
                self._last[source] = look
            if look.trouble is not None:
                self._errors[source] = LastError(look.trouble, now)
            if read:
                self._last_good[key] = replace(look, trouble=None)

    def last(self, source: Source) -> Look | None:
        """The latest look at a source, good or not; None before the first."""
        with self._lock:
            return self._last.get(source)

    def last_good(self, key: Key) -> Look | None:
        """The latest look that held something; None before the first."""
        with self._lock:
            return self._last_good.get(key)

    def last_error(self, source: Source) -> LastError | None:
        """The latest trouble with a source, also when it is over; None when there was none."""
        with self._lock:
            return self._errors.get(source)

    def looked(self) -> list[Source]:
        """Every source that was looked at, in the order of the first time."""
        with self._lock:
            return list(self._last)

    def of(self, pages: Collection[str]) -> Memory:
        """A copy of what is known of these Pages."""
        with self._lock:
            return Memory(
                {key: look for key, look in self._last_good.items() if key[0].page in pages},
                {source: look for source, look in self._last.items() if source.page in pages},
                {source: error for source, error in self._errors.items() if source.page in pages},
            )
