"""What the outbox once got wrong: Pages that only another bot knows, doubts without end, rooms that hang, locks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pageinbox.ledger.claims import CLAIM
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.outbox import DOUBTS, GIVE_UP, LONGEST_RETRY, Outbox
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement
from pageinbox.model.errors import LedgerError
from pageinbox.model.history import RoomHistory, State
from pageinbox.model.post import Post
from pageinbox.tell.delivery import Delivery
from pageinbox.tell.group import GATHERING, choose
from tests.core.stage import INTERVAL, Killed, Life, Stage

DAY = 86400.0


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    one = Stage(database_url, pages=("acme", "beta"))
    yield one
    one.close()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{tmp_path / 'ledger.sqlite'}", settling="open")
    yield one
    one.close()


def outbox(life: Life) -> Outbox:
    pages = {page.name: page.id for page in life.stage.world.pages.values()}
    return Outbox(life.ledger, Sources(life.ledger, pages), choose, ahead=GATHERING)


def queued(stage: Stage, page: str = "acme") -> tuple[Life, str]:
    """A bot that has found one new conversation, and told nobody yet."""
    life = stage.bot()
    life.look_everywhere()
    stage.time.wait(10)
    life.tell()
    stage.rooms.messages.clear()
    new = found(stage, life, page)
    return life, new


def found(stage: Stage, life: Life, page: str = "acme") -> str:
    stage.time.wait(1)
    new = stage.world.write(page, None, "hello", at=stage.time()).id
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    return new


def knowing(stage: Stage, page: str) -> Life:
    """A bot whose settings have just one of the Pages."""
    every: Any = stage.settings()["PAGES"]
    stage.more["PAGES"] = {page: every[page]}
    life = stage.bot()
    del stage.more["PAGES"]
    return life


def telling(life: Life, conversation: str) -> RoomHistory:
    history = life.service.histories.history(conversation)
    assert history is not None
    (one,) = history.rooms
    return one


def test_news_of_a_page_that_this_bot_does_not_know_wait_for_who_knows_it(stage: Stage) -> None:
    life, hidden = queued(stage, "beta")
    new = found(stage, life)
    other = knowing(stage, "acme")
    other.tell()
    assert stage.rooms.told("#room") == [new]
    assert other.step() is None
    assert telling(life, hidden).state is None
    life.tell()
    assert stage.rooms.told("#room") == [new, hidden]
    assert telling(life, hidden).receipt == "receipt-2"


def test_a_doubt_about_a_page_that_this_bot_does_not_know_is_left_to_who_knows_it(stage: Stage) -> None:
    life, hidden = queued(stage, "beta")
    new = found(stage, life)
    assert outbox(life).claim(stage.time.wall()) is not None
    stage.kill(life)
    stage.time.wait(CLAIM)
    other = knowing(stage, "acme")
    assert other.step() is None
    assert stage.rooms.messages == []
    life = stage.bot()
    life.tell()
    assert stage.rooms.told("#room") == [hidden, new]
    assert telling(life, hidden).state is State.SENT


def test_a_doubt_about_a_page_that_nobody_knows_any_more_does_not_silence_the_room_for_ever(stage: Stage) -> None:
    life, _ = queued(stage, "beta")
    assert outbox(life).claim(stage.time.wall()) is not None
    stage.kill(life)
    stage.time.wait(CLAIM)
    other = knowing(stage, "acme")
    new = found(stage, other)
    stage.time.wait(GIVE_UP - DAY)
    other.tell()
    assert stage.rooms.messages == []
    stage.time.wait(DAY)
    other.tell()
    assert stage.rooms.told("#room") == [new]
    (waiting,) = other.service.histories.waiting()
    assert (waiting.state, waiting.error) == (State.GIVEN_UP, None)


def test_a_chat_that_takes_everything_and_never_says_so_is_not_told_the_same_for_ever(stage: Stage) -> None:
    stage.rooms.settling, stage.rooms.losing = "open", 100
    life, new = queued(stage)
    stage.rooms.losing = 100
    for _ in range(3 * DOUBTS):
        life.tell()
        stage.time.wait(LONGEST_RETRY)
    assert stage.rooms.told("#room") == [new] * DOUBTS
    told = telling(life, new)
    assert (told.state, told.error) == (State.GIVEN_UP, "the connection broke")


def test_a_doubt_that_lasts_for_days_ends(stage: Stage) -> None:
    life, new = queued(stage)
    stage.rooms.settling, stage.rooms.losing = "open", 100
    life.tell()
    stage.time.wait(GIVE_UP + DAY)
    life.tell()
    assert stage.rooms.told("#room") == [new] * 2
    assert telling(life, new).state is State.GIVEN_UP


def test_crashes_do_not_use_up_what_a_doubt_may_be_tried(stage: Stage) -> None:
    life, new = queued(stage)
    for _ in range(2 * DOUBTS):

        def crash() -> None:
            raise Killed

        life.holding = crash
        with pytest.raises(Killed):
            life.step()
        stage.kill(life)
        life = stage.bot()
        stage.time.wait(CLAIM)
    life.tell()
    assert stage.rooms.told("#room") == [new]
    assert telling(life, new).state is State.SENT


def test_the_database_never_reads_what_was_said_to_find_what_is_to_be_said(on_sqlite: Stage) -> None:
    life, _ = queued(on_sqlite)
    run: list[tuple[str, Any]] = []

    def keep(connection: object, cursor: object, statement: str, values: Any, *args: object) -> None:
        if "inbox_announcement" in statement and not statement.startswith("INSERT"):
            run.append((statement, values))

    event.listen(life.ledger.engine, "before_cursor_execute", keep)
    box = outbox(life)
    first = box.claim(on_sqlite.time.wall())
    assert first is not None
    box.doubted(first[0], "who knows", on_sqlite.time.wall())
    box.wait(on_sqlite.time.wall())
    on_sqlite.time.wait(DAY)
    second = box.claim(on_sqlite.time.wall())
    assert second is not None and second[1]
    box.doubt_all()
    event.remove(life.ledger.engine, "before_cursor_execute", keep)
    assert len(run) > 10
    with life.ledger.reading() as connection:
        for statement, values in run:
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
                whole = step.detail.startswith("SCAN inbox_announcement")
                assert not whole or "inbox_announcement_active" in step.detail, (step.detail, statement)


def test_rooms_that_hang_come_last(stage: Stage) -> None:
    names = ["#1", "#2", "#3", "#4"]
    stage.watches = [f"{name} inbox messenger" for name in names]
    life, _ = queued(stage)
    box, now = outbox(life), stage.time.wall()
    claims = {claim[0].room: claim[0] for _ in names if (claim := box.claim(now)) is not None}
    box.refused(claims["#1"], "no", retry_after=0, now=now, in_doubt=False)
    box.doubted(claims["#2"], "who knows", now)
    box.release(claims["#3"], now, in_doubt=False)
    for item in claims.values():
        box.done(item)  # of #4 nothing was recorded, as in a crash
    stage.time.wait(LONGEST_RETRY)
    order = [(claim[0].room, claim[1]) for _ in names if (claim := box.claim(stage.time.wall())) is not None]
    assert order == [("#4", True), ("#3", False), ("#2", True), ("#1", False)]


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


def delivery(stage: Stage, life: Life, meanwhile: Callable[[], object]) -> Delivery:
    """One that does something before the first announcement is put into words."""
    first = [meanwhile]

    def words(item: Announcement) -> Post:
        stage.rooms.written[item.key] = item
        while first:
            first.pop()()
        return Post(("New",))

    return Delivery(
        outbox(life), Edits(life.ledger, Sources(life.ledger, {})), stage.rooms, words=words, clock=stage.time.wall
    )


def test_who_was_slow_before_sending_puts_it_back(stage: Stage) -> None:
    stage.rooms.settling = "open"
    life, new = queued(stage)
    slow = delivery(stage, life, lambda: stage.time.wait(CLAIM))
    assert slow.step() == 0
    assert stage.rooms.messages == []
    assert telling(life, new).state is None
    slow.step()
    assert stage.rooms.told("#room") == [new]
    assert not telling(life, new).repeated


def test_who_was_taken_for_dead_before_sending_sends_nothing(stage: Stage) -> None:
    stage.rooms.settling = "open"
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

    telling_ = delivery(stage, life, fault)
    telling_.step()
    assert "ValueError" in caplog.text and "test_core_mended_outbox.py" in caplog.text
    assert "4111" not in caplog.text and "4111" not in (telling(life, new).error or "")


def test_a_room_is_not_blamed_for_the_ledger(stage: Stage) -> None:
    stage.rooms.settling = "finds"
    life, new = queued(stage)

    def fault() -> None:
        raise LedgerError("locked", "somewhere")

    telling_ = delivery(stage, life, fault)
    with pytest.raises(LedgerError):
        telling_.step()
    (waiting,) = life.service.histories.waiting()
    assert (waiting.tries, waiting.error) == (0, None)
    assert telling_.step() == 0
    assert stage.rooms.told("#room") == [new]
