"""Rooms that fail: when they are tried again, and who hears of it when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.failing import FailingRooms
from pageinbox.ledger.packing import unpack_notice
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.schema import notice, room
from pageinbox.model.announcement import UNREACHED, Notice, NoticeKind

NOON = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
HELLO = Notice(NoticeKind.LEARNED, (), NOON)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A ledger that knows two rooms."""
    opened = open_ledger(ledger_url)
    with opened.writing() as connection:
        Queue(opened).notify(connection, ["#room", "#sales"], HELLO, due=NOON)
        connection.execute(notice.delete())
    yield opened
    opened.close()


def rooms_of(ledger: Ledger, *admins: str) -> FailingRooms:
    return FailingRooms(Queue(ledger), admins, gathering=5.0)


def heard(ledger: Ledger) -> list[tuple[str, NoticeKind, str]]:
    """Who is to hear what of which room."""
    rows = select(notice.c.body, room.c.name).join(room, room.c.id == notice.c.room).order_by(notice.c.id)
    with ledger.reading() as connection:
        items = [(row.name, unpack_notice(row.body, NOON)) for row in connection.execute(rows)]
    return [(name, item.kind, item.room) for name, item in items]


def fail(ledger: Ledger, rooms: FailingRooms, seconds: float, name: str = "#room", retry_after: float = 0.0) -> float:
    """A try that many seconds after noon fails; gives after how many seconds since noon the next one is."""
    with ledger.writing() as connection:
        rooms.failed(connection, name, "it is archived", retry_after=retry_after, now=NOON + seconds)
        retry: int = connection.execute(select(room.c.retry).where(room.c.name == name)).scalar_one()
    return retry / 1000 - NOON


def well(ledger: Ledger, rooms: FailingRooms, seconds: float, name: str = "#room") -> None:
    with ledger.writing() as connection:
        rooms.well(connection, name, NOON + seconds)


def test_it_is_told_once_when_it_has_failed_for_ten_minutes_and_once_when_it_is_over(ledger: Ledger) -> None:
    rooms = rooms_of(ledger, "@ops", "@boss")
    at, tries = 0.0, []
    while at < 2 * UNREACHED:
        tries.append(at)
        told = len(heard(ledger))
        at = fail(ledger, rooms, at)
        assert len(heard(ledger)) == (2 if tries[-1] >= UNREACHED else 0), tries
        assert told in (0, 2)
    assert UNREACHED in tries, "it is tried when the ten minutes are over"
    unreached = [("@ops", NoticeKind.UNREACHED, "#room"), ("@boss", NoticeKind.UNREACHED, "#room")]
    assert heard(ledger) == unreached
    with ledger.writing() as connection:  # both are on their way
        connection.execute(update(notice).values(due=None))
    well(ledger, rooms, at)
    assert heard(ledger) == [*unreached, ("@ops", NoticeKind.REACHED, "#room"), ("@boss", NoticeKind.REACHED, "#room")]
    well(ledger, rooms, at + 1)
    assert len(heard(ledger)) == 4


def test_what_is_over_before_ten_minutes_is_told_to_nobody(ledger: Ledger) -> None:
    rooms = rooms_of(ledger, "@ops")
    fail(ledger, rooms, 0.0)
    fail(ledger, rooms, UNREACHED - 1)
    well(ledger, rooms, UNREACHED - 0.5)
    assert heard(ledger) == []
    fail(ledger, rooms, UNREACHED + 1)
    assert heard(ledger) == [], "it has begun anew"


def test_who_has_not_heard_of_the_trouble_does_not_hear_of_its_end(ledger: Ledger) -> None:
    rooms = rooms_of(ledger, "@ops")
    for name in ("#room", "#sales"):
        fail(ledger, rooms, 0.0, name)
        fail(ledger, rooms, UNREACHED, name)
    well(ledger, rooms, UNREACHED + 10)
    assert heard(ledger) == [("@ops", NoticeKind.UNREACHED, "#sales")]


def test_a_chat_that_asks_for_a_long_pause_is_left_alone_and_that_is_told_at_once(ledger: Ledger) -> None:
    rooms = rooms_of(ledger, "@ops")
    assert fail(ledger, rooms, 0.0, retry_after=3600) == 3600
    assert heard(ledger) == [("@ops", NoticeKind.UNREACHED, "#room")]
    fail(ledger, rooms, 3600)
    assert len(heard(ledger)) == 1


def test_an_admin_is_not_told_where_nothing_can_be_told(ledger: Ledger) -> None:
    rooms = rooms_of(ledger, "#room", "@ops")
    fail(ledger, rooms, 0.0)
    fail(ledger, rooms, UNREACHED)
    assert heard(ledger) == [("@ops", NoticeKind.UNREACHED, "#room")]
