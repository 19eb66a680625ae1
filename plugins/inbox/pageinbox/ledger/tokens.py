"""What the admins were told of the Pages' tokens, so that they are told each thing once, whichever bot tells it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, and_, bindparam, delete, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.schema import ms, seconds, token
from pageinbox.model.token import ENDED, WORKS, Told

ALL = select(token)
ONE = select(token).where(token.c.page == bindparam("its_page"), token.c.access == 0)
ADD = {dialect: insert(token).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
AS_BEFORE = and_(
    token.c.page == bindparam("its_page"),
    token.c.access == bindparam("its_access"),
    token.c.ends.is_not_distinct_from(bindparam("before", type_=BigInteger)),
    token.c.told == bindparam("step"),
)
CHANGE, DROP = update(token).where(AS_BEFORE), delete(token).where(AS_BEFORE)
"""Made once: making a statement takes as long as running it."""


def told(connection: Connection) -> dict[tuple[str, bool], Told]:
    """All of it, by the Pages' ids and by whether it is of access to data alone."""
    rows = connection.execute(ALL).all()
    return {(row.page, bool(row.access)): Told(seconds(row.ends), row.told) for row in rows}


def told_of(connection: Connection, page: str) -> Told | None:
    """What they were told of the token of a Page, by its id; None for nothing."""
    row = connection.execute(ONE, {"its_page": page}).one_or_none()
    return None if row is None else Told(seconds(row.ends), row.told)


def change(connection: Connection, page: str, access: bool, before: Told | None, after: Told | None) -> bool:
    """Note that they are told `after`, where they were told `before`; None is nothing.

    False, and nothing is noted, where another bot has told them something in between.
    """
    values = {} if after is None else {"ends": None if after.ends is None else ms(after.ends), "told": after.step}
    if before is None:
        added = {"page": page, "access": int(access), **values}
        return bool(connection.execute(ADD[connection.dialect.name], added).rowcount)
    ends = None if before.ends is None else ms(before.ends)
    as_before = {"its_page": page, "its_access": int(access), "before": ends, "step": before.step}
    return bool(connection.execute(DROP if after is None else CHANGE, {**as_before, **values}).rowcount)


def died(connection: Connection, page: str) -> bool:
    """Note that the token of a Page, by its id, is dead. False where the admins were told so before."""
    before = told_of(connection, page)
    if before is None:
        return change(connection, page, False, None, Told(None, ENDED))
    # Of one that is to be told to work again it is not told that it did for a moment.
    return change(connection, page, False, before, Told(before.ends, ENDED)) and before.step not in (ENDED, WORKS)


def works(connection: Connection, page: str) -> bool:
    """Note that a token works of which the admins were told that it is dead: `Weather` tells them.

    False where they were told no such thing.
    """
    before = told_of(connection, page)
    if before is None or before.step != ENDED:
        return False
    return change(connection, page, False, before, Told(before.ends, WORKS))
