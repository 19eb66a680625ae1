"""Who of the bots that share a ledger looks at which source: each at as many as any other."""

from __future__ import annotations

from random import Random

from sqlalchemy import BigInteger, ColumnElement, Text, and_, bindparam, or_, select, update

from pageinbox.ledger.claims import AHEAD
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.ours import OURS
from pageinbox.ledger.schema import ms, source
from pageinbox.ledger.sources import ITS, LeaseLost, SourceRow, Sources, source_row
from pageinbox.model.source import Source

LEASE = 1.2
"""Lengths of an interval for which a bot has a source to itself; another one takes over what is not looked at."""

SHORTEST_LEASE = 5.0
"""Seconds, since one slow call must not lose the source. What is left of a longer one is enough, too."""

NOW, LENGTH = bindparam("now", type_=BigInteger), bindparam("length", type_=BigInteger)
LONGEST = bindparam("longest", type_=BigInteger)


def runs(now: ColumnElement[int]) -> ColumnElement[bool]:
    """That a lease is not over. One that ends much later than any can was given before the clock was set back."""
    return and_(source.c.lease_until > now, source.c.lease_until <= now + LONGEST + ms(AHEAD))


HELD = (
    select(source)
    .where(source.c.wanted, source.c.id.in_(OURS), source.c.lease.is_not(None), runs(NOW))
    .order_by(source.c.id)
)
FREE = or_(source.c.lease.is_(None), ~runs(NOW))
TAKE = (
    update(source)
    .where(ITS, or_(FREE, source.c.lease == bindparam("mine"), source.c.lease == bindparam("holder", type_=Text)))
    .values(lease=bindparam("mine"), lease_until=NOW + LENGTH)
    .returning(source)
)
SEIZE = update(source).where(ITS).values(lease=bindparam("mine"), lease_until=NOW + LENGTH).returning(source)
RENEW = update(source).where(ITS, source.c.lease == bindparam("mine")).values(lease_until=NOW + LENGTH)
UNTIL = select(source.c.lease_until).where(ITS)
RELEASE = update(source).where(source.c.lease == bindparam("mine")).values(lease=None, lease_until=None)
RELEASE_ALL = update(source).where(source.c.lease.is_not(None)).values(lease=None, lease_until=None)
"""Made once: making a statement takes as long as running it."""


class Leases:
    """The leases of one session. Their time is the ledger's own (`Ledger.now`).

    `interval` are the seconds between two looks at a source, `longest` those where a look is kept for longer.
    """

    def __init__(self, ledger: Ledger, sources: Sources, interval: float, longest: float = 0.0) -> None:
        self._ledger = ledger
        self._sources = sources
        self._spans = {"length": lease_of(interval), "longest": lease_of(max(interval, longest))}
        self._offered: dict[Source, str] = {}
        enough = source.c.lease_until > ledger.clock + ms(SHORTEST_LEASE)
        self._kept = select(source).where(ITS, source.c.lease == bindparam("mine"), runs(ledger.clock), enough)

    def share(self) -> None:
        """See how the sources are spread. From now on `take` gets those that others have too many of.

        They are taken one by one from who has most, as long as that is two more than there are here: then it is even,
        and nobody takes anything from anybody any more.
        """
        with self._ledger.reading() as connection:
            span = {**self._spans, **self._sources.ours, "now": self._ledger.now(connection)}
            rows = list(connection.execute(HELD, span))
        Random(self._ledger.session).shuffle(rows)  # or those who come together would want the same
        held: dict[str, list[Source]] = {self._ledger.session: []}
        for row in rows:
            if (its_source := self._sources.named(row)) is not None:
                held.setdefault(row.lease, []).append(its_source)
        mine, offered = len(held.pop(self._ledger.session)), dict[Source, str]()
        while held:
            most = max(held, key=lambda session: len(held[session]))
            if len(held[most]) < mine + 2:
                break
            offered[held[most].pop()] = most
            mine += 1
        self._offered = offered

    def take(self, its_source: Source, *, anyway: bool = False) -> SourceRow:
        """Take a source, or keep it, and give its row. Raises LeaseLost while another bot has the right to it.

        It is taken from that one `anyway` by a bot that alone knows why it is to be looked at now.
        """
        its = self._sources.its(its_source)
        mine = {**its, **self._spans, "mine": self._ledger.session}
        with self._ledger.reading() as connection:
            # As mostly: the look before has renewed it (`Sources.fence`), and reading waits for no disk.
            row = connection.execute(self._kept, mine).one_or_none()
        if row is not None:
            return source_row(its_source, row)
        with self._ledger.writing() as connection:
            at = self._ledger.now(connection)
            holder = self._offered.pop(its_source, None)
            take = SEIZE if anyway else TAKE
            row = connection.execute(take, {**mine, "holder": holder, "now": at}).one_or_none()
            until = connection.execute(UNTIL, its).scalar() if row is None else None
        if row is None:
            raise LeaseLost(max(0.0, ((until or at) - at) / 1000))
        return source_row(its_source, row)

    def renew(self, its_source: Source) -> None:
        """Keep a source that was taken. Raises LeaseLost where it is not this session's any more.

        So a look that is under way notices when its right was taken from it, also where nobody else has it now.
        """
        mine = {**self._sources.its(its_source), **self._spans, "mine": self._ledger.session}
        with self._ledger.writing() as connection:
            if not connection.execute(RENEW, {**mine, "now": self._ledger.now(connection)}).rowcount:
                raise LeaseLost(0.0)

    def release(self, *, every_session: bool = False) -> None:
        """Give back every source of this session, or of all, when they are known to be over."""
        with self._ledger.writing() as connection:
            connection.execute(RELEASE_ALL if every_session else RELEASE, {"mine": self._ledger.session})


def lease_of(interval: float) -> int:
    """The milliseconds for which a bot has a source to itself that it looks at again after so many seconds."""
    return ms(max(LEASE * interval, SHORTEST_LEASE))
