"""Marks that end without anybody of the team: what rooms hear of it, and how."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pageinbox.model.act import ActKind, Ending
from pageinbox.model.wait import Window, window
from pageinbox.model.watch import Detail
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Life, Stage, source
from tests.core.test_acts import ROOM, SAM, acts, marks, on, said, tell

HOUR = 3600.0


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, pages=["acme", "beta"])
    yield one
    one.close()


def watching(stage: Stage, watch: str = "", page: str = "acme") -> tuple[Life, str, str]:
    """A bot that has told a room, which watches like this, of a new conversation; its id, and its ref."""
    stage.watches = [f"{ROOM} inbox messenger {watch}"]
    life = learned(stage)
    (new,) = stage.arrive(page=page)
    on(stage, life)
    return life, new, life.answers.refs.give(source(page), new)


def heard(stage: Stage, before: int) -> list[str]:
    """The rooms that were told something since there were so many messages."""
    return [message.room for message in stage.rooms.messages[before:]]


@pytest.mark.parametrize("act", ["claim", "snooze"])
def test_a_mark_on_a_page_that_is_gone_waits_until_it_is_back(stage: Stage, act: str) -> None:
    life, new, ref = watching(stage, page="beta")
    said(life, f"{act} {ref}")
    stage.stop(life)
    gone = stage.world.pages.pop("beta")
    life = stage.bot()
    stage.time.wait(5 * HOUR)
    tell(life)
    stage.stop(life)
    stage.world.pages["beta"] = gone
    life = stage.bot()
    assert acts(life, new)[0].ended is None
    on(stage, life)
    assert acts(life, new)[0].ending is Ending.RAN_OUT


@pytest.mark.parametrize(("level", "shown"), [("count", None), ("initials", Detail.INITIALS)])
@pytest.mark.parametrize("act", ["claim", "snooze", "done"])
def test_no_more_is_shown_than_the_rooms_watch_shows(stage: Stage, level: str, shown: Detail, act: str) -> None:
    life, new, ref = watching(stage, f"as {level}")
    before = len(stage.rooms.messages)
    said(life, f"{act} {ref}")
    if act == "done":
        stage.time.wait(60)
        stage.world.write("acme", new, "hello?")
    on(stage, life, 4 * HOUR)
    on(stage, life)
    [told] = [message.item for message in stage.rooms.messages[before:] if message.room == ROOM]
    assert [news.detail for news in told.news] == [shown or Detail.COUNT]


@pytest.mark.parametrize("act", ["claim", "snooze"])
def test_what_ends_in_quiet_hours_is_told_when_they_end(stage: Stage, act: str) -> None:
    life, _, ref = watching(stage, "quiet 13:00-20:00")
    before = len(stage.rooms.messages)
    said(life, f"{act} {ref}")
    on(stage, life, 5 * HOUR)
    on(stage, life)
    assert ROOM not in heard(stage, before)
    on(stage, life, 3 * HOUR)
    assert heard(stage, before).count(ROOM) == 1


def test_a_muted_watch_hears_of_no_end_but_of_a_snooze_made_there(stage: Stage) -> None:
    life, done, ref = watching(stage)
    said(life, f"done {ref}")
    claimed, snoozed = stage.arrive(2)
    on(stage, life)
    said(life, f"claim {life.answers.refs.give(source(), claimed)}")
    said(life, f"snooze {life.answers.refs.give(source(), snoozed)}")
    said(life, "mute watch 1")
    before = len(stage.rooms.messages)
    stage.world.write("acme", done, "hello?")
    on(stage, life, 5 * HOUR)
    on(stage, life)
    assert sorted(heard(stage, before)) == [ROOM, SAM.id]
    assert stage.rooms.told(ROOM)[-1] == snoozed
    assert marks(life, done).done is None


@pytest.mark.parametrize("act", ["claim", "snooze"])
def test_a_muted_conversation_is_told_to_whoever_has_it_alone(stage: Stage, act: str) -> None:
    life, _, ref = watching(stage)
    said(life, f"{act} {ref}")
    said(life, f"mute {ref}")
    before = len(stage.rooms.messages)
    on(stage, life, 5 * HOUR)
    on(stage, life)
    assert heard(stage, before) == ([SAM.id] if act == "claim" else [])


def test_a_claim_in_what_only_the_ledger_knows_is_recalled_with_its_words(stage: Stage) -> None:
    life, _, ref = watching(stage)
    stage.kill(life)
    life = stage.bot()
    said(life, f"claim {ref}")
    on(stage, life, 4 * HOUR)
    on(stage, life)
    recalled = stage.rooms.of(ROOM)[-1].item.news[0].conversation
    assert recalled is not None and (recalled.snippet, recalled.waiting) == ("hello", True)


def test_an_answer_ends_a_claim_also_where_the_customer_wrote_again_at_once(stage: Stage) -> None:
    life, new, ref = watching(stage)
    said(life, f"claim {ref}")
    stage.time.wait(60)
    stage.world.answer(new, "here you are")
    stage.time.wait(10)
    stage.world.write("acme", new, "thanks, and one more")
    on(stage, life)
    assert acts(life, new)[0].ending is Ending.ANSWERED


def test_a_claim_on_what_was_answered_before_goes_on_when_the_customer_writes(stage: Stage) -> None:
    life, new, ref = watching(stage)
    stage.world.answer(new, "here you are")
    on(stage, life)
    said(life, f"claim {ref}")
    stage.world.write("acme", new, "thanks, and one more")
    on(stage, life)
    assert marks(life, new).claim is not None


@pytest.mark.parametrize("folder", ["inbox", "spam"])
@pytest.mark.parametrize("kind", [ActKind.DONE, ActKind.SNOOZE])
def test_who_writes_again_before_any_look_ends_what_was_marked(stage: Stage, folder: str, kind: ActKind) -> None:
    """The list is watched already, or from then on: what is there is learned quietly, but not what was done with it."""
    life, *_ = watching(stage)
    stage.time.wait(INTERVAL)
    (new,) = stage.arrive(folder=folder)
    said(life, f"{folder} messenger acme limit 1")
    said(life, f"{kind.name.lower()} 1")
    before = len(stage.rooms.messages)
    stage.time.wait(INTERVAL)
    stage.world.write("acme", new, "hello?")
    if folder == "spam":
        said(life, "watch spam messenger acme")
    on(stage, life)
    assert acts(life, new)[0].ending is Ending.WROTE_AGAIN
    assert stage.rooms.told(ROOM).count(new) == 1 and heard(stage, before).count(ROOM) >= 1


@pytest.mark.parametrize("back", ["release", "recall"])
def test_who_waited_while_somebody_had_it_is_not_forgotten_when_it_is_given_back(stage: Stage, back: str) -> None:
    life, new, ref = watching(stage, "waiting 1h")
    said(life, f"claim {ref}")
    before = len(stage.rooms.messages)
    for _ in range(3):
        on(stage, life, HOUR)
    assert heard(stage, before) == []
    if back == "release":
        said(life, f"release {ref}")
    for _ in range(6):
        on(stage, life, HOUR / 2)
    assert heard(stage, before).count(ROOM) == 1
    assert stage.rooms.told(ROOM)[-1] == new


@pytest.mark.parametrize("ahead", [60.0, 3e9])
def test_a_time_that_is_yet_to_come_makes_no_window_longer(ahead: float) -> None:
    assert window(1_795_435_200.0 + ahead, 1_795_435_200.0) == (Window.STANDARD, 86400.0)


@pytest.mark.parametrize("level", ["initials", "snippet"])
def test_who_claims_in_a_room_is_not_shown_what_that_may_not_see(stage: Stage, level: str) -> None:
    stage.more["ROOMS"] = {ROOM: {"DETAIL": level}}
    life, _, ref = watching(stage)
    said(life, f"claim {ref}")
    before = len(stage.rooms.messages)
    on(stage, life, 4 * HOUR)
    on(stage, life)
    told = {message.room: message.item.news[0].detail for message in stage.rooms.messages[before:]}
    assert told == {SAM.id: Detail(level), ROOM: None}
