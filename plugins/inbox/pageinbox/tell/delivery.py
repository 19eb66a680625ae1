"""Telling rooms: one announcement after the other, each until the chat has given its receipt."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

from pageinbox.ledger.edits import Edit, Edits
from pageinbox.ledger.outbox import Outbox
from pageinbox.model.announcement import Announcement, Occasion
from pageinbox.model.chat import Chat, ChatDoubt, ChatError, Doubt, Uneditable
from pageinbox.model.errors import LedgerError
from pageinbox.model.logged import about, nobody_named
from pageinbox.model.meters import Meters
from pageinbox.model.post import Post
from pageinbox.tell.whereabouts import whereabouts

log = logging.getLogger(__name__)

EDIT_AGAIN = 60.0
"""Seconds until an edit that failed is tried again, unless the chat names more."""


ANSWERING = 10.0
"""Seconds for which somebody who replies to a message waits for the chat to answer the bot."""


class Delivery:
    """Sends what is queued. `words` says an announcement; `waiting` gives a block for the time a room is waited for.

    `meters` count how that went, `clock` tells seconds since 1970.
    """

    def __init__(
        self,
        outbox: Outbox,
        edits: Edits,
        chat: Chat,
        *,
        words: Callable[[Announcement], Post],
        waiting: Callable[[str], AbstractContextManager[object]] = nullcontext,
        meters: Meters | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._outbox = outbox
        self._edits = edits
        self._chat = chat
        self._words = words
        self._waiting = waiting
        self._meters = meters or Meters()
        self._clock = clock
        self._receipts: dict[int, str] = {}
        """Of what was sent, by announcement, until the ledger has them: it may be locked just then."""
        self._saying: Counter[str] = Counter()
        """The rooms in which this bot is saying something."""
        self._said = threading.Condition()

    def step(self) -> float | None:
        """Send at most one announcement, or else edit one. Gives the seconds until the next is due, None for none.

        Raises LedgerError: then nothing was sent, or what was sent is in doubt.
        """
        return 0.0 if self.announce() else self.edit()

    def announce(self) -> bool:
        """Send at most one announcement; whether there was one. Raises LedgerError, as `step` does."""
        claimed = self._outbox.claim()
        if claimed is None:
            return False
        item, in_doubt = claimed
        with self._said_in(item.room):
            self._announce(item, in_doubt)
        return True

    def said(self, room: str, patience: float = ANSWERING) -> None:
        """Wait until what this bot is just saying in a room has its receipt, for `patience` seconds at most.

        A message can be read as soon as the chat has it, and be replied to before the chat has answered.
        """
        with self._said:
            self._said.wait_for(lambda: room not in self._saying, patience)

    @contextmanager
    def _said_in(self, room: str) -> Iterator[None]:
        with self._said:
            self._saying[room] += 1
        try:
            yield
        finally:
            with self._said:
                self._saying -= Counter([room])
                self._said.notify_all()

    def _announce(self, item: Announcement, in_doubt: bool) -> None:
        try:
            receipt = self._settled(item) if in_doubt else self._send(item)
        except ChatDoubt as error:
            self._meters.announcements.add("doubted")
            self._outbox.doubted(item, str(error))
        except ChatError as error:
            self._meters.announcements.add("refused")
            self._outbox.refused(item, str(error), retry_after=error.retry_after, in_doubt=in_doubt)
        except LedgerError:
            raise  # the room is not to blame
        except Exception as error:
            # A fault of ours must neither end the telling of other rooms nor be repeated without a pause.
            log.error("An announcement could not be sent: %s", whereabouts(error), extra=fields(item, error))
            self._meters.announcements.add("doubted")
            why = f"something went wrong on my side ({type(error).__name__})"
            self._outbox.doubted(item, why)
        else:
            if receipt is not None:
                if item.number not in self._receipts:
                    self._sent(item)
                self._receipts[item.number] = receipt
                alone = self._outbox.sent(item, receipt)
                self._receipts.pop(item.number, None)
                if not alone:
                    self._mark(item, receipt)
        finally:
            self._outbox.done(item)

    def _sent(self, item: Announcement) -> None:
        """Count it, and how long it took to be told, but for what was to wait or is no news of Meta's."""
        self._meters.announcements.add("sent")
        now = self._clock()
        for news in item.news:
            if news.occasion is Occasion.ONGOING and news.conversation is not None and news.moved_from is None:
                self._meters.lag.add(now - news.conversation.updated, news.source.platform)

    def _settled(self, item: Announcement) -> str | None:
        """The receipt of an announcement that may have arrived already, sent again if need be."""
        if (receipt := self._receipts.get(item.number)) is not None:
            return receipt
        with self._waiting(item.room):
            found = self._chat.settle(item.room, item.key, item.found, item.under)
        if isinstance(found, str):
            return found
        if item.is_void:
            self._outbox.dropped(item)
            return None
        if found is Doubt.OPEN:
            self._outbox.repeating(item)
            item = replace(item, repeat=True)
        return self._send(item)

    def _send(self, item: Announcement) -> str | None:
        """The receipt; None where another bot had taken it over before it was sent."""
        post = self._words(item)
        if not self._outbox.holds(item):
            return None
        with self._waiting(item.room):
            return self._chat.send(item.room, post, item.key, item.under)

    def _mark(self, item: Announcement, receipt: str) -> None:
        """Let a message say that it may be a repeat: this bot hung just when it was sending, and another told it too.

        No question to the ledger can rule that out, however late it is asked.
        """
        room = nobody_named(item.room)
        log.warning("I hung while I was sending an announcement to %s: it is there twice", room, extra=fields(item))
        try:
            post = self._words(replace(item, repeat=True))
            with self._waiting(item.room):
                self._chat.edit(item.room, post, receipt)
        except ChatError as error:
            why = nobody_named(error)
            log.warning("The second one could not be marked as a repeat: %s", why, extra=fields(item, error))

    def edit(self) -> float | None:
        """Edit at most one announcement, once nothing else is to be said. Gives, and raises, what `step` does."""
        # Asked first, since a claim has to wait for the right to write.
        pause = self._edits.wait()
        edit = self._edits.claim() if pause == 0 else None
        if edit is None:
            waits = self._outbox.wait(), EDIT_AGAIN if pause == 0 else pause
            return min((wait for wait in waits if wait is not None), default=None)
        self.make(edit)
        return 0.0

    def make(self, edit: Edit) -> str:
        """Make an edit that was claimed. Gives why its message stays as it is for good; empty where it does not.

        Raises LedgerError.
        """
        try:
            post = self._words(edit.item)
            self._edits.check()
            with self._waiting(edit.item.room):
                self._chat.edit(edit.item.room, post, edit.receipt)
        except LedgerError:
            raise
        except Uneditable as error:
            self._meters.edits.add("given up")
            room, why = nobody_named(edit.item.room), nobody_named(error)
            log.info("An announcement in %s can no longer be edited: %s", room, why, extra=fields(edit.item, error))
            self._edits.done(edit, str(error))
            return str(error)
        except ChatError as error:
            room, why = nobody_named(edit.item.room), nobody_named(error)
            log.info("An announcement in %s could not be edited: %s", room, why, extra=fields(edit.item, error))
            self._put_off(edit, error.retry_after)
        except Exception as error:
            log.error("An announcement could not be edited: %s", whereabouts(error), extra=fields(edit.item, error))
            self._put_off(edit, 0.0)
        else:
            self._meters.edits.add("made")
            self._edits.done(edit)
        return ""

    def _put_off(self, edit: Edit, pause: float) -> None:
        self._meters.edits.add("put off")
        self._edits.put_off(edit, max(pause, EDIT_AGAIN))


def fields(item: Announcement, error: BaseException | None = None) -> dict[str, str]:
    """What a line of the log about an announcement has beside its words: its conversation, if it is of one alone."""
    if len(item.news) != 1:
        return about(error=error)
    (news,) = item.news
    return about(news.source, conversation=news.conversation.id if news.conversation else "", error=error)
