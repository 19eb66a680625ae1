"""What the admins were told of the Pages' tokens, so that they are told each thing once, whichever bot tells it."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.schema import ms, seconds, token
from pageinbox.model.token import ENDED, WORKS, Told


def told(connection: Connection) -> dict[tuple[str, bool], Told]:
    """All of it, by the Pages' ids and by whether it is of access to data alone."""
    rows = connection.execute(select(token)).all()
    return {(row.page, bool(row.access)): Told(seconds(row.ends), row.told) for row in rows}


def told_of(connection: Connection, page: str) -> Told | None:
    """What they were told of the token of a Page, by its id; None for nothing."""
    row = connection.execute(select(token).where(token.c.page == page, token.c.access == 0)).one_or_none()
    return None if row is None else Told(seconds(row.ends), row.told)


def change(connection: Connection, page: str, access: bool, before: Told | None, after: Told | None) -> bool:
    """Note that they are told `after`, where they were told `before`; None is nothing.

    False, and nothing is noted, where another bot has told them something in between.
    """
    values = {} if after is None else {"ends": None if after.ends is None else ms(after.ends), "told": after.step}
    if before is None:
        added = INSERTS[connection.dialect.name](token).values(page=page, access=int(access), **values)
        return bool(connection.execute(added.on_conflict_do_nothing()).rowcount)
    ends = None if before.ends is None else ms(before.ends)
    as_before = and_(
        token.c.page == page,
        token.c.access == int(access),
        token.c.ends.is_not_distinct_from(ends),
        token.c.told == before.step,
    )
    changed = delete(token) if after is None else update(token).values(**values)
    return bool(connection.execute(changed.where(as_before)).rowcount)


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
