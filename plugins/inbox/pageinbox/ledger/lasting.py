"""Messages that can't be edited, though something in them was erased, and why: rows of `inbox_meta`."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.schema import announcement, meta, room

STAYS = "stays "
"""What the names of these rows begin with; behind it is the announcement's number."""

NOTE = {dialect: insert(meta).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
NOTED = select(meta).where(meta.c.name.startswith(STAYS, autoescape=True))
ROOMS = (
    select(announcement.c.id, room.c.name)
    .join(room, room.c.id == announcement.c.room)
    .where(announcement.c.id.in_(bindparam("numbers", expanding=True)))
    .order_by(room.c.name, announcement.c.id)
)
KNOWN = select(announcement.c.id).where(announcement.c.id.in_(bindparam("numbers", expanding=True)))
DROP = delete(meta).where(meta.c.name.in_(bindparam("names", expanding=True)))
"""Made once: making a statement takes as long as running it."""


def stays(connection: Connection, number: int, why: str) -> None:
    """Note that the message of an announcement stays as it is, and `why`."""
    connection.execute(NOTE[connection.dialect.name], {"name": f"{STAYS}{number}", "value": why})


def lasting(connection: Connection) -> list[tuple[str, str]]:
    """The rooms of these messages, each with why it stays, as long as the announcement is known."""
    if not (reasons := _noted(connection)):
        return []
    return [(name, reasons[number]) for number, name in connection.execute(ROOMS, {"numbers": [*reasons]})]


def expire(connection: Connection) -> None:
    """Drop what is noted of announcements that are not known any more."""
    if noted := _noted(connection):
        known = set(connection.execute(KNOWN, {"numbers": [*noted]}).scalars())
        connection.execute(DROP, {"names": [f"{STAYS}{number}" for number in noted.keys() - known]})


def _noted(connection: Connection) -> dict[int, str]:
    return {int(row.name.removeprefix(STAYS)): row.value for row in connection.execute(NOTED)}
