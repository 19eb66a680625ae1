"""Which rooms names mean, and a room that goes on as another one, as Matrix rooms do when they are upgraded."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, delete, select, update

from pageinbox.ledger.bulk import INSERTS
from pageinbox.ledger.claims import ACTIVE
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.failing import was_told
from pageinbox.ledger.packing import unpack_digest, unpack_spec
from pageinbox.ledger.schema import act, announcement, digest, meta, ms, mute, news, notice, room, watch
from pageinbox.model.history import State

NAMED = "room "
"""What the rows of `inbox_meta` begin with that tell which room a name of the settings was first found to mean."""

NAMES = select(meta).where(meta.c.name.startswith(NAMED, autoescape=True))
FORGET = delete(meta).where(meta.c.name.in_(bindparam("names", expanding=True)))
REMEMBER = {dialect: insert(meta).on_conflict_do_nothing() for dialect, insert in INSERTS.items()}
KNOWN = [
    *(
        select(column).where(column.in_(bindparam("names", expanding=True)))
        for column in (room.c.name, watch.c.room, digest.c.room)
    ),
    NAMES.with_only_columns(meta.c.value).where(meta.c.value.in_(bindparam("names", expanding=True))),
]
"""Made once: making a statement takes as long as running it. `move` makes its own, since few rooms ever do."""


def named(ledger: Ledger, names: Collection[str], found: Mapping[str, str]) -> dict[str, str]:
    """Which rooms the names of the settings mean that were ever found: those that they meant first.

    `found` are those that they mean now; these are remembered from now on, and no other names are. Raises LedgerError.
    """
    with ledger.writing() as connection:
        first = {row.name.removeprefix(NAMED): row.value for row in connection.execute(NAMES)}
        gone = [f"{NAMED}{name}" for name in first.keys() - set(names)]
        if gone:
            connection.execute(FORGET, {"names": gone})
        new = [
            {"name": f"{NAMED}{name}", "value": found[name]} for name in names if name in found.keys() - first.keys()
        ]
        if new:
            connection.execute(REMEMBER[connection.dialect.name], new)
    return {name: room for name, room in {**found, **first}.items() if name in names}


def known(ledger: Ledger, names: Collection[str]) -> set[str]:
    """Those of the rooms that have a watch, a digest or a name, or were told something or are to be.

    Raises LedgerError.
    """
    found: set[str] = set()
    with ledger.reading() as connection:
        for statement in KNOWN:
            found.update(connection.execute(statement, {"names": [*names]}).scalars())
    return found


def move(ledger: Ledger, old: str, new: str, now: float) -> bool:
    """Let the room named `new` have all that `old` has: watches, digests, mutes, what it was told and is to be told.

    Its messages stay behind, so that none of them is edited or continued any more. What is in doubt is said again as a
    repeat. False, and nothing is changed, while something is being sent to it. Raises LedgerError.
    """
    with ledger.writing() as connection:
        rows = {row.name: row for row in connection.execute(select(room).where(room.c.name.in_([old, new])))}
        ids = {name: row.id for name, row in rows.items()}
        if old in ids and not _free(connection, ids[old], ids.get(new)):
            return False
        if old in ids:
            mine = announcement.c.room == ids[old]
            connection.execute(
                update(announcement)
                .where(mine, announcement.c.state == State.SENT.value)
                .values(receipt=None, edit=None)
            )
            connection.execute(
                update(announcement).where(mine, announcement.c.state == State.DOUBT.value).values(repeat=1)
            )
        if old in ids and new in ids:
            _join(connection, ids[old], ids[new])
        elif old in ids:
            # Whom it was told that the room fails is to hear of its end as well.
            well = {} if was_told(rows[old]) else {"failing": None, "failures": 0, "retry": None, "error": None}
            connection.execute(update(room).where(room.c.id == ids[old]).values(name=new, **well))
        rooms = meta.c.name.startswith(NAMED, autoescape=True)
        connection.execute(update(meta).where(rooms, meta.c.value == old).values(value=new))
        connection.execute(update(watch).where(watch.c.room == old).values(room=new))
        connection.execute(update(mute).where(mute.c.room == old).values(room=new))
        connection.execute(update(act).where(act.c.room == old).values(room=new))
        connection.execute(update(digest).where(digest.c.room == old).values(room=new))
        _end_twins(connection, new, now)
    return True


def _free(connection: Connection, old: int, new: int | None) -> bool:
    """Whether nothing is being sent to the old room, and what is in doubt there would have the new one to itself."""
    active = select(announcement.c.room, announcement.c.state).where(ACTIVE, announcement.c.room.in_([old, new]))
    states = {row.room: row.state for row in connection.execute(active)}
    return states.get(old) != State.SENDING.value and len(states) < 2


def _join(connection: Connection, old: int, new: int) -> None:
    """Give one room's news, notices and announcements to another, but for news that it has already."""
    there = news.alias("there")
    known = select(there.c.conversation).where(
        there.c.room == new, there.c.conversation == news.c.conversation, there.c.version == news.c.version
    )
    connection.execute(delete(news).where(news.c.room == old, known.exists()))
    for table in (news, notice, announcement):
        connection.execute(update(table).where(table.c.room == old).values(room=new))
    connection.execute(delete(room).where(room.c.id == old))


def _end_twins(connection: Connection, name: str, now: float) -> None:
    """Of a room's watches that are the same leave one, that of the settings if it is among them; so of digests."""
    lists: set[object] = set()
    for row in connection.execute(select(digest).where(digest.c.room == name, digest.c.ended.is_(None))).all():
        spec = unpack_digest(row.spec)
        if spec is not None and spec.lists in lists:
            connection.execute(update(digest).where(digest.c.id == row.id).values(ended=ms(now)))
        lists |= {spec.lists} if spec is not None else set()
    inside = watch.c.room == name, watch.c.ended.is_(None)
    kept: dict[object, int] = {}
    for row in connection.execute(select(watch).where(*inside).order_by(watch.c.ops.desc(), watch.c.id)).all():
        first = kept.setdefault(unpack_spec(row.spec), row.id)
        if first != row.id:
            connection.execute(update(watch).where(watch.c.id == row.id).values(ended=ms(now)))
            connection.execute(update(news).where(news.c.watch == row.id).values(watch=first))
            connection.execute(delete(mute).where(mute.c.watch == row.id))
