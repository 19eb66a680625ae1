"""How a list was read last, so that what comes as it did then is not read again."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pageinbox.model.conversation import Conversation

KINDS = 64
"""Words that are told apart: where two of them are taken for one, something is read again for nothing."""


class Read(NamedTuple):
    """A conversation as it was read, and the bits of the words that would be automatic replies in it, once learned."""

    conversation: Conversation
    words: int


class Before:
    """How one list was read last.

    What came is not kept, being several times as large, but only a hash of what is read of it.
    """

    def __init__(self) -> None:
        self._keys: Sequence[int] = ()
        self._conversations: Sequence[Conversation] = ()
        self._words: Sequence[int] = ()
        self._learned: frozenset[int] = frozenset()

    def read(self, learned: frozenset[int]) -> dict[int, Read]:
        """What was read and would be read so again, by those hashes. `learned` are the automatic replies of now."""
        changed = bits(self._learned ^ learned)
        known = zip(self._keys, self._conversations, self._words, strict=True)
        return {key: Read(found, words) for key, found, words in known if not words & changed}

    def keep(self, read: Mapping[int, Read], learned: frozenset[int]) -> None:
        """This is how it was read last. A dict for each of thousands of lists would be several times as large."""
        self._keys = array("q", read)
        self._conversations = tuple(each.conversation for each in read.values())
        self._words = array("Q", (each.words for each in read.values()))
        self._learned = learned


def bits(words: Iterable[int]) -> int:
    """A bit for each of the words, which are hashes; the same one for some of them."""
    found = 0
    for word in words:
        found |= 1 << word % KINDS
    return found
