"""Refs: the short stable names of conversations in chat."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache

from cachetools import LRUCache

from pageinbox.source import Source

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32: no i, l, o or u, so that a ref survives being read aloud and typed again."""

SHORTEST = 4
KEPT = 100_000
MISREAD = str.maketrans("ilo", "110")


@lru_cache(KEPT)
def digits_of(conversation_id: str) -> str:
    """The 26 base32 digits a conversation's refs begin with: from a hash, so the same on every machine."""
    number = int.from_bytes(hashlib.sha256(conversation_id.encode()).digest()[:17]) >> 6
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


class Refs:
    """The refs given out so far, and the conversations behind them; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: LRUCache[str, tuple[Source, str]] = LRUCache(KEPT)

    def give(self, source: Source, conversation_id: str) -> str:
        """The conversation's ref: four characters, longer only where another conversation has them already.

        The source is where it was last seen, so that it can be shown.
        """
        digits = digits_of(conversation_id)
        with self._lock:
            for length in range(SHORTEST, len(digits) + 1):
                ref = digits[:length]
                taken = self._known.get(ref)
                if taken is None or taken[1] == conversation_id:
                    self._known[ref] = (source, conversation_id)
                    return ref
        raise AssertionError("two conversations with the same 130 bits of a hash")

    def find(self, text: str) -> tuple[str, Source, str] | None:
        """The ref a person meant, its source and its conversation id, or None."""
        ref = text.casefold().translate(MISREAD)
        with self._lock:
            known = self._known.get(ref)
        return None if known is None else (ref, *known)
