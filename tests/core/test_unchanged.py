"""The ledger is not asked again about a list that comes as it did, and is as soon as anything may have changed."""

from __future__ import annotations

import pytest
from sqlalchemy import event, update

from pageinbox.ledger import schema
from tests.core.looked import Set
from tests.core.stage import INTERVAL, Life, Stage, source, told_once

DAY = 86_400


def asks(life: Life) -> bool:
    """Whether one look at the inbox, an interval later, asks what the ledger knows of conversations."""
    asked: list[str] = []

    def executing(connection: object, cursor: object, statement: str, *more: object) -> None:
        if statement.startswith("SELECT") and "FROM inbox_conversation" in statement:
            asked.append(statement)

    life.stage.time.wait(INTERVAL)
    event.listen(life.ledger.engine, "before_cursor_execute", executing)
    outcome = life.look_at(source())
    event.remove(life.ledger.engine, "before_cursor_execute", executing)
    assert (outcome.trouble, outcome.again) == (None, None)
    life.tell()
    return bool(asked)


def quiet(one: Stage, number: int = 3) -> tuple[Life, list[str]]:
    """A bot whose looks at a list of so many conversations find nothing any more, and what is in the list."""
    there = one.arrive(number)
    life = one.bot()
    life.look_everywhere()
    life.tell()
    for _ in range(3):
        asks(life)
    assert not asks(life)
    one.rooms.messages.clear()
    return life, there


@pytest.mark.parametrize("number", [0, 1, 50, 51, 200])
def test_a_list_of_any_length_that_comes_as_it_did_is_not_asked_about(stage: Set, number: int) -> None:
    one = stage()
    life, _ = quiet(one, number)
    assert not asks(life)
    new = one.arrive()
    assert asks(life)
    assert told_once(one, "#room", new)


def test_another_message_is_told(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger every message"])
    life, (first, *_) = quiet(one)
    one.world.write("acme", first, "Anybody there?")
    assert asks(life)
    assert one.rooms.told("#room") == [first]


def test_what_is_hidden_and_comes_back_is_asked_about_each_time(stage: Set) -> None:
    one = stage()
    life, (first, *_) = quiet(one)
    one.world.hide(first)
    assert asks(life)
    one.world.reveal(first)
    assert asks(life)
    assert one.rooms.told("#room") == []


def test_what_is_moved_into_the_list_is_told(stage: Set) -> None:
    one = stage()
    spam = one.arrive(folder="spam")[0]
    life, _ = quiet(one)
    one.world.move(spam, "inbox")
    assert asks(life)
    assert one.rooms.told("#room") == [spam]


def test_what_another_bot_has_told_is_not_told_again(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    second, new = one.bot(), one.arrive()
    one.time.wait(3 * INTERVAL)
    assert second.look_at(source()).new == 1
    second.tell()
    one.time.wait(3 * INTERVAL)
    assert asks(life)
    assert told_once(one, "#room", new)


def test_what_another_bot_has_learned_of_the_source_is_asked_about(stage: Set) -> None:
    """As it was in the list only while the other one looked."""
    one = stage()
    life, _ = quiet(one)
    second, (new,) = one.bot(), one.arrive()
    one.time.wait(3 * INTERVAL)
    second.look_at(source())
    second.tell()
    one.world.delete(new)
    one.time.wait(3 * INTERVAL)
    assert asks(life)
    assert one.rooms.told("#room") == [new]


def test_a_ledger_that_was_set_back_is_asked(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    with life.ledger.writing() as connection:
        connection.execute(update(schema.source).values(known=schema.source.c.known - 1))
    assert asks(life)


def test_a_list_of_which_something_was_forgotten_is_asked_about(stage: Set) -> None:
    one = stage()
    one.more |= {"RETENTION_DAYS": 1}
    life, _ = quiet(one)
    one.time.wait(2 * DAY)
    new = one.arrive()
    assert asks(life)
    one.time.wait(DAY)
    assert asks(life), "it is swept, and what is idle forgotten behind that"
    (record,) = life.service.standings.records().values()
    assert record.known == 1
    assert asks(life)
    assert not asks(life)
    one.time.wait(10)
    life.tell()
    assert told_once(one, "#room", new)


def test_a_bot_that_begins_with_another_retention_asks(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    one.stop(life)
    one.more |= {"RETENTION_DAYS": 800}
    assert asks(one.bot())
    assert one.rooms.told("#room") == []


def test_a_list_that_is_watched_again_after_a_time_is_asked_about(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    (watch,) = life.service.watches.watches()
    life.service.watches.end(watch.number, one.time.wall())
    life.service.poll.sources()
    life.service.watches.add("#other", watch.spec, one.time.wall())
    life.service.poll.sources()
    assert asks(life)
    assert one.rooms.told("#other") == []


def test_a_watch_that_is_added_hears_of_what_comes(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    (watch,) = life.service.watches.watches()
    life.service.watches.add("#other", watch.spec, one.time.wall())
    life.service.poll.sources()
    assert not asks(life), "what is known is known for all watches"
    new = one.arrive()
    assert asks(life)
    assert one.rooms.told("#other") == one.rooms.told("#room") == new


def test_a_time_that_is_yet_to_come_hides_nothing(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    one.world.write("acme", None, "from tomorrow", at=one.time() + DAY)
    assert asks(life)
    one.rooms.messages.clear()
    for _ in range(2):
        asks(life)
    assert not asks(life)
    new = one.arrive()
    assert asks(life)
    assert told_once(one, "#room", new)
    one.time.wait(2 * DAY)
    new += one.arrive()
    assert asks(life)
    one.time.wait(10)
    life.tell()
    assert told_once(one, "#room", new), "the last one as what came after a time without looks"


def test_who_was_erased_is_not_told_until_they_write_again(stage: Set) -> None:
    one = stage()
    life, (first, *_) = quiet(one)
    look = life.answers.listing.memory.last(source())
    assert look is not None
    life.service.erasing.erase([(source(), each) for each in look.conversations if each.id == first])
    assert asks(life)
    assert not asks(life)
    assert one.rooms.told("#room") == []
    one.world.write("acme", first, "It is me again")
    assert asks(life)
    assert one.rooms.told("#room") == [first]


def test_a_sweep_asks(stage: Set) -> None:
    one = stage()
    life, _ = quiet(one)
    one.time.wait(3600)
    assert asks(life)
    assert not asks(life)
