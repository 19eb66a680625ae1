"""A look that found nothing is noted in one statement: most looks are such, and each trip to a server costs."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, and_, bindparam, update

from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import source
from pageinbox.ledger.sources import SourceRow

LENGTH, AWAY = bindparam("length", type_=BigInteger), bindparam("away", type_=BigInteger)


class Quiet:
    """Notes quiet looks in one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        # What the look's own transaction would have to tell or count beside it, that is to do.
        ordinary = and_(source.c.complete, source.c.failing.is_(None), source.c.looked >= ledger.clock - AWAY)
        its = and_(source.c.id == bindparam("its_id"), source.c.lease == bindparam("mine"))
        noted = update(source).where(its, ordinary).values(lease_until=ledger.clock + LENGTH, looked=ledger.clock)
        self._note = noted.returning(source.c.looked)

    def note(self, row: SourceRow, changed: Mapping[str, object], *, lease: int, away: int) -> int | None:
        """Note a look at a source, and what else it `changed` in its row. Gives when, in the ledger's milliseconds.

        Its lease then lasts for `lease` milliseconds. None, and nothing is noted, where the source is not this
        session's any more, is failing, or was not looked at for longer than `away` milliseconds. Raises LedgerError.
        """
        its = {"its_id": row.id, "mine": self._ledger.session, "length": lease, "away": away}
        with self._ledger.writing_at_once() as connection:
            at: int | None = connection.execute(self._note, {**its, **changed}).scalar()
            return at
