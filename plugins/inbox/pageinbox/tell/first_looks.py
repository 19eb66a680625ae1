"""First looks at lists, made at once for somebody who has just made a watch of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from pageinbox.ask.answers import Answers
from pageinbox.ledger.outbox import Outbox
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.history import SourceRecord
from pageinbox.model.source import Source

PATIENCE = 6.0
"""Seconds that somebody who makes a watch waits for a first look."""


class FirstLooks:
    """Makes first looks, and says what came of them to whoever waits for that.

    `look` has some lists looked at and waits for that so many seconds, `records` gives how each list stands.
    """

    def __init__(
        self,
        look: Callable[[Sequence[Source], float], object],
        records: Callable[[], Mapping[Source, SourceRecord]],
        *,
        outbox: Outbox,
        answers: Answers,
    ) -> None:
        self._look = look
        self._records = records
        self._outbox = outbox
        self._answers = answers

    def learn(self, room: str, sources: Collection[Source]) -> dict[Source, int | None]:
        """Look at once at those of the lists that were not looked at yet, and wait for that a few seconds.

        Gives those that are known by then, each with the number of conversations that were there when it was learned
        just now, None where it was known before. The room hears of these numbers from whoever calls, unless one of the
        lists is missing: then it is told of all when they are known. Raises LedgerError.
        """
        before, sources = self._complete(), dict.fromkeys(sources)
        if unknown := [source for source in sources if source not in before]:
            self._look(unknown, PATIENCE)
        known = dict.fromkeys(source for source in self._complete() if source in sources)
        last = self._answers.listing.memory.last
        kept = [source for source in sources if (look := last(source)) is None or look.folder != "ignored"]
        if not known.keys() >= {*kept}:
            return known
        taken = self._outbox.take_back(room, NoticeKind.LEARNED, sources)
        counts = {source: notice.count for notice in taken or () for source in notice.sources}
        # What was learned just now and can't be taken back is just being told.
        return {source: None for source in known if source in before} | {
            source: count for source, count in counts.items() if source not in before
        }

    def _complete(self) -> set[Source]:
        return {source for source, record in self._records().items() if record.complete}
