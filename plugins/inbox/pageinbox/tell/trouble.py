"""Trouble that lasts is told once, and so is its end; trouble that passes is told to nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pageinbox.ledger.database import Transaction
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.schema import ms, seconds
from pageinbox.ledger.sources import SourceRow, Sources
from pageinbox.ledger.tokens import died, works
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.errors import (
    AppStopped,
    GraphError,
    NotAPage,
    PageMoved,
    PermissionMissing,
    ProofWrong,
    RequestRefused,
    SecretMissing,
    TokenDead,
)
from pageinbox.model.source import Source
from pageinbox.model.watch import Watch
from pageinbox.tell.group import GATHERING, told_together

LOOKS, LASTING = 3, 300.0
"""Failed looks, and seconds: trouble lasts once it has seen both."""

LASTS = (SecretMissing, TokenDead, ProofWrong, PermissionMissing, AppStopped, NotAPage, PageMoved, RequestRefused)
"""What somebody has to do something about: told also where other trouble was told before."""


class Troubles:
    """Tells rooms that watch, and `admins`, of trouble: when, is decided by the failed looks that the ledger counts.

    So many `pages` are read.
    """

    def __init__(self, sources: Sources, queue: Queue, admins: Sequence[str], *, pages: int = 1) -> None:
        self._sources = sources
        self._queue = queue
        self._admins = admins
        self._pages = pages

    def met(
        self,
        transaction: Transaction,
        row: SourceRow,
        error: GraphError,
        *,
        now: float,
        watches: Callable[[Source], Sequence[Watch]],
    ) -> int:
        """A look at the source of `row` failed. Gives how many notices were queued."""
        at = ms(now)
        failing = row.failing if row.failing is not None and row.failing <= at else at
        told, failures = row.told, row.failures + 1
        if told and isinstance(error, LASTS) and error.kind not in row.kinds:
            told, failures = False, 1
        trouble = row.trouble if told and row.trouble is not None else error
        self._sources.failed(transaction, row, trouble, failing=failing, failures=failures, told=told)
        if told or failures < LOOKS or at - failing < ms(LASTING):
            return 0
        alike = [
            other
            for other in self._sources.failing(transaction, row.source.page)
            if not other.told and other.trouble is not None and other.trouble.kind == error.kind
        ]
        for other in alike:
            self._sources.told(transaction, other, error.kind)
        since = seconds(min(other.failing for other in alike if other.failing is not None))
        heard = {other.source: watches(other.source) for other in alike}
        notice = Notice(NoticeKind.TROUBLE, tuple(heard), now, since=since, trouble=error)
        known = isinstance(error, TokenDead) and not died(transaction, self._sources.page_id(row.source))
        # What is missing in the settings they heard when those were read.
        admins = () if known or isinstance(error, SecretMissing) else self._admins
        return self._tell(transaction, notice, heard, admins, now=now)

    def over(self, transaction: Transaction, row: SourceRow, *, now: float, watches: Sequence[Watch]) -> int:
        """A look at the source of `row` was good. Gives how many notices were queued."""
        if row.failing is None:
            return 0
        self._sources.recovered(transaction, row)
        again = works(transaction, self._sources.page_id(row.source))
        if not row.told:
            return int(again)
        notice = Notice(NoticeKind.RECOVERED, (row.source,), now, since=seconds(row.failing))
        # Of a token they hear that it works, and until when.
        admins = () if again or isinstance(row.trouble, TokenDead) else self._admins
        return self._tell(transaction, notice, {row.source: watches}, admins, now=now, wait=GATHERING) + again

    def _tell(
        self,
        transaction: Transaction,
        notice: Notice,
        heard: Mapping[Source, Sequence[Watch]],
        admins: Sequence[str],
        *,
        now: float,
        wait: float = 0.0,
    ) -> int:
        """Queue a notice for the rooms that watch, each when its quiet hours let it, and for these admins.

        A room hears of those sources only that it watches, an admin of all.
        """
        due: dict[str, float] = dict.fromkeys(admins, told_together(now, self._pages, wait))
        sources: dict[str, list[Source]] = {admin: list(notice.sources) for admin in admins}
        for source, watches in heard.items():
            for watch in watches:
                quiet_until = watch.spec.quiet.until(now) if watch.spec.quiet else None
                due[watch.room] = min(
                    due.get(watch.room, float("inf")), told_together(quiet_until or now, self._pages, wait)
                )
                own = sources.setdefault(watch.room, [])
                if source not in own:
                    own.append(source)
        for room, moment in due.items():
            self._queue.notify(transaction, [room], replace(notice, sources=tuple(sources[room])), due=moment)
        return len(due)
