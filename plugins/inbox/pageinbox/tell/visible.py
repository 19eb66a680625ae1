"""What lists show that is older than the look before: how many each room is to hear of, in a line now and then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pageinbox.ledger.database import Transaction
from pageinbox.ledger.queue import Queue
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.conversation import Conversation
from pageinbox.model.selection import Folded
from pageinbox.model.source import Source
from pageinbox.model.watch import Muted, Watch
from pageinbox.tell.decide import speaks_from
from pageinbox.tell.group import GATHERING

SPACED = 600.0
"""Seconds between two lines about one list in one room: from a window that slides, one falls out of each look."""


class Visible:
    """Queues the lines. When a room had its last one is not kept beyond this bot's life."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._due: dict[tuple[str, Source], float] = {}

    def tell(
        self,
        transaction: Transaction,
        source: Source,
        older: Sequence[Conversation],
        watches: Sequence[Watch],
        muted: Collection[Muted],
        *,
        now: float,
        since: float | None,
        texts: Mapping[str, Folded],
    ) -> int:
        """Queue a line about the `older` ones of a look for the room of these watches. Gives how many that makes.

        Where a line is still to come, both are told as one. `since` is when the look before was, in seconds since 1970.
        `texts` are those of the conversations, by id, folded.
        """
        count, asking = became_visible(older, watches, muted, texts)
        if not count:
            return 0
        room, soonest = asking[0].room, speaks_from(asking, now) + GATHERING
        before = self._due.get((room, source), float("-inf"))
        due = max(soonest, before if before > soonest else before + SPACED)
        due = min(due, soonest + SPACED)  # whatever our clock showed before
        self._due[room, source] = due
        line = Notice(NoticeKind.VISIBLE, (source,), now, since=since, count=count)
        self._queue.notify(transaction, [room], line, due=due)
        return 1


def became_visible(
    older: Sequence[Conversation], watches: Sequence[Watch], muted: Collection[Muted], texts: Mapping[str, Folded]
) -> tuple[int, list[Watch]]:
    """Of how many conversations that are no news a room is to hear, as a number, and which of its `watches` ask for it.

    Those that a watch leaves out are not counted, nor is anything for one that is muted.
    """
    asking = [
        watch
        for watch in watches
        if Muted(watch.room, watch=watch.number) not in muted
        and not all(watch.spec.leaves_out(item, texts.get(item.id)) for item in older)
    ]
    count = sum(not all(watch.spec.leaves_out(item, texts.get(item.id)) for watch in asking) for item in older)
    return count, asking
