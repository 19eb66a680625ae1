"""Trouble that lasts is told once, and so is its end; trouble that passes is told to nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from pageinbox.ledger.outbox import Outbox
from pageinbox.ledger.packing import revived, stored
from pageinbox.ledger.schema import ms, seconds
from pageinbox.ledger.sources import SourceRow, Sources
from pageinbox.model.announcement import GATHERING, Notice, NoticeKind
from pageinbox.model.errors import GraphError, PermissionMissing, ProofWrong, RequestRefused, TokenDead
from pageinbox.model.source import Source
from pageinbox.model.watch import Watch

LOOKS, LASTING = 3, 300.0
"""Failed looks, and seconds: trouble lasts once it has seen both."""

LASTS = (TokenDead, ProofWrong, PermissionMissing, RequestRefused)
"""What somebody has to do something about: told also where other trouble was told before."""


class Troubles:
    """Keeps the count of failed looks in the ledger and tells the rooms that watch, and `admins`."""

    def __init__(self, seen: Sources, outbox: Outbox, admins: Sequence[str]) -> None:
        self._seen = seen
        self._outbox = outbox
        self._admins = admins

    def met(
        self,
        connection: Connection,
        source: Source,
        place: SourceRow,
        error: GraphError,
        now: float,
        watches: Callable[[Source], Sequence[Watch]],
    ) -> int:
        """A look at `source` failed. Gives how many notices were queued."""
        at = ms(now)
        failing = place.failing if place.failing is not None and place.failing <= at else at
        told, failures = place.told, place.failures + 1
        kind, kinds = type(error).__name__, (place.kinds or "").split()
        if told and isinstance(error, LASTS) and kind not in kinds:
            told, failures = False, 1
        trouble = place.trouble if told else stored(error)
        self._seen.fence(connection, place, failing=failing, failures=failures, trouble=trouble, told=told)
        if told or failures < LOOKS or at - failing < ms(LASTING):
            return 0
        alike = [
            (one, row)
            for one, row in self._seen.troubled(connection, source)
            if not row.told and row.trouble and type(revived(row.trouble)) is type(error)
        ]
        for _, row in alike:
            self._seen.tell(connection, row.id, " ".join(dict.fromkeys([*(row.kinds or "").split(), kind])))
        since = seconds(min(row.failing for _, row in alike))
        sources = tuple(one for one, _ in alike)
        heard = {one: watches(one) for one in sources}
        notice = Notice(NoticeKind.TROUBLE, sources, now, since, trouble=error)
        return self._tell(connection, notice, heard, now)

    def over(
        self, connection: Connection, source: Source, place: SourceRow, now: float, watches: Sequence[Watch]
    ) -> int:
        """A look at `source` was good. Gives how many notices were queued."""
        if place.failing is None:
            return 0
        self._seen.fence(connection, place, failing=None, failures=0, trouble=None, told=False, kinds=None)
        if not place.told:
            return 0
        notice = Notice(NoticeKind.RECOVERED, (source,), now, seconds(place.failing))
        return self._tell(connection, notice, {source: watches}, now, GATHERING)

    def _tell(
        self,
        connection: Connection,
        notice: Notice,
        heard: Mapping[Source, Sequence[Watch]],
        now: float,
        wait: float = 0.0,
    ) -> int:
        """Queue a notice for the rooms that watch, each when its quiet hours let it, and for the admins at once.

        A room hears of those sources only that it watches, an admin of all.
        """
        due: dict[str, float] = dict.fromkeys(self._admins, now + wait)
        sources: dict[str, list[Source]] = {admin: list(notice.sources) for admin in self._admins}
        for source, watches in heard.items():
            for watch in watches:
                quiet_until = watch.wish.quiet.until(now) if watch.wish.quiet else None
                due[watch.room] = min(due.get(watch.room, float("inf")), (quiet_until or now) + wait)
                own = sources.setdefault(watch.room, [])
                if source not in own:
                    own.append(source)
        for room, moment in due.items():
            self._outbox.notify(connection, [room], replace(notice, sources=tuple(sources[room])), moment)
        return len(due)
