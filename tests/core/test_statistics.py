"""How lists fared, as the ledger tells it after looks: what came, what was answered, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.statistics import Lengths, Part, Period, Statistics
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
