"""What each list held when it was last read, whatever its age, and what last went wrong with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from cachetools import LRUCache

from pageinbox.model.look import LastError, Look
from pageinbox.model.source import Source

LISTS = 10_000
"""Lists of which is known how they stand: 300 Pages have 2,400."""

KEPT = 100 * 2**20
"""Bytes of what they held: 2,400 lists of fifty conversations. The latest looks are mostly the latest good ones."""

OF_PEOPLE = 2**20
"""Bytes of what lists held of one person each, mostly nothing: some 2,300 lists, which push out none of the others."""

K = TypeVar("K")

Key = tuple[Source, str | None]
"""A list: a source, and the id of the person whose conversations alone were asked for, or None."""


def looks(most: int) -> LRUCache[Any, Look]:
    """Room for `most` bytes of looks. None counts for more, since cachetools refuses what is larger."""
    return LRUCache(most, lambda look: min(look.size, most))


class Memory:
    """The latest look, the latest good look and the latest trouble, by list. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: LRUCache[Source, Look] = looks(KEPT)
        self._last_good: LRUCache[Key, Look] = looks(KEPT)
        self._of_people: LRUCache[Key, Look] = looks(OF_PEOPLE)
        self._errors: LRUCache[Source, LastError] = LRUCache(LISTS)

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
                (self._last_good if user_id is None else self._of_people)[key] = replace(look, trouble=None)

    def last(self, source: Source) -> Look | None:
        """The latest look at a source, good or not; None before the first."""
        with self._lock:
            return self._last.get(source)

    def last_good(self, key: Key) -> Look | None:
        """The latest look that held something; None before the first."""
        with self._lock:
            return (self._last_good if key[1] is None else self._of_people).get(key)

    def last_error(self, source: Source) -> LastError | None:
        """The latest trouble with a source, also when it is over; None when there was none."""
        with self._lock:
            return self._errors.get(source)

    def looked(self) -> list[Source]:
        """Every source that was looked at, in the order of the first time."""
        with self._lock:
            return list(self._last)

    def drop(self, gone: Callable[[str], bool]) -> None:
        """Keep no conversation whose id is said to be gone, and nothing that was asked for by a person's id."""
        with self._lock:
            self._last.update(without(self._last, gone))
            self._last_good.update(without(self._last_good, gone))
            self._of_people.clear()  # their keys name people

    def of(self, pages: Collection[str]) -> Memory:
        """A copy of what is known of these Pages."""
        copy = Memory()
        with self._lock:
            copy._last.update({source: look for source, look in self._last.items() if source.page in pages})
            copy._last_good.update({key: look for key, look in self._last_good.items() if key[0].page in pages})
            copy._of_people.update({key: look for key, look in self._of_people.items() if key[0].page in pages})
            copy._errors.update({source: error for source, error in self._errors.items() if source.page in pages})
        return copy


def without(kept: Mapping[K, Look], gone: Callable[[str], bool]) -> dict[K, Look]:
    """Those of the looks that hold a conversation whose id is said to be gone, without it."""
    return {
        key: replace(
            look,
            conversations=[item for item in look.conversations if not gone(item.id)],
            unreadable=[item for item in look.unreadable if not gone(item.id)],
        )
        for key, look in kept.items()
        if any(map(gone, ids_in(look)))
    }


def ids_in(look: Look) -> Iterator[str]:
    """The ids of all that a look met."""
    yield from (item.id for item in look.conversations)
    yield from (item.id for item in look.unreadable)
