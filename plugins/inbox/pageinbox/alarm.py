"""Trouble with the ledger itself, told past it: it could not be recorded, and silence would look like no news."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pageinbox.ledger.errors import LedgerError
from pageinbox.post import Post
from pageinbox.sending import Chat, ChatError
from pageinbox.words.sentences import ledger_trouble, ledger_well

LASTING = 300.0
"""Seconds after which trouble is told, as with a Page that can't be read."""

log = logging.getLogger(__name__)


class Alarm:
    """Tells `admins` once that the ledger fails, and once that it is well again. `clock` tells seconds since 1970."""

    def __init__(self, chat: Chat, admins: Sequence[str], clock: Callable[[], float]) -> None:
        self._chat = chat
        self._admins = admins
        self._clock = clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._told = False
        self.trouble: LedgerError | None = None
        """What is wrong now."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notice whether the ledger works in this block. What it raises is passed on."""
        try:
            yield
        except LedgerError as error:
            self.failed(error)
            raise
        self.fine()

    def failed(self, error: LedgerError) -> None:
        """The ledger could not be used."""
        now = self._clock()
        with self._lock:
            if self.trouble is None:
                log.error("The ledger %s fails: %s", error.where, error.kind)
            self.trouble = error
            self._since = now if self._since is None else self._since
            due = not self._told and now - self._since >= LASTING
            self._told = self._told or due
        if due:
            self._tell(Post((ledger_trouble(error.kind, error.where),)))

    def fine(self) -> None:
        """The ledger was used."""
        with self._lock:
            if self.trouble is None:
                return
            where, told = self.trouble.where, self._told
            self.trouble, self._since, self._told = None, None, False
        log.warning("The ledger %s works again", where)
        if told:
            self._tell(Post((ledger_well(where),)))

    def _tell(self, post: Post) -> None:
        for admin in self._admins:
            try:
                self._chat.send(admin, post, f"alarm-{self._clock():.0f}")
            except ChatError as error:
                log.error("An admin could not be told of the ledger: %s", error)
