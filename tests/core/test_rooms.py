"""A room goes on as another one: nothing it was to hear is lost, nothing is said twice; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from pageinbox.ledger.rooms import move
from pageinbox.model.announcement import Announcement
from pageinbox.model.watch import WatchSpec
from tests.core.stage import INTERVAL, Life, Stage
from tests.core.test_outbox import found, outbox, queued, telling


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url)
    yield one
    one.close()


def moved(life: Life, old: str = "#room", new: str = "#new") -> bool:
    return move(life.ledger, old, new, life.stage.time.wall())


def claimed(life: Life) -> Announcement:
    claim = outbox(life).claim()
    assert claim is not None
    return claim[0]


def test_what_is_queued_is_said_where_the_room_goes_on_and_what_was_said_is_not_edited(stage: Stage) -> None:
    life, (first,) = queued(stage)
    life.tell()
    (second,) = found(stage, life)
    assert moved(life) and moved(life), "again is nothing"
    life.tell()
    assert (stage.rooms.told("#room"), stage.rooms.told("#new")) == ([first], [second])
    assert telling(life, first, "#new").receipt is None
    for conversation in (first, second):
        stage.world.answer(stage.world.thread(conversation), "yes")
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    life.tell()
    assert [room for room, *_ in stage.rooms.edits] == ["#new"], "the one that was said there"
    assert [watch.room for watch in life.service.watches.watches()] == ["#new"]


def test_the_outbox_is_shown_also_while_a_room_goes_on_as_another_one(stage: Stage) -> None:
    life, _ = queued(stage)
    life.service.watches.add("#new", WatchSpec(), stage.time.wall())
    found(stage, life)
    assert {backlog.room for backlog in life.service.histories.waiting()} == {"#room", "#new"}
    went: list[bool] = []

    def go(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not went and statement.startswith("SELECT inbox_room.id"):
            went.append(True)
            going = threading.Thread(target=lambda: went.append(moved(life)))
            going.start()
            going.join()

    event.listen(life.ledger.engine, "before_cursor_execute", go)
    shown = life.service.histories.waiting()
    event.remove(life.ledger.engine, "before_cursor_execute", go)
    assert went == [True, True] and {backlog.room for backlog in shown} == {"#new"}


def test_a_room_that_failed_begins_anew(stage: Stage) -> None:
    life, (new,) = queued(stage)
    stage.rooms.failing = {"#room"}
    assert life.step() == 0
    assert moved(life)
    assert life.step() == 0, "without waiting for what the other room had to"
    assert stage.rooms.told("#new") == [new]


def test_while_something_is_sent_the_room_stays(stage: Stage) -> None:
    life, (new,) = queued(stage)
    tries: list[bool] = []
    life.holding = lambda: tries.append(moved(life))
    life.tell()
    assert tries == [False] and stage.rooms.told("#room") == [new]
    assert moved(life) and telling(life, new, "#new").sent is not None


def test_what_is_in_doubt_is_said_again_as_a_repeat(stage: Stage) -> None:
    life, (new,) = queued(stage)
    box = outbox(life)
    item = claimed(life)
    box.doubted(item, "the connection broke")
    assert moved(life)
    stage.time.wait(INTERVAL)
    claim = box.claim()
    assert claim and claim[1]
    assert (claim[0].room, claim[0].repeat) == ("#new", True)
    assert [one.conversation.id for one in claim[0].news if one.conversation] == [new]


def test_rooms_that_both_know_a_conversation_tell_of_it_once(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#new inbox messenger"]
    life, (new,) = queued(stage)
    life.tell()
    (later,) = found(stage, life)
    assert moved(life)
    life.tell()
    assert (stage.rooms.told("#room"), stage.rooms.told("#new")) == ([new], [new, later])
    assert [watch.room for watch in life.service.watches.watches()] == ["#new"]


def test_of_twins_the_one_of_the_settings_stays_and_hears_what_the_other_was_to(stage: Stage) -> None:
    life, (new,) = queued(stage)
    (ops,) = life.service.watches.watches()
    twin, _ = life.service.watches.add("#new", ops.spec, stage.time.wall())
    other, _ = life.service.watches.add("#new", WatchSpec(page="acme"), stage.time.wall())
    assert moved(life)
    assert [watch.number for watch in life.service.watches.watches()] == [ops.number, other.number]
    assert twin.number not in (ops.number, other.number)
    life.tell()
    assert stage.rooms.told("#new") == [new]
