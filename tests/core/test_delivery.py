"""One announcement sent: what becomes of it when its sender is slow, or when words or the ledger fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pageinbox.ledger.claims import CLAIM
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.outbox import Outbox
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement
from pageinbox.model.errors import LedgerError
from pageinbox.model.history import RoomHistory, State
from pageinbox.model.post import Post
from pageinbox.tell.delivery import Delivery
from pageinbox.tell.group import GATHERING, choose
from tests.core.stage import INTERVAL, Life, Stage

pytestmark = pytest.mark.servers


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, settling="open")
    yield one
    one.close()


@pytest.fixture
def on_sqlite(ledger_folder: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", settling="open")
    yield one
    one.close()


def queued(one: Stage) -> tuple[Life, str]:
    """A bot that has found one new conversation, and told nobody yet."""
    life = one.bot()
    life.look_everywhere()
    one.time.wait(10)
    life.tell()
    one.rooms.messages.clear()
    (new,) = one.arrive()
    one.time.wait(INTERVAL)
    life.look_everywhere()
    return life, new


def telling(life: Life, conversation: str) -> RoomHistory:
    history = life.service.histories.history(conversation)
    assert history is not None
    (one,) = history.rooms
    return one


def delivery(stage: Stage, life: Life, meanwhile: Callable[[], object]) -> Delivery:
    """One that does something before the first announcement is put into words."""
    first = [meanwhile]

    def words(item: Announcement) -> Post:
        stage.rooms.written[item.key] = item
        while first:
            first.pop()()
        return Post(("New",))

    pages = {page.name: page.id for page in stage.world.pages.values()}
    outbox = Outbox(life.ledger, Sources(life.ledger, pages), choose, ahead=GATHERING)
    return Delivery(outbox, Edits(life.ledger, Sources(life.ledger, {})), stage.rooms, words=words)


def test_who_was_slow_before_sending_has_all_the_time_again_that_sending_takes(stage: Stage) -> None:
    life, new = queued(stage)
    other = stage.bot()
    slow = delivery(stage, life, lambda: stage.time.wait(2 * CLAIM))

    def meanwhile() -> None:
        stage.time.wait(CLAIM - 1)
        assert other.step() != 0

    stage.rooms.before = meanwhile
    assert slow.step() == 0
    assert stage.rooms.told("#room") == [new]
    assert not telling(life, new).repeated


def test_who_was_taken_for_dead_before_sending_sends_nothing(stage: Stage) -> None:
    life, new = queued(stage)
    other = stage.bot()

    def overtaken() -> None:
        stage.time.wait(CLAIM)
        other.tell()

    slow = delivery(stage, life, overtaken)
    while slow.step() == 0:
        pass
    assert stage.rooms.told("#room") == [new]
    assert telling(life, new).receipt == "receipt-1"


def test_a_fault_of_ours_is_logged_by_its_place_alone(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    life, new = queued(stage)

    def fault() -> None:
        raise ValueError("hello, my card number is 4111")

    faulty = delivery(stage, life, fault)
    faulty.step()
    assert "ValueError" in caplog.text and "test_delivery.py" in caplog.text
    assert "4111" not in caplog.text and "4111" not in (telling(life, new).error or "")


def test_a_room_is_not_blamed_for_the_ledger(stage: Stage) -> None:
    stage.rooms.settling = "finds"
    life, new = queued(stage)

    def fault() -> None:
        raise LedgerError("locked", "somewhere")

    faulty = delivery(stage, life, fault)
    with pytest.raises(LedgerError):
        faulty.step()
    (waiting,) = life.service.histories.waiting()
    assert (waiting.tries, waiting.error) == (0, None)
    assert faulty.step() == 0
    assert stage.rooms.told("#room") == [new]


def test_a_receipt_is_kept_while_the_ledger_is_locked(on_sqlite: Stage) -> None:
    life, new = queued(on_sqlite)
    other = sqlite3.connect(on_sqlite.url.removeprefix("sqlite:///"), isolation_level=None)

    def impatient(connection: Any, *args: object) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    def lock() -> None:
        event.listen(life.ledger.engine, "checkout", impatient)
        other.execute("BEGIN IMMEDIATE")

    life.holding = lock
    with pytest.raises(LedgerError):
        life.step()
    other.execute("ROLLBACK")
    other.close()
    life.tell()
    assert on_sqlite.rooms.told("#room") == [new]
    told = telling(life, new)
    assert (told.state, told.receipt, told.repeated) == (State.SENT, "receipt-1", False)
