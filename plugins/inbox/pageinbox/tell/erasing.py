"""Erasing somebody at an admin's wish: in the ledger and its files, in memory, and in messages that were sent."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from pageinbox.ask.answers import Answers
from pageinbox.chat import plain
from pageinbox.chat.errbot import content
from pageinbox.ledger.database import SMALL, Ledger
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.erasing import Erasure
from pageinbox.ledger.sources import key_of
from pageinbox.ledger.waits import Waits
from pageinbox.model import ref
from pageinbox.model.conversation import Conversation
from pageinbox.model.erasing import Erased, Stays, Told, Traces
from pageinbox.model.errors import LedgerError
from pageinbox.model.source import Source
from pageinbox.tell.delivery import Delivery
from pageinbox.words import answer, elsewhere, figures

EDITING = 6.0
"""Seconds that whoever erases waits for messages to be edited; what takes longer goes on."""

AGAIN = 600.0
"""Seconds until it is tried again where that failed."""

EXPIRE_EVERY = 86400.0
"""Seconds after which it is looked for what need not be known as erased any more."""

NO_RECEIPT = "I have no receipt by which to edit it"

LAID_OUT: Sequence[Any] = (
    answer.cells,
    elsewhere.any_names_rooms,
    figures.told,
    content.escape,
    content.before_notes,
    plain.plain,
    ref.digits_of,
    key_of,
)
"""What remembers texts or ids of whatever was shown last."""

log = logging.getLogger(__name__)


class Erasing:
    """Erases conversations for one bot. `timer` tells seconds that never go back."""

    def __init__(
        self,
        ledger: Ledger,
        erasure: Erasure,
        edits: Edits,
        delivery: Delivery,
        *,
        answers: Answers,
        waits: Waits,
        timer: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._erasure = erasure
        self._edits = edits
        self._delivery = delivery
        self._answers = answers
        self._waits = waits
        self._timer = timer
        self._tidying = threading.Lock()
        self._again = self._expired = -math.inf
        self._seen = 0
        """How many erasings this bot has followed in its memory."""

    def traces(self, conversation_ids: Sequence[str]) -> Traces:
        """What there is of conversations. Raises LedgerError."""
        return self._erasure.traces(conversation_ids)

    def erase(self, found: Sequence[tuple[Source, Conversation]]) -> Erased:
        """Erase conversations, each as it was seen last in a list, and edit what told of them.

        That is waited for some seconds, and goes on if it takes longer. Raises LedgerError: then nothing was erased.
        """
        traces = self._erasure.erase(found)
        with suppress(LedgerError):  # what is left of it is found in the ledger, and goes on
            self.follow()
            stays = self._edit(traces.told)
            copies = self.tidy() if self._ledger.size() <= SMALL else 0
            return Erased(traces, stays, copies, tidy=not self._erasure.state()[1])
        return Erased(traces, [Stays(each.room) for each in traces.told], tidy=False)

    def left(self) -> tuple[Sequence[Stays], bool]:
        """The messages that can't be edited or are yet to be, and whether the ledger's files are tidy.

        Raises LedgerError.
        """
        stays = [Stays(room, why) for room, why in self._erasure.lasting()]
        stays += [Stays(room) for _, room in self._erasure.pending()]
        return stays, not self._erasure.state()[1]

    def follow(self) -> bool:
        """Forget in memory what this bot or another one has erased. Gives whether the ledger's files are untidy.

        Raises LedgerError.
        """
        count, untidy = self._erasure.state()
        if count != self._seen:
            keys = self._erasure.keys()
            self._answers.drop(lambda conversation_id: key_of(conversation_id) in keys)
            self._waits.drop()
            for remembering in LAID_OUT:
                remembering.cache_clear()
            self._seen = count
        return untidy

    def keep_up(self) -> None:
        """Follow what was erased, finish what was begun, and forget what lists no longer show. Raises LedgerError."""
        if self.follow():
            self.tidy()
        if self._seen and self._timer() - self._expired >= EXPIRE_EVERY:
            self._expired = self._timer()
            self._erasure.expire()

    def tidy(self) -> int:
        """Write the ledger's files anew, unless a thread is at it or it failed just before; gives how many copies went.

        It raises nothing: a ledger is well without, and it is tried again.
        """
        if self._timer() < self._again or not self._tidying.acquire(blocking=False):
            return 0
        try:
            return self._erasure.tidy()
        except LedgerError as error:
            log.warning("The ledger could not be written anew after something in it was erased: %s", error.kind)
            self._again = self._timer() + AGAIN
            return 0
        finally:
            self._tidying.release()

    def _edit(self, told: Sequence[Told]) -> list[Stays]:
        """Edit messages, for some seconds at most; gives those that stay as they are, or are yet to be edited."""
        rooms = {each.number: each.room for each in told}
        until, stays = self._timer() + EDITING, list[Stays]()
        while self._timer() < until and (edit := self._edits.claim(rooms.keys())) is not None:
            if why := self._delivery.make(edit):
                stays.append(Stays(edit.item.room, why))
        stays += [Stays(each.room, NO_RECEIPT) for each in told if not each.editable]
        return stays + [Stays(room) for number, room in self._erasure.pending() if number in rooms]
