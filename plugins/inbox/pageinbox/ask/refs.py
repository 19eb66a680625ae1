"""The refs given out so far, and the conversations behind them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

from cachetools import LRUCache

from pageinbox.model.answer import Row
from pageinbox.model.errors import LedgerError
from pageinbox.model.ref import MISREAD, SHORTEST, digits_of
from pageinbox.model.source import Source

KEPT = 20_000
"""Conversations that were shown, whose refs are known also without a ledger."""


NOBODY = (None, "")


class WrittenRefs(Protocol):
    """Refs that are written down, so that they outlive this process; see `Histories`."""

    def length(self, conversation_id: str) -> int | None:
        """How many characters the ref of a conversation has; None where it is not written down."""

    def find(self, ref: str) -> tuple[Source, str] | None:
        """The source and the id of the conversation that a ref names."""


class Refs:
    """The refs given out so far, and the conversations behind them; the oldest are forgotten first.

    Those that `written` knows are as it says. The others are kept clear of them.
    """

    def __init__(self) -> None:
        self.written: WrittenRefs | None = None
        self.changes = 0
        """How many refs were given anew or forgotten."""
        self._lock = threading.Lock()
        self._known: LRUCache[str, tuple[Source, str]] = LRUCache(KEPT)

    def give(self, source: Source, conversation_id: str) -> str:
        """The conversation's ref: four characters, longer only where another conversation has them already.

        The source is where it was last seen, so that it can be shown.
        """
        here, digits = (source, conversation_id), digits_of(conversation_id)
        with self._lock:
            if self._known.get(digits[:SHORTEST]) == here:  # as nearly always
                return digits[:SHORTEST]
        ref = self._given(conversation_id, digits) or self._written_ref(conversation_id, digits)
        ref = ref or self._next_free(conversation_id, digits)
        with self._lock:
            self._known[ref] = here
            self.changes += 1
        return ref

    def stand(self, rows: Iterable[Row], changes: int) -> bool:
        """Whether the refs in these rows are what `give` would give; they are known as long as if it had.

        `changes` is what there was of these when the rows were last known to stand: since then nothing was forgotten.
        """
        if self.changes == changes:
            return True
        with self._lock, suppress(KeyError):  # half the time that `get` takes
            return all([self._known[row.ref] == (row.source, row.conversation.id) for row in rows])
        return False

    def find(self, text: str) -> tuple[str, Source, str] | None:
        """The ref a person meant, its source and its conversation id, or None."""
        ref = text.casefold().translate(MISREAD)
        known = self._written_find(ref)
        if known is None:
            with self._lock:
                known = self._known.get(ref)
        return None if known is None else (ref, *known)

    def drop(self, gone: Callable[[str], bool]) -> None:
        """Forget the refs of conversations whose ids are said to be gone."""
        with self._lock:
            for ref, (_, conversation_id) in list(self._known.items()):
                if gone(conversation_id):
                    del self._known[ref]
                    self.changes += 1

    def _given(self, conversation_id: str, digits: str) -> str | None:
        """The ref under which a conversation is known already."""
        with self._lock:
            refs = (digits[:length] for length in range(SHORTEST, len(digits) + 1))
            return next((ref for ref in refs if self._known.get(ref, NOBODY)[1] == conversation_id), None)

    def _next_free(self, conversation_id: str, digits: str) -> str:
        for length in range(SHORTEST, len(digits) + 1):
            ref = digits[:length]
            with self._lock:
                taken = self._known.get(ref)
            taken = taken or self._written_find(ref)
            if taken is None or taken[1] == conversation_id:
                return ref
        raise AssertionError("two conversations with the same 130 bits of a hash")

    def _written_ref(self, conversation_id: str, digits: str) -> str | None:
        written = self.written
        try:
            length = None if written is None else written.length(conversation_id)
        except LedgerError:
            return None  # a question is answered without the ledger too
        return None if length is None else digits[:length]

    def _written_find(self, ref: str) -> tuple[Source, str] | None:
        written = self.written
        try:
            return None if written is None else written.find(ref)
        except LedgerError:
            return None
