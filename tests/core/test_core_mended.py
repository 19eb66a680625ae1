"""What a strict reader found wrong in looking and watching, each as the least that shows it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pageinbox.chat.errbot.content import messages
from pageinbox.ledger.database import open_ledger
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.errors import LedgerError
from pageinbox.model.watch import Muted
from tests.core.stage import INTERVAL, Life, Stage, told_once

Set = Callable[..., Stage]
DAY = 86_400
ROOMS = ("#mess", "#insta", "@ops")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Set]:
    made: list[Stage] = []

    def make(**more: Any) -> Stage:
        made.append(Stage(f"sqlite:///{tmp_path}/ledger.sqlite", **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def looked(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    one.time.wait(seconds)
    life.look_everywhere()
    one.time.wait(10)
    life.tell()


def begun(one: Stage, number: int = 3, **where: Any) -> Life:
    one.arrive(number, **where)
    life = one.bot()
    looked(one, life)
    one.rooms.messages.clear()
    return life


def notices(one: Stage, room: str) -> list[NoticeKind]:
    return [notice.kind for message in one.rooms.of(room) for notice in message.item.notices]


def said(life: Life, room: str, text: str) -> str:
    return messages(life.say(room, text))[0]


def test_what_a_watch_has_queued_is_told_by_another_of_its_room_when_it_ends(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger as name"])
    life = begun(one)
    said(life, "#room", "watch")
    one.rooms.down = True
    ids = one.arrive(2)
    life.look_everywhere()
    one.stop(life)
    one.watches = ["#room inbox messenger as initials"]
    life = one.bot()
    one.rooms.down = False
    looked(one, life, 600)
    assert told_once(one, "#room", ids)


def test_what_a_watch_has_queued_is_dropped_when_no_other_is_for_it(stage: Set) -> None:
    one = stage(watches=["#room inbox instagram"])
    life = begun(one)
    said(life, "#room", "watch messenger")
    looked(one, life)
    one.arrive(1)
    life.look_everywhere()
    assert "has ended" in said(life, "#room", "unwatch 2")
    looked(one, life)
    assert one.rooms.told("#room") == []


def test_what_is_muted_is_not_said_later_from_the_queue(stage: Set) -> None:
    one = stage()
    life = begun(one)
    muted, other = one.arrive(2)
    life.look_everywhere()
    assert life.service.wishes.mute(Muted("#room", conversation=muted), one.time.wall() + DAY)
    life.tell()
    assert one.rooms.told("#room") == [other]


def test_a_time_far_in_the_future_hides_nothing(stage: Set) -> None:
    one = stage()
    life = begun(one)
    one.world.write("acme", None, "from 2028", at=one.time() + 400 * DAY)
    looked(one, life)
    one.rooms.messages.clear()
    looked(one, life, DAY + 60)
    ids = one.arrive(3)
    looked(one, life)
    assert told_once(one, "#room", ids)


def test_a_first_look_is_quiet_by_a_clock_that_is_days_slow_too(stage: Set) -> None:
    one = stage()
    one.arrive(3)
    one.time.skew = -30 * DAY
    life = one.bot()
    looked(one, life)
    assert one.rooms.told("#room") == []
    assert notices(one, "#room") == [NoticeKind.LEARNED]


def test_a_page_that_was_away_from_the_settings_is_made_up_for(stage: Set) -> None:
    one = stage(pages=["acme", "globex"], watches=[])
    one.arrive(2)
    life = one.bot()
    said(life, "#room", "watch messenger acme")
    looked(one, life)
    one.stop(life)
    acme = one.world.pages.pop("acme")
    life = one.bot()
    assert "Watch 1 is paused" in said(life, "#room", "watches")
    looked(one, life)
    one.stop(life)
    one.world.pages["acme"] = acme
    ids = one.arrive(2)
    one.rooms.messages.clear()
    looked(one, one.bot())
    assert told_once(one, "#room", ids)


def test_a_bot_with_fewer_platforms_takes_nothing_from_the_other(stage: Set) -> None:
    one = stage(watches=["#room inbox"])
    life = begun(one, platform="instagram")
    page = one.world.pages["acme"]
    fewer = {"acme": {"ID": page.id, "TOKEN": page.token, "PLATFORMS": ["messenger"]}}
    one.more["PAGES"] = fewer
    other = one.bot()
    looked(one, other)
    ids = one.arrive(3, platform="instagram")
    looked(one, other)
    looked(one, life)
    assert told_once(one, "#room", ids)


def test_errors_that_take_turns_are_told_once_each(stage: Set) -> None:
    one = stage()
    life = begun(one)
    for turn in range(40):
        one.simulator.clear()
        one.simulator.fail("conversations", None, code=200 if turn % 2 else 100)
        for _ in range(4):
            looked(one, life, 120)
    assert notices(one, "#room") == [NoticeKind.TROUBLE] * 2
    one.simulator.clear()
    looked(one, life)
    assert notices(one, "#room") == [NoticeKind.TROUBLE] * 2 + [NoticeKind.RECOVERED]


def test_a_folder_that_can_t_be_told_from_the_inbox_is_trouble_and_loses_nothing(stage: Set) -> None:
    one = stage(watches=["#room spam instagram"], instagram_folder="filter", instagram_fields="present")
    one.arrive(3, platform="instagram")
    one.arrive(2, platform="instagram", folder="spam")
    one.simulator.fail("platform=instagram(?!.*folder)", None, code=2)
    life = one.bot()
    for _ in range(8):
        looked(one, life, 120)
    assert notices(one, "#room") == [NoticeKind.TROUBLE]
    ids = one.arrive(2, platform="instagram", folder="spam")
    one.simulator.clear()
    looked(one, life, 120)
    assert told_once(one, "#room", ids)


def test_of_two_quiet_watches_the_one_that_speaks_first_decides(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger quiet 00:00-23:00 UTC", "#room inbox messenger quiet 00:00-20:00 UTC"])
    life = begun(one)
    ids = one.arrive(1)
    life.look_everywhere()
    (telling,) = life.service.records.history(ids[0]).tellings
    assert telling.due % DAY == 20 * 3600


def test_a_cursor_that_dies_is_no_disorder(stage: Set) -> None:
    one = stage()
    one.arrive(300)
    life = one.bot()
    one.simulator.fail("after=", 1, name="cursor_depth")
    life.meanwhile = lambda call: one.arrive(1) and None if call == 2 else None
    looked(one, life)
    assert [record.disordered for record in life.service.standing().values()] == [False]


def test_a_ledger_that_was_deleted_is_noticed(stage: Set, tmp_path: Path) -> None:
    one = stage()
    life = begun(one)
    for file in tmp_path.glob("ledger.sqlite*"):
        os.unlink(file)
    with pytest.raises(LedgerError) as caught:
        life.service.poll.sources()
    assert caught.value.kind == "gone"


@pytest.mark.parametrize("url", ["postgresql://user:pa@s/ecret@host/db", "postgresql://user:s@cret?x@host/db"])
def test_of_a_password_that_is_written_wrongly_nothing_is_shown(url: str) -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger(url)
    assert (caught.value.kind, caught.value.where) == ("refused", "DATABASE_URL")


def test_a_room_hears_of_the_trouble_of_what_it_watches_alone(stage: Set) -> None:
    one = stage(watches=["#mess inbox messenger", "#insta inbox instagram"])
    one.arrive(1)
    life = one.bot(admins=["@ops"])
    looked(one, life)
    one.rooms.messages.clear()
    one.simulator.fail("conversations", None, code=2)
    for _ in range(6):
        looked(one, life, 120)
    notices_of = {room: [n for one_ in one.rooms.of(room) for n in one_.item.notices] for room in ROOMS}
    heard = {room: {where.platform.value for n in told for where in n.sources} for room, told in notices_of.items()}
    assert heard == {"#mess": {"messenger"}, "#insta": {"instagram"}, "@ops": {"messenger", "instagram"}}


def test_a_good_answer_to_a_question_brings_the_next_try_forward(stage: Set) -> None:
    one = stage()
    life = begun(one)
    pages: list[str] = []
    life.answers.listing.on_read = pages.append
    one.time.wait(60)
    said(life, "#room", "messenger")
    assert pages == ["acme"]


ODD = ["unwatch 1 2", f"unwatch {'9' * 5000}", f"mute {'9' * 5000}", "unwatch all", "why", "stop"]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_words_get_a_sentence(stage: Set, text: str) -> None:
    one = stage()
    life = begun(one)
    answer = said(life, "#room", text)
    assert answer
    assert "went wrong on my side" not in answer
    assert [watch.number for watch in life.service.wishes.watches()] == [1]
