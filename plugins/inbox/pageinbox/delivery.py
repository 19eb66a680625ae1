"""Telling rooms: one announcement after the other, each until the chat has given its receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from pageinbox.ledger.outbox import Outbox
from pageinbox.news import Announcement
from pageinbox.post import Post
from pageinbox.sending import Chat, ChatDoubt, ChatError, Doubt

log = logging.getLogger(__name__)


class Delivery:
    """Sends what is queued. `words` says an announcement, `clock` tells seconds since 1970."""

    def __init__(
        self, outbox: Outbox, chat: Chat, words: Callable[[Announcement], Post], clock: Callable[[], float]
    ) -> None:
        self._outbox = outbox
        self._chat = chat
        self._words = words
        self._clock = clock

    def step(self) -> float | None:
        """Send at most one announcement. Gives the seconds until the next one is due, None where there is none.

        Raises LedgerError: then nothing was sent, or what was sent is in doubt.
        """
        claimed = self._outbox.claim(self._clock())
        if claimed is None:
            return self._outbox.wait(self._clock())
        item, in_doubt = claimed
        try:
            receipt = self._settled(item) if in_doubt else self._send(item)
        except ChatDoubt as error:
            self._outbox.doubted(item, str(error), self._clock())
        except ChatError as error:
            self._outbox.refused(item, str(error), error.retry_after, self._clock(), in_doubt=in_doubt)
        except Exception as error:
            # A fault of ours must neither end the telling of other rooms nor be repeated without a pause.
            log.exception("An announcement could not be sent")
            why = f"something went wrong on my side ({type(error).__name__})"
            self._outbox.doubted(item, why, self._clock())
        else:
            self._outbox.sent(item, receipt, self._clock())
        finally:
            self._outbox.done(item)
        return 0.0

    def _settled(self, item: Announcement) -> str:
        """The receipt of an announcement that may have arrived already, sent again if need be."""
        found = self._chat.settle(item.room, item.key)
        if isinstance(found, str):
            return found
        if found is Doubt.OPEN:
            self._outbox.repeating(item)
            item = replace(item, repeat=True)
        return self._send(item)

    def _send(self, item: Announcement) -> str:
        if not item.news and not item.notices:
            return ""  # all of it was about a Page that is no longer configured
        return self._chat.send(item.room, self._words(item), item.key)
