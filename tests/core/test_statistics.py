"""How lists fared, as the ledger tells it after looks: what came, what was answered, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.statistics import DAY, HOUR, Lengths, Part, Period, Statistics
from tests.core.stage import INTERVAL, NOON, Life, Stage

INBOX = Source("acme", Platform.MESSENGER, Folder.INBOX)
SPAM = Source("acme", Platform.MESSENGER, Folder.SPAM)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    one = Stage(database_url, watches=["#room inbox messenger", "#room spam messenger"], instant_reply_tag=True)
    yield one
    one.close()


def later(stage: Stage, life: Life, seconds: float = INTERVAL) -> None:
    stage.time.wait(seconds)
    life.look_everywhere()


def statistics(stage: Stage, life: Life, *sources: Source, since: float = NOON) -> Statistics:
    """Those since then, beside as long a time before."""
    now = stage.time()
    period, before = Period(since, now + 1), Period(2 * since - now - 1, since)
    return life.service.statistics(sources or (INBOX, SPAM), period, before)


def write(stage: Stage, thread: str | None = None, folder: str = "inbox") -> str:
    return stage.world.write("acme", thread, "hello?", folder=folder).id


def test_what_came_and_was_answered_is_counted_with_how_long_it_took(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    people = [write(stage) for _ in range(4)]
    write(stage, folder="spam")
    later(stage, life)
    for one, minutes in zip(people, (5, 30, 100), strict=False):
        stage.time.wait(60 * minutes)
        stage.world.answer(one, "hi!")
    later(stage, life)
    found = statistics(stage, life)
    now = found.all.now
    assert (now.new, now.answered, found.waiting) == (5, 3, 2)
    assert now.took == Lengths(3, 60 + 35 * 60, 60 + 135 * 60) and now.opened is None
    assert (now.within_hour, now.within_day, now.in_window) == (2, 3, 3)
    assert found.lengths == [0, 1, 1, 1, 0, 0, 0, 0, 0]
    by_folder = {name: (each.now.new, each.now.answered) for name, each in found.parts[Part.FOLDER].items()}
    assert by_folder == {"inbox": (4, 3), "spam": (1, 0)}
    assert found.all.before.new == found.all.before.answered == 0
    assert found.parts[Part.PERSON] == {}


def test_what_was_asked_and_answered_between_two_looks_counts(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    stage.time.wait(20)
    stage.world.answer(ann, "hi!")
    later(stage, life)
    stage.world.answer(ann, "is that all?")  # a second message is no second answer
    later(stage, life)
    write(stage, ann)
    stage.time.wait(10)
    stage.world.answer(ann, "fine")
    stage.time.wait(10)
    write(stage, ann)
    later(stage, life)
    found = statistics(stage, life)
    assert (found.all.now.answered, found.all.now.took, found.waiting) == (2, Lengths(2, 10, 20), 1)


def test_an_answer_that_is_taken_back_does_not_count_and_the_customer_has_waited_all_the_time(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    later(stage, life)
    stage.world.answer(ann, "for somebody else")
    later(stage, life)
    assert statistics(stage, life).all.now.answered == 1
    stage.world.unsend(ann)
    later(stage, life, 2 * HOUR)  # what has no new time is met by a sweep
    found = statistics(stage, life)
    assert (found.all.now.answered, found.waiting) == (0, 1)
    stage.world.answer(ann, "here you are")
    later(stage, life)
    found = statistics(stage, life)
    assert (found.all.now.took, found.waiting) == (Lengths(1, 2 * 3600 + 120, 2 * 3600 + 120), 0)


def counts(life: Life) -> dict[str, int]:
    """How many rows there are of what statistics are made of."""
    with life.ledger.reading() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM inbox_{table}")).scalar_one()
            for table in ("answer", "arrival", "gap", "wait")
        }


def test_what_is_older_than_the_retention_goes_though_its_conversation_stays(stage: Stage) -> None:
    stage.watches, stage.more["RETENTION_DAYS"] = ["#room inbox messenger"], 3
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    later(stage, life)
    stage.world.answer(ann, "hi!")
    for _ in range(8):
        later(stage, life, DAY / 2)  # each time that nobody looked for so long
        write(stage, ann)
    later(stage, life)
    later(stage, life, DAY)
    found = statistics(stage, life, INBOX)
    assert (found.all.now.answered, found.all.now.new, found.waiting) == (0, 0, 1)
    # Three days are kept, in halves, the last one without looks, and the time before them.
    assert counts(life) == {"answer": 0, "arrival": 0, "gap": 8, "wait": 1}
    assert found.since == NOON + INTERVAL * 2 + 8 * DAY / 2 - 3 * DAY


def test_times_without_looks_are_told(stage: Stage) -> None:
    """The bot is away, then Meta fails, then only one of the lists does; and one is not watched for a while."""
    life = stage.bot()
    assert statistics(stage, life).since is None and statistics(stage, life).looked == 0
    later(stage, life)
    assert statistics(stage, life).since == NOON + INTERVAL
    begin = stage.time()
    for _ in range(10):
        later(stage, life)
    assert statistics(stage, life, since=begin).looked == 1
    stage.stop(life)
    stage.time.wait(10 * INTERVAL)
    life = stage.bot()
    assert statistics(stage, life, since=begin).looked == pytest.approx(1 / 2, abs=4e-3)  # and nobody looks still
    later(stage, life)
    assert statistics(stage, life, since=begin).looked == pytest.approx(10 / 21, abs=4e-3)
    stage.simulator.fail("conversations.*folder=spam", None, code=2)
    for _ in range(10):
        later(stage, life)
    assert statistics(stage, life, since=begin).looked == pytest.approx(10 / 31, abs=4e-3)
    assert statistics(stage, life, INBOX, since=begin).looked == pytest.approx(20 / 31, abs=4e-3)
    stage.simulator.clear()
    later(stage, life)
    assert statistics(stage, life, since=begin).looked == pytest.approx(10 / 32, abs=4e-3)


def test_what_another_bot_looked_at_was_looked_at(stage: Stage) -> None:
    first, second = stage.bot(), stage.bot()
    for turn in range(20):
        stage.time.wait(INTERVAL)
        (first if turn % 10 < 5 else second).look_everywhere()
    found = statistics(stage, first, since=NOON + INTERVAL)
    assert (found.looked, found.since) == (1, NOON + INTERVAL)
    assert counts(first)["gap"] == 2  # from before anybody watched


def test_a_list_that_was_not_watched_for_a_while_was_not_looked_at(stage: Stage) -> None:
    life = stage.bot()
    done = Source("acme", Platform.MESSENGER, Folder.DONE)
    life.say("#other", "watch done messenger")
    begin = stage.time()
    for _ in range(5):
        later(stage, life)
    write(stage, folder="page_done")
    later(stage, life)
    life.say("#other", "unwatch 3")
    later(stage, life)
    assert statistics(stage, life, done, since=begin).looked == pytest.approx(6 / 7, abs=4e-3)
    later(stage, life, 3 * INTERVAL)
    stage.world.write("acme", None, "nobody looks", folder="page_done")
    life.say("#other", "watch done messenger")
    later(stage, life)
    found = statistics(stage, life, done, since=begin)
    assert found.looked == pytest.approx(7 / 11, abs=4e-3) and found.all.now.new == 1
    assert found.since == begin
