"""What is not known and old is no news: it becomes visible, is counted once in each room that asks, and is learned."""

from __future__ import annotations

import pytest

from pageinbox.graph.client import Slice
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Folder, Platform
from pageinbox.tell.trail import Trail
from tests.core.looked import Set, begun, looked
from tests.core.stage import INTERVAL, NOON, Killed, Stage, source, told_once

HOUR, DAY = 3600, 86_400


def visible(one: Stage, room: str = "#room") -> list[int]:
    """How many older ones a room was told of, line by line."""
    told = [notice for message in one.rooms.of(room) for notice in message.item.notices]
    return [notice.count for notice in told if notice.kind is NoticeKind.VISIBLE]


@pytest.mark.parametrize("dated", [True, False])
def test_an_empty_first_look_that_fills_later_is_one_line(stage: Set, dated: bool) -> None:
    one = stage(shown=0, date=dated)
    one.arrive(120, ago=2 * HOUR)
    life = one.bot()
    looked(one, life)
    one.rooms.messages.clear()
    one.simulator.rules.shown = None
    looked(one, life)
    looked(one, life)
    assert (visible(one), one.rooms.told("#room")) == ([120], [])
    new = one.arrive()
    looked(one, life)
    assert (visible(one), one.rooms.told("#room")) == ([120], new)


def test_changed_ids_are_one_line_and_who_wrote_within_the_hour_is_new(stage: Set) -> None:
    one = stage(page_size_max=50)
    one.arrive(120, ago=2 * HOUR)
    life, _ = begun(one, 2)
    one.world.change_ids("acme")
    looked(one, life)
    looked(one, life)
    assert visible(one) == [120]
    assert told_once(one, "#room", [each.id for each in one.world.conversations("acme", "messenger", "inbox")[:2]])


@pytest.mark.parametrize("ago", [50 * 60, 70 * 60])
def test_what_meta_shows_late_is_new_for_an_hour(stage: Set, ago: float) -> None:
    one = stage()
    life, _ = begun(one)
    (late,) = one.arrive()
    one.world.hide(late)
    for _ in range(5):
        looked(one, life, ago / 5 - 10)
    one.world.reveal(late)
    looked(one, life)
    assert one.rooms.told("#room") == ([late] if ago < HOUR else [])
    assert visible(one) == ([] if ago < HOUR else [1])


