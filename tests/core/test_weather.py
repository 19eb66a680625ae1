"""What the admins are told of tokens: each thing once, over restarts and over bots that share a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pageinbox.ask.tokens import EVERY, REFUSED
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.token import DAY
from pageinbox.tell.weather import AGAIN, ASKING, Weather
from tests.core.stage import INTERVAL, Killed, Life, Stage

pytestmark = pytest.mark.servers

ENDS, DEAD = NoticeKind.TOKEN_ENDS, NoticeKind.TOKEN_DEAD
NEW, RENEWED, WORKS = NoticeKind.TOKEN_NEW, NoticeKind.ACCESS_RENEWED, NoticeKind.TOKEN_WORKS


PAGES = ("acme", "globex", "initech")


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Stage]:
    """Three Pages that nobody watches."""
    made = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", pages=PAGES, watches=())
    yield made
    made.close()


@pytest.fixture
def shared(ledger_url: str) -> Iterator[Stage]:
    """The same, on both kinds of databases."""
    made = Stage(ledger_url, pages=PAGES, watches=())
    yield made
    made.close()


def bot(stage: Stage, **more: Any) -> Life:
    return stage.bot(admins=["@ops"], **more)


def asks(*lives: Life, times: int = 1) -> None:
    """Each bot asks about its tokens, so often, and tells what it makes of it."""
    for _ in range(times):
        for life in lives:
            life.service.tokens.ask()
            tells(life)
        lives[0].stage.time.wait(EVERY)


def tells(*lives: Life) -> None:
    for life in lives:
        while life.service.weather.tell() == 0:
            pass
        life.tell()


def heard(stage: Stage) -> list[list[tuple[NoticeKind, str]]]:
    """What the admins have heard of which Pages since they were asked last, in each message."""
    told = [[(one.kind, one.page) for one in message.item.notices] for message in stage.rooms.of("@ops")]
    stage.rooms.messages.clear()
    return told


def date(stage: Stage, page: str = "acme", **days: float) -> None:
    """Let a token, or its access, end in so many days."""
    stage.world.date_token(page, **{key: stage.time() + days * DAY for key, days in days.items()})


def test_each_step_is_told_once_whoever_tells_it_and_the_latest_alone_after_a_time_away(shared: Stage) -> None:
    date(shared, expires_at=20)
    first, second = bot(shared), bot(shared)
    asks(first, second)
    assert heard(shared) == []
    told = {}
    for hour in range(6, 12 * 24, 6):
        shared.time.wait(6 * 3600)
        for life in (second, first):
            if hour % 24 == 0:
                life.service.tokens.ask()
            tells(life)
        if hour == 8 * 24:
            shared.kill(first)
            first = bot(shared)
            first.service.tokens.ask()
        if now := heard(shared):
            told[hour // 24] = now
    assert told == {6: [[(ENDS, "acme")]]}
    shared.kill(first)
    shared.kill(second)
    shared.time.wait(7.5 * DAY)
    first, second = bot(shared), bot(shared)
    asks(second, first, times=3)
    assert heard(shared) == [[(ENDS, "acme")]]
    shared.time.wait(0.4 * DAY)
    tells(first, second)
    assert heard(shared) == []


def test_pages_that_end_on_one_day_are_one_message(stage: Stage) -> None:
    date(stage, "acme", expires_at=14.4)
    date(stage, "initech", expires_at=14.1)
    date(stage, "globex", data_access_expires_at=14.2)
    life = bot(stage)
    asks(life)
    stage.time.wait(0.15 * DAY)
    tells(life)
    assert heard(stage) == [[(ENDS, "acme"), (ENDS, "initech")]]
    stage.time.wait(0.3 * DAY)
    tells(life)
    assert heard(stage) == [[(ENDS, "globex")]]


def test_access_that_ends_with_its_token_is_not_told_of(stage: Stage) -> None:
    date(stage, expires_at=2, data_access_expires_at=2)
    asks(bot(stage))
    (message,) = stage.rooms.of("@ops")
    assert [one.access for one in message.item.notices] == [False]


def test_access_that_has_ended_is_told_once_and_so_is_that_it_was_renewed(stage: Stage) -> None:
    date(stage, data_access_expires_at=-2)
    life, other = bot(stage), bot(stage)
    asks(life, other, times=2)
    assert heard(stage) == [[(ENDS, "acme")]]
    date(stage, data_access_expires_at=90)
    stage.time.wait(DAY)
    asks(life, other, times=2)
    assert heard(stage) == [[(RENEWED, "acme")]]


def test_a_dead_token_of_a_page_that_nobody_watches_is_told_when_it_is_sure(shared: Stage) -> None:
    shared.world.kill_token("acme", 460)
    life, other = bot(shared), bot(shared)
    asks(life, other, times=REFUSED - 1)
    assert heard(shared) == []
    asks(life, other, times=3)
    assert heard(shared) == [[(DEAD, "acme")]]
    shared.kill(life)
    life = bot(shared)
    asks(life, other, times=2 * REFUSED)
    assert heard(shared) == []


def test_a_refusal_for_a_moment_is_told_to_nobody(stage: Stage) -> None:
    life = bot(stage)
    stage.simulator.fail("", REFUSED - 1, code=190)
    asks(life, times=6)
    assert heard(stage) == []


def test_a_dead_token_is_told_by_looks_where_somebody_watches_and_not_twice(shared: Stage) -> None:
    shared.watches = ["#room inbox messenger acme", "#room spam acme"]
    life, other = bot(shared), bot(shared)
    life.look_everywhere()
    shared.world.kill_token("acme", 460)
    asks(life, other, times=REFUSED + 1)
    assert heard(shared) == []
    for _ in range(4):
        shared.time.wait(10 * INTERVAL)
        life.look_everywhere()
        tells(life, other)
    ((kind, _), *_), *rest = heard(shared)
    assert (kind, rest) == (NoticeKind.TROUBLE, [])
    asks(life, other, times=2)
    shared.watches = ["#room inbox messenger acme", "#room spam acme", "#other other acme"]
    shared.kill(life)
    life = bot(shared)
    for _ in range(4):
        shared.time.wait(10 * INTERVAL)
        life.look_everywhere()
        tells(life, other)
    assert heard(shared) == []


def test_what_was_told_before_somebody_watched_is_not_told_by_looks(stage: Stage) -> None:
    stage.world.kill_token("acme", 460)
    life = bot(stage)
    asks(life, times=REFUSED)
    assert heard(stage) == [[(DEAD, "acme")]]
    stage.watches = ["#room inbox messenger acme"]
    stage.kill(life)
    life = bot(stage)
    for _ in range(5):
        stage.time.wait(10 * INTERVAL)
        life.look_everywhere()
        tells(life)
    assert heard(stage) == []


@pytest.mark.parametrize("asked", [True, False])
def test_a_token_that_works_again_is_told_once_after_a_look(shared: Stage, asked: bool) -> None:
    shared.watches = ["#room inbox messenger acme"]
    life = bot(shared)
    life.look_everywhere()
    shared.world.kill_token("acme", 460)
    for _ in range(4):
        shared.time.wait(10 * INTERVAL)
        life.look_everywhere()
        tells(life)
    assert len(heard(shared)) == 1
    shared.world.issue_token("acme", expires_at=shared.time() + 60 * DAY)
    shared.kill(life)
    shared.time.wait(2 * INTERVAL)  # so that its lists are free
    life, other = bot(shared), bot(shared)
    life.look_everywhere()
    tells(life, other)
    assert heard(shared) == []
    if asked:
        asks(life, other)
    else:
        shared.time.wait(60)
        tells(life, other)
    ((until, kind),) = [(one.until, one.kind) for message in shared.rooms.of("@ops") for one in message.item.notices]
    assert (until, kind) == (shared.world.tokens[shared.world.pages["acme"].token].expires_at if asked else None, WORKS)
    heard(shared)
    asks(life, other, times=3)
    life.look_everywhere()
    tells(life, other)
    assert heard(shared) == []


def test_a_token_in_place_of_one_that_was_about_to_end_is_told_once(shared: Stage) -> None:
    date(shared, "acme", expires_at=2)
    date(shared, "globex", expires_at=2)
    life = bot(shared)
    asks(life)
    assert len(heard(shared)) == 1
    shared.kill(life)
    shared.world.issue_token("acme")
    shared.world.issue_token("globex", expires_at=shared.time() + 10 * DAY)
    life, other = bot(shared), bot(shared)
    asks(life, other, times=2)
    assert heard(shared) == [[(NEW, "acme"), (NEW, "globex")]]
    shared.time.wait(7 * DAY)
    tells(life, other)
    assert heard(shared) == [[(ENDS, "globex")]], "by that it was told of the first step"


def test_what_nobody_tells_any_more_changes_nothing(stage: Stage) -> None:
    date(stage, expires_at=2)
    life = bot(stage)
    asks(life)
    heard(stage)
    stage.simulator.fail("debug_token", None, code=100)
    stage.kill(life)
    life = bot(stage)
    asks(life, times=3)
    assert heard(stage) == []


def test_bots_with_different_tokens_tell_each_of_its_own_once(stage: Stage) -> None:
    date(stage, expires_at=2)
    first = bot(stage)
    stage.world.issue_token("acme", expires_at=stage.time() + 60 * DAY)
    second = bot(stage)
    asks(first, second, times=20)
    assert heard(stage) == [[(ENDS, "acme")], [(NEW, "acme")]]


def test_the_clock_that_counts_is_metas(stage: Stage) -> None:
    date(stage, expires_at=20)
    ahead, behind = bot(stage, ahead=10 * DAY), bot(stage, ahead=-10 * DAY)
    asks(ahead, behind)
    assert heard(stage) == []
    stage.time.wait(6.1 * DAY)
    tells(behind, ahead)
    assert heard(stage) == [[(ENDS, "acme")]]


def test_a_bot_without_admins_tells_nobody(stage: Stage) -> None:
    date(stage, expires_at=2)
    life = stage.bot()
    life.service.tokens.ask()
    assert life.service.weather.tell() is None
    assert stage.rooms.messages == []


@pytest.mark.parametrize("steps", (1, 3, 5, 7))
def test_a_bot_that_dies_while_it_tells_leaves_it_to_the_next(shared: Stage, steps: int) -> None:
    date(shared, expires_at=2)
    life = bot(shared)
    life.service.tokens.ask()
    life.fuse = steps
    with suppress(Killed):
        tells(life)
    shared.kill(life)
    shared.time.wait(120)  # so that what it had claimed is free
    life = bot(shared)
    asks(life)
    assert [one.item.notices[0].page for one in shared.rooms.of("@ops")] == ["acme"]


def test_a_ledger_that_fails_is_told_what_it_missed(stage: Stage) -> None:
    date(stage, expires_at=2)
    life = bot(stage)
    life.service.tokens.ask()
    life.fuse = 2
    with pytest.raises(Killed):
        life.service.weather.tell()
    life.fuse = None
    tells(life)
    assert heard(stage) == [[(ENDS, "acme")]]


def test_what_ends_together_waits_until_all_have_been_asked_about_but_not_for_ever(stage: Stage) -> None:
    date(stage, expires_at=2)
    life, seconds = bot(stage), 1.0
    life.service.tokens.ask()
    weather = Weather(
        life.ledger,
        life.answers.listing.clients,
        ["@ops"],
        ids={page.name: page.id for page in stage.world.pages.values()},
        asking=lambda: seconds,
        watched=set,
        timer=stage.time,
    )
    assert weather.tell() == AGAIN
    assert heard(stage) == []
    seconds = ASKING
    assert weather.tell() == 0
    life.tell()
    assert heard(stage) == [[(ENDS, "acme")]]
