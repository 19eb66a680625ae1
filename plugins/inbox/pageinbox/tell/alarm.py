"""Trouble with the ledger itself, told past it: it could not be recorded, and silence would look like no news."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager

from pageinbox.model.chat import Chat, ChatDoubt, ChatError
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from pageinbox.words.ledger import ledger_trouble, ledger_well

LASTING = 300.0
"""Seconds after which trouble is told, as with a Page that can't be read."""

log = logging.getLogger(__name__)


class Alarm:
    """Tells `admins` once that the ledger fails, and once that it is well again. `clock` tells seconds since 1970.

    What uses the ledger is told apart: a full disk lets through what writes nothing, and that is no recovery.
    """

    def __init__(self, chat: Chat, admins: Sequence[str], clock: Callable[[], float]) -> None:
        self._chat = chat
        self._admins = admins
        self._clock = clock
        self._lock = threading.Lock()
        self._since: dict[Hashable, float] = {}
        self._told: set[str] = set()
        self.trouble: LedgerError | None = None
        """What is wrong now."""

    @contextmanager
    def watching(self, what: Hashable) -> Iterator[None]:
        """Notice whether the ledger works in this block, which does `what`. What it raises is passed on."""
        try:
            yield
        except LedgerError as error:
            self.failed(error, what)
            raise
        self.fine(what)

    def keep(self, what: Collection[Hashable]) -> None:
        """Nothing else is done any more, so its trouble is over."""
        with self._lock:
            over = self._since.keys() - set(what)
        for gone in over:
            self.fine(gone)

    def failed(self, error: LedgerError, what: Hashable) -> None:
        """The ledger could not be used."""
        now = self._clock()
        with self._lock:
            if self.trouble is None:
                log.error("The ledger %s failed: %s", error.where, error.kind)
            self.trouble = error
            self._since.setdefault(what, now)
            lasting = now - min(self._since.values()) >= LASTING
            untold = [admin for admin in self._admins if lasting and admin not in self._told]
            self._told.update(untold)
        for admin in untold:
            if not self._tell(admin, Post((ledger_trouble(error.kind, error.where),), alert=True)):
                with self._lock:
                    self._told.discard(admin)

    def fine(self, what: Hashable) -> None:
        """The ledger was used."""
        with self._lock:
            if self._since.pop(what, None) is None or self._since or self.trouble is None:
                return
            where, told = self.trouble.where, self._told
            self.trouble, self._told = None, set()
        log.warning("The ledger %s works again", where)
        for admin in sorted(told):
            self._tell(admin, Post((ledger_well(where),)))

    def _tell(self, admin: str, post: Post) -> bool:
        """Whether it may have arrived."""
        try:
            self._chat.send(admin, post, f"alarm-{self._clock():.0f}")
        except ChatError as error:
            log.error("Could not tell an admin about the ledger: %s", error)
            return isinstance(error, ChatDoubt)
        return True