def test_after_a_time_without_looks_all_that_came_meanwhile_is_new(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    one.stop(life)
    ids = one.arrive(3)
    one.time.wait(2 * DAY)
    looked(one, one.bot())
    assert told_once(one, "#room", ids)
    assert visible(one) == []


def test_only_a_whole_look_makes_older_what_it_did_not_meet(stage: Set) -> None:
    one = stage(page_size_max=10)
    life, _ = begun(one, 12)
    ids = one.arrive(15)
    for _ in range(20):
        one.simulator.fail("after=", 3)
        looked(one, life, 600)
    one.simulator.clear()
    looked(one, life, 600)
    assert one.rooms.counted("#room") == len(ids)
    assert visible(one) == []


@pytest.mark.parametrize("skew", [-5 * DAY, 5 * DAY])
def test_a_clock_that_is_wrong_makes_nothing_old_that_is_new(stage: Set, skew: float) -> None:
    one = stage()
    life, _ = begun(one)
    one.time.skew = skew
    for _ in range(3):
        new = one.arrive()
        looked(one, life)
        assert one.rooms.told("#room")[-1:] == new
    assert visible(one) == []


def test_a_list_that_fills_before_an_interrupted_first_look_has_ended_is_quiet(stage: Set) -> None:
    one = stage(shown=0)
    one.arrive(30, ago=2 * HOUR)
    life = one.bot()
    life.fuse = 11
    with pytest.raises(Killed):
        life.look_everywhere()
    one.kill(life)
    one.simulator.rules.shown = None
    life = one.bot()
    assert life.service.poll.sources() == [source()]
    assert not life.service.standings.records()[source()].complete
    looked(one, life)
    told = [(notice.kind, notice.count) for message in one.rooms.messages for notice in message.item.notices]
    assert (told, one.rooms.told("#room")) == ([(NoticeKind.LEARNED, 30)], [])


def test_a_longer_retention_makes_visible_what_had_been_left_out(stage: Set) -> None:
    one = stage(page_size_max=20)
    one.more["RETENTION_DAYS"] = 3
    one.arrive(50, ago=10 * DAY)
    one.arrive(30, ago=5 * DAY)
    life, _ = begun(one, 40)
    assert life.service.standings.records()[source()].known == 40
    one.stop(life)
    one.more["RETENTION_DAYS"] = 7
    life = one.bot()
    looked(one, life)
    looked(one, life)
    assert (visible(one), one.rooms.told("#room")) == ([30], [])
    one.stop(life)
    one.more["RETENTION_DAYS"] = 3
    life = one.bot()
    looked(one, life)
    assert visible(one) == [30]
    assert life.service.standings.records()[source()].known == 40


def test_each_room_hears_of_what_it_watches_when_it_may(stage: Set) -> None:
    night = "#night inbox messenger quiet 12:00-13:00 UTC"
    one = stage(
        watches=["#room inbox messenger", '#words inbox text "refund"', night, "#muted inbox", "#n inbox as count"]
    )
    old = [one.world.write("acme", None, text, at=one.time() - 2 * HOUR) for text in ("a refund", "hello", "hi")]
    for thread in old:
        one.world.hide(thread)
    life, _ = begun(one)
    life.say("#muted", "mute watch 4 for 2h")
    for thread in old:
        one.world.reveal(thread)
    looked(one, life)
    rooms = ("#room", "#words", "#night", "#muted", "#n")
    assert [visible(one, room) for room in rooms] == [[3], [1], [], [], [3]]
    looked(one, life, HOUR)
    assert [visible(one, room) for room in rooms] == [[3], [1], [3], [], [3]]
    history = life.service.histories.history(old[0].id)
    assert history and (history.older, history.quiet, history.rooms) == (True, False, ())


def test_one_that_became_visible_and_is_written_in_again_is_a_new_message(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#all inbox messenger every message"])
    (old,) = one.arrive(ago=2 * HOUR)
    one.world.hide(old)
    life, _ = begun(one)
    one.world.reveal(old)
    looked(one, life)
    one.time.wait(1)
    one.world.write("acme", old, "still there?")
    looked(one, life)
    assert (one.rooms.told("#room"), one.rooms.told("#all")) == ([], [old])
    assert (visible(one), visible(one, "#all")) == ([1], [1])


@pytest.mark.parametrize("fuse", range(3, 48, 9))
def test_whenever_a_bot_is_killed_the_line_is_said_once(stage: Set, fuse: int) -> None:
    one = stage(page_size_max=10)
    one.arrive(25, ago=2 * HOUR)
    life, _ = begun(one)
    one.world.change_ids("acme")
    one.time.wait(INTERVAL)
    life.fuse = fuse
    try:
        life.look_everywhere()
        one.time.wait(10)
        life.tell()
    except Killed:
        pass
    life.fuse = None
    one.kill(life)
    life = one.bot()
    for _ in range(2):
        looked(one, life)
    assert sum(visible(one)) == 25
    assert len({message.key for message in one.rooms.messages}) == len(one.rooms.messages)


def test_of_two_bots_that_look_at_once_one_tells(stage: Set) -> None:
    one = stage(page_size_max=10)
    one.arrive(25, ago=2 * HOUR)
    life, _ = begun(one)
    other = one.bot()
    one.world.change_ids("acme")

    def stolen(call: int) -> None:
        if call == 2:
            one.time.wait(3 * INTERVAL)
            other.look_at(source())

    life.meanwhile = stolen
    life.look_at(source())
    one.time.wait(10)
    life.tell()
    other.tell()
    assert visible(one) == [25]


def test_a_move_is_told_with_the_folder_it_came_from(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#spam spam messenger"])
    (old,) = one.arrive(folder="spam", ago=2 * HOUR)
    life, _ = begun(one)
    one.world.move(old, "inbox")
    looked(one, life)
    ((message,), spam) = one.rooms.of("#room"), one.rooms.of("#spam")
    assert [(news.conversation.id, news.moved_from) for news in message.item.news] == [(old, Folder.SPAM)]
    assert (visible(one), spam) == ([], [])


def test_one_moved_from_where_nobody_looks_became_visible(stage: Set) -> None:
    one = stage()
    (old,) = one.arrive(folder="spam", ago=2 * HOUR)
    life, _ = begun(one)
    one.world.move(old, "inbox")
    looked(one, life)
    assert (visible(one), one.rooms.told("#room")) == ([1], [])


def test_one_that_was_written_in_when_it_was_moved_is_told_as_it_is_then(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#spam spam messenger"])
    (old,) = one.arrive(folder="spam", ago=2 * HOUR)
    life, _ = begun(one)
    one.time.wait(1)
    one.world.write("acme", old, "no spam at all")
    one.world.move(old, "inbox")
    looked(one, life)
    looked(one, life)
    assert [news.moved_from for message in one.rooms.messages for news in message.item.news] == [Folder.SPAM]
    assert one.rooms.edits == []
    one.world.write("acme", old, "and now?")
    looked(one, life)
    ((room, _, item),) = one.rooms.edits
    assert (room, [(news.moved_from, news.latest is not None) for news in item.news]) == (
        "#room",
        [(Folder.SPAM, True)],
    )


def future(one: Stage, seconds: float) -> None:
    """A conversation with a time that is yet to come."""
    one.world.write("acme", None, "from the future", at=one.time() + seconds)


@pytest.mark.parametrize("seconds", [300, 3 * HOUR, 400 * DAY])
def test_a_time_yet_to_come_makes_nothing_quiet_that_comes_in_a_first_look(stage: Set, seconds: float) -> None:
    one = stage(page_size_max=10)
    one.arrive(30, ago=2 * HOUR)
    future(one, seconds)
    life = one.bot()
    one.simulator.fail("after=", None)
    looked(one, life)
    new = one.arrive(2)
    one.simulator.clear()
    looked(one, life)
    assert (one.rooms.told("#room"), visible(one)) == (new, [])


@pytest.mark.parametrize("seconds", [300, 3 * HOUR, 400 * DAY])
def test_a_time_yet_to_come_makes_no_look_whole_that_broke_off(stage: Set, seconds: float) -> None:
    one = stage(page_size_max=10)
    one.arrive(30, ago=2 * HOUR)
    future(one, seconds)
    life, _ = begun(one)
    ids = one.arrive(35)
    one.simulator.fail("after=", None)
    looked(one, life)
    one.simulator.clear()
    looked(one, life)
    assert one.rooms.counted("#room") == len(ids)


@pytest.mark.parametrize("lasting", [True, False])
def test_a_time_far_ahead_hides_no_later_message_of_its_own(stage: Set, lasting: bool) -> None:
    one = stage(watches=["#room inbox messenger every message"])
    life, _ = begun(one)
    thread = one.world.write("acme", None, "hello")
    thread.updated = wrong = one.time() + 400 * DAY
    for _ in range(3):
        looked(one, life)
    assert one.rooms.told("#room") == [thread.id], "once, however often it is looked at"
    thread.updated = one.time()
    one.world.write("acme", thread, "are you there?")
    if lasting:
        thread.updated = wrong
    for _ in range(3):
        looked(one, life)
    assert one.rooms.told("#room") == [thread.id] * 2


@pytest.mark.parametrize("seconds", [300, 3 * HOUR])
def test_a_time_yet_to_come_is_no_news_when_it_has_come(stage: Set, seconds: float) -> None:
    one = stage(watches=["#room inbox messenger every message"])
    life, _ = begun(one)
    thread = one.world.write("acme", None, "hello")
    thread.updated += seconds
    looked(one, life)
    looked(one, life, seconds)
    looked(one, life)
    assert one.rooms.told("#room") == [thread.id]


def test_a_time_yet_to_come_tells_of_no_order() -> None:
    times = (NOON, NOON + HOUR, NOON - 1)
    found = [Conversation(f"t_{at}", at, Platform.MESSENGER) for at in times]
    trail = Trail()
    assert trail.add(Slice(found, [], more=False, after=None), latest=NOON + 60) == found
    assert trail.ordered


def test_a_time_yet_to_come_that_was_taken_for_reached_is_no_longer(stage: Set) -> None:
    # Without Meta's own time it can't be told at once that it is one.
    one = stage(page_size_max=10, date=False)
    life, _ = begun(one)
    future(one, 20 * HOUR)
    looked(one, life)
    one.simulator.rules.date = True
    one.rooms.messages.clear()
    ids = one.arrive(35)
    one.simulator.fail("after=", None)
    looked(one, life)
    one.simulator.clear()
    looked(one, life)
    assert one.rooms.counted("#room") == len(ids)


def test_a_list_that_shows_one_more_at_each_look_is_a_line_every_ten_minutes(stage: Set) -> None:
    one = stage(shown=20)
    one.arrive(60, ago=2 * HOUR)
    life, _ = begun(one, 0)
    for shown in range(21, 51):
        one.simulator.rules.shown = shown
        looked(one, life, INTERVAL - 10)
    looked(one, life, 600)
    assert sum(visible(one)) == 30
    assert [len(message.item.notices) for message in one.rooms.messages] == [1, 9, 10, 10]


def test_a_line_is_not_put_off_by_a_clock_that_was_wrong(stage: Set) -> None:
    one = stage(shown=20)
    one.arrive(60, ago=2 * HOUR)
    life, _ = begun(one, 0)
    for shown, skew in ((21, 400 * DAY), (22, 0)):
        one.time.skew, one.simulator.rules.shown = skew, shown
        looked(one, life)
    looked(one, life, 600)
    assert visible(one) == [1, 1]
