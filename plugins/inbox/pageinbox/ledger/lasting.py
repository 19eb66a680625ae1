"""Messages that can't be edited, though something in them was erased, and why: rows of `inbox_meta`."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.schema import announcement, meta, room

STAYS = "stays "
"""What the names of these rows begin with; behind it is the announcement's number."""


def stays(connection: Connection, number: int, why: str) -> None:
    """Note that the message of an announcement stays as it is, and `why`."""
    row = INSERTS[connection.dialect.name](meta).values(name=f"{STAYS}{number}", value=why)
    connection.execute(row.on_conflict_do_nothing())


def lasting(connection: Connection) -> list[tuple[str, str]]:
    """The rooms of these messages, each with why it stays, as long as the announcement is known."""
    reasons = _noted(connection)
    rooms = select(announcement.c.id, room.c.name).join(room, room.c.id == announcement.c.room)
    rows = connection.execute(rooms.where(announcement.c.id.in_([*reasons])).order_by(room.c.name, announcement.c.id))
    return [(name, reasons[number]) for number, name in rows]


def expire(connection: Connection) -> None:
    """Drop what is noted of announcements that are not known any more."""
    noted = _noted(connection)
    known = set(connection.execute(select(announcement.c.id).where(announcement.c.id.in_([*noted]))).scalars())
    connection.execute(delete(meta).where(meta.c.name.in_([f"{STAYS}{number}" for number in noted.keys() - known])))


def _noted(connection: Connection) -> dict[int, str]:
    rows = connection.execute(select(meta).where(meta.c.name.startswith(STAYS, autoescape=True)))
    return {int(row.name.removeprefix(STAYS)): row.value for row in rows}
