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
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, watches=["#room inbox messenger", "#room spam messenger"], instant_reply_tag=True)
    yield one
    one.close()


def later(stage: Stage, life: Life, seconds: float = INTERVAL) -> None:
    stage.time.wait(seconds)
    life.look_everywhere()


def statistics(stage: Stage, life: Life, *sources: Source, since: float = NOON) -> Statistics:
    """Those since then, beside as long a time before."""
    now = stage.time()
    period, before = Period(since, now + 1), Period(2 * since - now - 1, since)
    return life.service.statistics.compared(sources or (INBOX, SPAM), period, before)


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


def people(found: Statistics) -> dict[str, int]:
    return {name: each.now.answered for name, each in found.parts[Part.PERSON].items()}


def act(life: Life, words: str, conversation: str) -> None:
    life.say("#room", f"{words} {life.answers.refs.give(INBOX, conversation)}")


def test_an_answer_is_told_of_whoever_had_claimed_it_then(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann, bo, cy, di, eve = (write(stage) for _ in range(5))
    later(stage, life)
    for one in (ann, bo, cy, eve):
        act(life, "claim", one)
    stage.time.wait(10)
    act(life, "release", cy)  # and then somebody answers whom nobody knows
    stage.world.answer(ann, "hi!")
    stage.world.answer(cy, "hi!")
    stage.world.answer(di, "hi!")
    stage.time.wait(10)
    act(life, "claim", di)  # what was just answered
    later(stage, life)
    assert people(statistics(stage, life)) == {"Sam": 2}
    stage.world.answer(bo, "hi!")
    stage.time.wait(5)
    act(life, "done", bo)  # before a look has met the answer
    later(stage, life)
    found = statistics(stage, life)
    assert people(found) == {"Sam": 3} and found.all.now.answered == 4
    # Who claims what was answered long ago, and answers again, is not who had answered it.
    later(stage, life, HOUR)
    act(life, "claim", cy)
    stage.world.answer(cy, "is that all?")
    later(stage, life)
    assert people(statistics(stage, life)) == {"Sam": 3}


def test_who_claims_the_next_question_has_not_answered_the_one_before(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    later(stage, life)
    stage.world.answer(ann, "hi!")
    later(stage, life)
    write(stage, ann)
    later(stage, life)
    act(life, "claim", ann)
    stage.world.answer(ann, "sure")
    later(stage, life)
    found = statistics(stage, life)
    assert people(found) == {"Sam": 1} and found.all.now.answered == 2


def test_what_nobody_wrote_is_no_answer(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann, bo = write(stage), write(stage)
    stage.world.answer(bo, "We will be back.", automatic=True)
    later(stage, life)
    stage.world.answer(ann, "We will be back.", automatic=True)
    stage.world.note(ann, "Lead stage set to Qualified")
    later(stage, life)
    found = statistics(stage, life)
    assert (found.all.now.answered, found.waiting) == (0, 2)


def test_what_moves_between_lists_is_new_once_and_answered_where_it_was_answered(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    later(stage, life)
    stage.world.move(ann, "spam")
    later(stage, life, HOUR)
    stage.world.answer(ann, "hi!")
    later(stage, life)
    stage.world.move(ann, "inbox")
    later(stage, life, HOUR)
    found = statistics(stage, life)
    by_folder = {name: (each.now.new, each.now.answered) for name, each in found.parts[Part.FOLDER].items()}
    assert by_folder == {"inbox": (1, 0), "spam": (0, 1)}
    assert (found.all.now.new, found.all.now.answered, found.waiting) == (1, 1, 0)


def test_two_bots_at_one_ledger_count_once(stage: Stage) -> None:
    first, second = stage.bot(), stage.bot()
    later(stage, first)
    ann = write(stage)
    later(stage, first)
    stage.world.answer(ann, "hi!")
    for life in (first, second, first):
        later(stage, life)
    for life in (first, second):
        found = statistics(stage, life)
        assert (found.all.now.new, found.all.now.answered) == (1, 1)


def test_a_wait_that_turns_out_to_have_begun_earlier_is_as_long_as_that(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    stage.simulator.fail("conversations.*folder=inbox", None, code=2)
    ann = write(stage)
    later(stage, life, 600)
    write(stage, ann)
    stage.simulator.clear()
    later(stage, life)
    stage.world.answer(ann, "hi!")
    later(stage, life)
    assert statistics(stage, life).all.now.took == Lengths(1, 660, 660)


def test_who_may_have_waited_longer_counts_as_long_as_is_known_and_as_answered_in_no_time(stage: Stage) -> None:
    ann = write(stage)
    for _ in range(5):
        stage.time.wait(10)
        write(stage, ann)
    life = stage.bot()
    later(stage, life)
    stage.world.answer(ann, "hi!")
    later(stage, life)
    now = statistics(stage, life).all.now
    assert (now.answered, now.took.count, now.within_hour, now.within_day, now.in_window) == (1, 1, 0, 0, 1)
    assert [each.at_least for each in life.service.figuring.answers([INBOX], Period(NOON, NOON + DAY))] == [True]


def test_times_that_are_yet_to_come_make_no_length_longer_than_it_can_be(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    ann, bo = write(stage), write(stage)
    later(stage, life)
    stage.world.answer(ann, "from the year after next", at=stage.time() + 400 * DAY)
    stage.time.skew = -HOUR  # from here on the bot and its ledger are late
    stage.world.answer(bo, "hi!")
    later(stage, life, 2 * HOUR)  # what has no time is met by a sweep
    found = [*life.service.figuring.answers([INBOX], Period(NOON - DAY, NOON + 1000 * DAY))]
    assert sorted(each.answered - each.since for each in found) == [60, HOUR + 60]


def test_an_answer_may_take_longer_than_a_month(stage: Stage) -> None:
    """Which in milliseconds is more than PostgreSQL's integers hold."""
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    later(stage, life, 40 * DAY)
    stage.world.answer(ann, "sorry")
    later(stage, life)
    now = statistics(stage, life).all.now
    assert (now.took, now.within_day, now.in_window) == (Lengths(1, 40 * DAY, 40 * DAY), 0, 0)


def test_opening_hours_count_where_a_page_has_some(stage: Stage) -> None:
    stage.more["OPEN"] = "mon-fri 12:30-18:00"  # it is Monday noon
    life = stage.bot()
    later(stage, life)
    ann = write(stage)
    stage.time.wait(HOUR)
    stage.world.answer(ann, "hi!")
    later(stage, life)
    now = statistics(stage, life).all.now
    assert (now.took, now.opened) == (Lengths(1, HOUR, HOUR), Lengths(1, HOUR / 2 + INTERVAL, HOUR / 2 + INTERVAL))
    assert [each.opened for each in life.service.figuring.answers([INBOX], Period(NOON, NOON + DAY))] == [1860]


def test_a_day_of_the_team_is_one_by_its_clocks(stage: Stage) -> None:
    stage.more["TIMEZONE"] = "Asia/Kathmandu"  # where it is 17:45
    life = stage.bot()
    later(stage, life)
    write(stage)
    later(stage, life, 7 * HOUR)
    write(stage)
    later(stage, life)
    found = statistics(stage, life)
    assert [(day.begin - NOON, day.new) for day in found.days] == [(-17.75 * HOUR, 1), (6.25 * HOUR, 1)]
    assert found.hours == {(0, 17): 1, (1, 0): 1}
    arrivals = [*life.service.figuring.arrivals([INBOX, SPAM], Period(NOON, NOON + DAY))]
    assert [(each.source, each.begin - NOON, each.many) for each in arrivals] == [(INBOX, 0, 1), (INBOX, 7 * HOUR, 1)]
