"""How answers were worded last, for rooms that ask again within a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from cachetools import LRUCache

from pageinbox.model.answer import Answer
from pageinbox.model.post import Post

ROOMS = 20
"""Rooms whose last answer is kept as it was worded."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How an answer was worded, and until when it reads the same, in seconds since 1970.

    `by` is all that decided on it beside the answer and the time.
    """

    answer: Answer
    by: object
    post: Post
    until: float

    def is_of(self, answer: Answer, by: object) -> bool:
        """Whether it is of the same rows of the same looks, and would read the same at the time of `answer`."""
        same = self.answer.rows is answer.rows and self.answer.groups is answer.groups
        return same and self.answer.at <= answer.at < self.until and self.by == by


class Said:
    """How answers were worded last, by room. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: LRUCache[str, Wording] = LRUCache(ROOMS)

    def get(self, room: str, answer: Answer, by: object, word: Callable[[], tuple[Post, float]]) -> Post:
        """What `word` gives, or gave for the room before. It gives a post, and until when that reads the same."""
        with self._lock:
            kept = self._kept.get(room)
        if kept is None or not kept.is_of(answer, by):
            kept = Wording(replace(answer, numbered=()), by, *word())
            with self._lock:
                self._kept[room] = kept
        return kept.post

    def drop(self) -> None:
        """Keep nothing that was said."""
        with self._lock:
            self._kept.clear()
