"""Bots whose clocks differ, that hang, and whose ledger's clock is set: nothing is said twice or kept back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from pageinbox.ledger.claims import CLAIM
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.failing import RETRY
from pageinbox.ledger.schema import announcement
from pageinbox.model.chat import ChatError
from pageinbox.model.history import State
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Killed, Life, Settling, Stage

DAY = 86400.0
SKEWS = (0.05, -0.05, 0.2, -0.2, 1, -1, 600, -600)


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url)
    yield one
    one.close()


@pytest.fixture
def on_sqlite(ledger_folder: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite")
    yield one
    one.close()


def quiet(one: Stage, **more: Any) -> Life:
    """A bot that has learned what is there, and told it."""
    return learned(one, **more)


def found(one: Stage, life: Life, number: int = 1, *, after: float = INTERVAL) -> list[str]:
    """So many new conversations, which a bot has found."""
    new = one.arrive(number)
    one.time.wait(after)
    life.look_everywhere()
    return new


def test_what_one_is_sending_is_left_to_it_whatever_the_clocks_of_others_show(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#other inbox messenger"]
    life = quiet(stage)
    for skew in SKEWS:
        other = stage.bot(ahead=skew)
        new = found(stage, life)
        life.holding = other.tell
        life.tell()
        assert (stage.rooms.told("#room"), stage.rooms.told("#other")) == (new, new)
        stage.rooms.messages.clear()
        stage.stop(other)


def test_what_a_dead_bot_was_sending_is_taken_over_once_its_claim_is_over(stage: Stage) -> None:
    stage.stop(quiet(stage))
    for skew in SKEWS:
        other = stage.bot(ahead=skew)
        life = stage.bot()
        new = found(stage, life)
        die_sending(life)
        stage.time.wait(CLAIM - 1)
        other.tell()
        assert stage.rooms.told("#room") == []
        stage.time.wait(1)
        other.tell()
        assert stage.rooms.told("#room") == new
        stage.rooms.messages.clear()
        stage.time.wait(2 * INTERVAL)  # until nobody has what the dead one had
        stage.stop(other)


def die_sending(life: Life) -> None:
    """Let a bot be killed when it has claimed what is next."""

    def die() -> None:
        raise Killed

    life.holding = die
    with pytest.raises(Killed):
        life.step()
    life.stage.kill(life)


@pytest.mark.parametrize("skew", [-600, 600])
def test_what_one_bot_has_found_another_tells_at_once(stage: Stage, skew: float) -> None:
    life, other = quiet(stage), stage.bot(ahead=skew)
    new = found(stage, other, after=2 * INTERVAL)
    assert life.tell() > 0
    assert stage.rooms.told("#room") == new


@pytest.mark.parametrize("skew", [-600, 600])
def test_a_room_that_failed_for_one_is_tried_by_another_when_it_is_time(stage: Stage, skew: float) -> None:
    life, other = quiet(stage), stage.bot(ahead=skew)
    new = found(stage, life)
    stage.rooms.down = True
    other.tell()
    stage.rooms.down = False
    assert life.tell() == pytest.approx(RETRY.first, abs=0.01)
    stage.time.wait(RETRY.first)
    life.tell()
    assert stage.rooms.told("#room") == new


@pytest.mark.servers
def test_the_time_is_read_by_who_has_the_right_to_write_not_by_who_waits_for_it(on_sqlite: Stage) -> None:
    life = quiet(on_sqlite)
    found(on_sqlite, life)
    other, begins = on_sqlite.bot(), threading.Event()

    def beginning(connection: object, cursor: object, statement: str, *args: object) -> None:
        if statement.startswith("BEGIN"):
            begins.set()

    event.listen(life.ledger.engine, "before_cursor_execute", beginning)
    sent_until = []

    def during() -> None:
        with life.ledger.reading() as connection:
            sent_until.append(connection.execute(select(announcement.c.until)).scalars().all()[-1])

    life.holding = during
    with other.ledger.writing():
        teller = threading.Thread(target=life.tell)
        teller.start()
        begins.wait()
        on_sqlite.time.wait(30)
    teller.join()
    assert sent_until == [round((on_sqlite.time.wall() + CLAIM) * 1000)]


def test_a_claim_of_who_read_the_time_a_little_later_is_none_that_is_over(stage: Stage) -> None:
    life, other = quiet(stage), stage.bot()
    new = found(stage, life)

    def during() -> None:
        stage.time.skew = -5
        other.tell()

    life.holding = during
    life.tell()
    assert stage.rooms.told("#room") == new


def overtaken(stage: Stage, other: Life) -> Callable[[], None]:
    """What happens while a bot hangs for two minutes."""

    def hang() -> None:
        stage.time.wait(2 * CLAIM)
        other.tell()

    return hang


@pytest.mark.parametrize("settling", ["finds", "joins", "open"])
def test_a_bot_that_hung_just_when_it_was_sending_marks_what_another_has_told(stage: Stage, settling: Settling) -> None:
    stage.rooms.settling = settling
    life, other = quiet(stage), stage.bot()
    new = found(stage, life)
    life.holding = overtaken(stage, other)
    life.tell()
    messages = stage.rooms.of("#room")
    marked = {receipt for _, receipt, item in stage.rooms.edits if item.repeat}
    unmarked = [one for one in messages if not one.item.repeat and one.receipt not in marked]
    assert {one.item.news[0].conversation.id for one in messages if one.item.news[0].conversation} == set(new)
    assert len(unmarked) <= 1 and len(messages) == (1 if settling == "joins" else 2)
    for _ in range(3):
        stage.time.wait(2 * CLAIM)
        life.tell()
        other.tell()
    assert stage.rooms.of("#room") == messages


def test_a_bot_that_hung_behind_sending_finds_its_message_told(stage: Stage) -> None:
    life, other = quiet(stage), stage.bot()
    new = found(stage, life)
    stage.rooms.after = overtaken(stage, other)
    life.service.delivery.step()
    assert stage.rooms.told("#room") == new and stage.rooms.edits == []


def test_what_a_thread_that_hung_comes_back_with_does_not_end_what_another_one_does(stage: Stage) -> None:
    stage.rooms.settling = "open"
    life, other = quiet(stage), stage.bot()
    new = found(stage, life)

    def hang() -> None:
        stage.time.wait(2 * CLAIM)
        stage.rooms.down = True
        other.tell()  # takes it over, and is refused
        stage.time.wait(RETRY.longest)
        stage.rooms.down = False
        meanwhile.append(life.service.delivery.step())  # another thread of the first
        raise ChatError("the chat can't be reached")

    meanwhile: list[float | None] = []
    life.holding = hang
    life.step()
    assert meanwhile == [None]
    stage.time.wait(RETRY.longest)
    life.tell()
    (message,) = stage.rooms.of("#room")
    assert message.item.repeat and stage.rooms.told("#room") == new


def test_an_edit_that_comes_too_late_is_made_anew(stage: Stage) -> None:
    life, other = quiet(stage), stage.bot()
    (new,) = found(stage, life)
    life.tell()
    stage.world.answer(new, "first", at=stage.time())
    stage.time.wait(INTERVAL)
    life.look_everywhere()

    def hang() -> None:
        stage.world.answer(new, "second", at=stage.time())
        stage.time.wait(2 * INTERVAL)
        other.look_everywhere()
        other.tell()

    stage.rooms.editing = hang
    life.tell()
    stage.time.wait(INTERVAL)
    life.tell()
    items = [item for _, _, item in stage.rooms.edits]
    assert len(items) >= 3 and items[-1].news == items[1].news != items[0].news


def test_a_clock_that_is_set_back_by_a_day_silences_no_room(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#other inbox messenger"]
    life = quiet(stage)
    stage.time.skew = DAY
    stage.rooms.failing.add("#room")
    new = found(stage, life)
    for _ in range(8):
        stage.time.wait(min(RETRY.longest, life.tell()))
    new += found(stage, life)
    stage.time.skew = 0
    stage.rooms.failing.clear()
    life.tell()
    assert (stage.rooms.told("#room"), stage.rooms.told("#other")) == (new, new)
    assert life.service.histories.waiting() == []


def test_a_clock_that_is_set_back_by_a_day_frees_what_a_dead_bot_had(stage: Stage) -> None:
    other = quiet(stage)
    life = stage.bot()
    stage.time.skew = DAY
    new = found(stage, life, after=2 * INTERVAL)
    stage.time.wait(10)
    die_sending(life)
    stage.time.skew = 0
    other.look_everywhere()
    other.tell()
    assert stage.rooms.told("#room") == new


def test_a_clock_that_is_set_back_by_a_day_keeps_no_edit_back(stage: Stage) -> None:
    life = quiet(stage)
    (new,) = found(stage, life)
    life.tell()
    stage.time.skew = DAY
    stage.rooms.refusing_edits = ChatError("busy")
    stage.world.answer(new, "yes", at=stage.time())
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    life.tell()
    stage.time.skew, stage.rooms.refusing_edits = 0, None
    life.tell()
    assert len(stage.rooms.edits) == 1


def test_quiet_hours_are_kept_where_no_clock_was_set(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger quiet 13:00-11:30"]
    life = quiet(stage)
    stage.time.wait(2 * 3600)
    new = found(stage, life)
    assert life.tell() > 20 * 3600
    stage.time.wait(22 * 3600)
    life.tell()
    assert stage.rooms.told("#room") == new


def test_the_ledgers_time_is_its_databases_own_as_it_is_now(ledger_url: str) -> None:
    ledger = open_ledger(ledger_url)
    if ledger.engine.dialect.name == "sqlite":
        clock = text("SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)")
    else:
        clock = text("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint")
    with ledger.writing() as connection:
        for _ in range(3):
            before = connection.execute(clock).scalar_one()
            now = ledger.now(connection)
            assert before - 1 <= now <= connection.execute(clock).scalar_one() + 1
    ledger.close()


def test_what_is_sent_is_marked_by_the_ledgers_time(stage: Stage) -> None:
    life = quiet(stage, ahead=600)
    (new,) = found(stage, life)
    life.tell()
    history = life.service.histories.history(new)
    assert history is not None
    (told,) = history.rooms
    assert (told.state, told.sent) == (State.SENT, stage.time.wall())
