"""What a ledger is once it has been copied: a backup, put back from one, or moved elsewhere.

`inbox_meta` says so: `copied` stands in a backup alone, with the time in milliseconds, `restored` in what was put back
from one, and `moved` in what was left behind, with the place where it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import ACTIVE
from pageinbox.ledger.packing import unpack_news, unpack_notice
from pageinbox.ledger.schema import announcement, meta, ms, source
from pageinbox.ledger.versions import new_name
from pageinbox.model.announcement import OF_TOKENS, Occasion
from pageinbox.model.errors import LedgerError
from pageinbox.model.history import State
from pageinbox.model.reminder import Reminder, ReminderKind

DAY = 86400.0

COPIED, RESTORED, MOVED = "copied", "restored", "moved"


def refuse_unused(facts: Mapping[str, str], where: str) -> None:
    """Raises LedgerError where a ledger is not the one that is in use: a backup, or one that goes on elsewhere."""
    if MOVED in facts:
        raise LedgerError("moved", facts[MOVED])
    if COPIED in facts:
        raise LedgerError("copy", where)


def note(connection: Connection, name: str, value: str) -> None:
    """Keep a fact in `inbox_meta`, in the place of what it was before."""
    row = INSERTS[connection.dialect.name](meta).values(name=name, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": row.excluded.value}))


def put_back(connection: Connection, at: int) -> None:
    """Let a copy be the ledger from now on, `at` this time of its own, in milliseconds.

    What was said since it was made isn't known here, so that all that may have been is said with a mark
    (`may_be_known`). Announcements get their numbers a second time, which no chat may take for the first: so the
    ledger, and with it the key of each, has a new name. By that none that was being sent can be found.
    """
    connection.execute(delete(meta).where(meta.c.name.in_((COPIED, MOVED))))
    note(connection, "name", new_name())
    note(connection, RESTORED, str(at))
    doubted = {"state": State.DOUBT.value, "session": None, "until": None, "repeat": 1}
    connection.execute(update(announcement).where(ACTIVE).values(**doubted))
    release(connection)


def release(connection: Connection) -> None:
    """Give back every source of a ledger that nobody has open."""
    connection.execute(update(source).values(lease=None, lease_until=None))


def may_be_known(news: Sequence[Any], notices: Sequence[Any], restored: int | None) -> bool:
    """Whether one of these rows of the queue may have been said before the ledger was put back at that time, if ever.

    It was queued in the copy, or tells of what came before.
    """
    if restored is None:
        return False
    moments = [*map(came, news), *map(over, notices), *(row.found for row in (*news, *notices))]
    return min(moments, default=restored + 1) <= restored


def came(row: Any) -> int:
    """When what a row of news tells came about, in milliseconds, as nearly as the row says."""
    if row.version >= 0:
        match row.occasion:
            case Occasion.AWAY.value:
                return int(row.since)
            case Occasion.QUIET.value:
                return ms(unpack_news(row.body)[0].updated)
        return int(row.found)
    reminder = Reminder.of(row.version)
    match reminder.kind:
        case ReminderKind.WAITING:
            return ms(reminder.since + reminder.step)
        case ReminderKind.CLOSING:
            return ms(reminder.since - reminder.step)
    return ms(reminder.since)  # a mark that has ended: it was made then


def over(row: Any) -> int:
    """When what a notice tells was over, or else began, in milliseconds, as nearly as the row says."""
    item = unpack_notice(row.body, row.found / 1000)
    if item.kind in OF_TOKENS:  # which are asked about once a day
        return ms(item.at - DAY)
    return ms(next(at for at in (item.until, item.since, item.at) if at is not None))
