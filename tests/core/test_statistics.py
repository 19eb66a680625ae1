"""How lists fared, as the ledger tells it after looks: what came, what was answered, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.statistics import HOUR, Lengths, Part, Period, Statistics
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
