"""One look at one source: how far it reads, what it takes for new, and what it makes of lists that are not in order."""

from __future__ import annotations

import cProfile
from pathlib import Path

import pytest

from pageinbox.model.announcement import NoticeKind
from pageinbox.model.errors import Unavailable
from tests.core.looked import Set, begun, looked, notices
from tests.core.stage import INTERVAL, Killed, Life, Stage, source, told_once

DAY = 86_400


def test_a_first_look_is_quiet_and_says_how_many_there_are(stage: Set) -> None:
    one = stage()
    one.arrive(120)
    life = one.bot()
    looked(one, life)
    (message,) = one.rooms.messages
    assert [(notice.kind, notice.count) for notice in message.item.notices] == [(NoticeKind.LEARNED, 120)]
    looked(one, life)
    assert len(one.rooms.messages) == 1


@pytest.mark.parametrize("kind", ["blank", "short"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_first_look_is_quiet_though_its_first_pages_are_empty_or_short(stage: Set, kind: str, times: int) -> None:
    one = stage()
    one.arrive(60)
    one.simulator.fail("conversations", times, kind)
    life = one.bot()
    looked(one, life)
    looked(one, life)
    assert one.rooms.told("#room") == []
    new = one.arrive()
    looked(one, life)
    assert one.rooms.told("#room") == new


def test_a_first_look_at_an_empty_source_learns_that_nothing_is_there(stage: Set) -> None:
    one = stage()
    life = one.bot()
    looked(one, life)
    assert [notice.count for notice in one.rooms.messages[0].item.notices] == [0]
    new = one.arrive()
    looked(one, life)
    assert one.rooms.told("#room") == new


@pytest.mark.parametrize("known", [3, 500])
def test_a_quiet_look_is_one_call_however_much_is_known(stage: Set, known: int) -> None:
    one = stage(watches=["#room inbox", "#other spam messenger", "#third inbox messenger"], instagram_folder="honour")
    for platform in ("messenger", "instagram"):
        one.arrive(known, platform=platform)
    one.arrive(known, folder="spam")
    life = one.bot()
    looked(one, life)
    looked(one, life)
    one.simulator.forget()
    for _ in range(5):
        looked(one, life)
    asked = [(item.path, item.query.get("platform"), item.query.get("folder")) for item in one.simulator.requests]
    assert len(asked) == 5 * len(set(asked)) == 15


def test_what_is_new_is_told_oldest_first_and_once(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    new = one.arrive(4)
    looked(one, life)
    looked(one, life)
    assert one.rooms.told("#room") == new
    assert len(one.rooms.messages) == 4


def test_more_than_five_are_one_message(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    new = one.arrive(6)
    looked(one, life)
    (message,) = one.rooms.messages
    assert len(message.item.news) == 6
    assert one.rooms.told("#room") == new[:5]


def test_several_of_one_second_are_all_told_though_they_come_one_look_after_the_other(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    one.time.wait(1)
    at = one.time()
    new = []
    for _ in range(4):
        new.append(one.world.write("acme", None, "hello", at=at).id)
        life.look_everywhere()
        life.tell()
    assert one.rooms.told("#room") == new


def test_who_writes_again_is_no_news_but_for_a_watch_of_every_message(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#all inbox messenger every message"])
    life, there = begun(one)
    one.time.wait(1)
    one.world.write("acme", there[0], "still there?")
    looked(one, life)
    looked(one, life)
    assert one.rooms.told("#room") == []
    assert one.rooms.told("#all") == [there[0]]


def test_a_list_that_is_not_in_order_is_read_whole_and_called_disordered(stage: Set) -> None:
    one = stage(page_size_max=2)
    life, _ = begun(one, 9)
    # As if Meta had put an old one in front; moved beneath the simulator, which keeps its lists in order.
    one.world.conversations("acme", "messenger", "inbox")[0].updated -= 5000
    one.simulator.forget()
    looked(one, life)
    assert one.calls() == 5
    assert [record.disordered for record in life.service.standings.records().values()] == [True]
    one.world.conversations("acme", "messenger", "inbox")[0].updated += 5000
    one.simulator.forget()
    looked(one, life)
    assert one.calls() == 5  # it has to be seen whole once more before it is believed again
    assert [record.disordered for record in life.service.standings.records().values()] == [False]
    one.simulator.forget()
    looked(one, life)
    assert one.calls() == 1


def test_a_sweep_finds_what_was_moved_into_the_middle_of_a_list(stage: Set) -> None:
    one = stage(page_size_max=5)
    spam = one.arrive(folder="spam")[0]
    life, _ = begun(one, 20)
    one.world.move(spam, "inbox")
    looked(one, life)
    assert one.rooms.told("#room") == []
    looked(one, life, 3600)
    assert one.rooms.told("#room") == [spam]
    looked(one, life, 3600)
    assert one.rooms.told("#room") == [spam]


def test_a_look_of_many_calls_lets_other_lists_be_looked_at_in_between(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#room spam messenger"], page_size_max=10)
    one.arrive(40)
    life, spam, new = one.bot(), source(folder="spam"), list[str]()

    def interrupt(page: str) -> None:
        assert page == "acme"
        life.look_at(spam)
        new.extend(one.arrive(folder="spam"))

    life.service.poll.sources()
    assert life.service.poll.look(source(), interrupt=interrupt).trouble is None
    assert len(new) == 3, "of four calls"
    new += one.arrive()
    looked(one, life)
    assert told_once(one, "#room", new)
    one.time.wait(3600)
    assert life.service.poll.look(source(), interrupt=interrupt).trouble is None, "a sweep"
    assert len(new) == 8
    looked(one, life)
    assert told_once(one, "#room", new)


def test_what_moved_from_spam_to_the_inbox_is_told_where_it_was_not_told_yet(stage: Set) -> None:
    one = stage(watches=["#both inbox messenger", "#both spam messenger", "#inbox inbox messenger"])
    life, _ = begun(one)
    new = one.arrive(folder="spam")[0]
    looked(one, life)
    assert (one.rooms.told("#both"), one.rooms.told("#inbox")) == ([new], [])
    one.world.move(new, "inbox")
    looked(one, life)
    one.world.move(new, "spam")
    looked(one, life)
    one.world.move(new, "inbox")
    looked(one, life, 3600)
    assert (one.rooms.told("#both"), one.rooms.told("#inbox")) == ([new], [new])


@pytest.mark.parametrize("end", ["outage", "kill"])
def test_what_comes_after_the_beginning_of_an_interrupted_first_look_is_news(stage: Set, end: str) -> None:
    one = stage(page_size_max=10)
    there = one.arrive(40)
    life = one.bot()
    if end == "kill":

        def kill(call: int) -> None:
            if call == 3:
                raise Killed

        life.meanwhile = kill
        with pytest.raises(Killed):
            life.look_everywhere()
        one.kill(life)
        life = one.bot()
    else:

        def fail(call: int) -> None:
            if call == 3:
                one.simulator.fail("conversations", 5)

        life.meanwhile = fail
        (outcome,) = life.look_everywhere()
        assert isinstance(outcome.trouble, Unavailable)
        life.meanwhile = lambda call: None
    new = one.arrive(2)
    looked(one, life)
    looked(one, life)
    assert one.rooms.told("#room") == new
    learned = [notice for message in one.rooms.messages for notice in message.item.notices]
    assert [notice.kind for notice in learned] == [NoticeKind.LEARNED]
    assert learned[0].count in (len(there), len(there) + len(new))


@pytest.mark.parametrize("end", ["outage", "kill"])
@pytest.mark.parametrize("call", [2, 3, 4])
def test_an_interrupted_backlog_is_told_once_and_whole(stage: Set, end: str, call: int) -> None:
    one = stage(page_size_max=10)
    life, _ = begun(one, 12)
    new = one.arrive(27)
    one.time.wait(INTERVAL)

    def happen(number: int) -> None:
        if number == call and end == "kill":
            raise Killed
        if number == call:
            one.simulator.fail("conversations", 5)

    life.meanwhile = happen
    try:
        life.look_everywhere()
    except Killed:
        one.kill(life)
        life = one.bot()
    life.meanwhile = lambda number: None
    one.simulator.clear()
    life.tell()
    looked(one, life)
    looked(one, life)
    assert one.rooms.counted("#room") == len(new)
    histories = [life.service.histories.history(item) for item in new]
    assert all(history and [telling.room for telling in history.rooms] == ["#room"] for history in histories)


def test_arrivals_during_a_long_look_are_told_once(stage: Set) -> None:
    one = stage(page_size_max=4)
    life, _ = begun(one, 10)
    new = one.arrive(9)
    life.meanwhile = lambda call: new.extend(one.arrive()) if call < 6 else None
    life.look_everywhere()
    life.meanwhile = lambda call: None
    life.tell()
    looked(one, life)
    assert one.rooms.counted("#room") == len(new)
    assert len(one.rooms.told("#room")) == len(set(one.rooms.told("#room")))


def test_a_cursor_that_dies_loses_and_repeats_nothing(stage: Set) -> None:
    one = stage(page_size_max=4)
    life, _ = begun(one, 6)
    new = one.arrive(10)

    def delete(call: int) -> None:
        if call == 3:
            one.world.delete(new[2])  # the last of the second page, so the cursor's

    life.meanwhile = delete
    life.look_everywhere()
    life.meanwhile = lambda call: None
    life.tell()
    looked(one, life)
    assert one.rooms.counted("#room") in (len(new), len(new) - 1)
    for item in (item for item in new if item != new[2]):
        history = life.service.histories.history(item)
        assert history and len(history.rooms) == 1


def test_a_list_that_gives_its_cursor_back_is_trouble_at_once_and_loses_nothing(stage: Set) -> None:
    one = stage(page_size_max=3)
    life, _ = begun(one, 6)
    new = one.arrive(8)
    one.simulator.fail("after=", None, "stuck")
    one.simulator.forget()
    one.time.wait(INTERVAL)
    (outcome,) = life.look_everywhere()
    assert isinstance(outcome.trouble, Unavailable) and outcome.trouble.detail.startswith("the list says")
    assert one.calls() == 2
    one.simulator.clear()
    looked(one, life, 300)
    assert one.rooms.counted("#room") == len(new)


def test_nothing_is_told_of_a_folder_that_instagram_ignores(stage: Set) -> None:
    one = stage(watches=["#room spam instagram"], instagram_folder="ignore")
    one.arrive(8, platform="instagram")
    life = one.bot()
    looked(one, life)
    one.arrive(2, platform="instagram")
    looked(one, life)
    looked(one, life, 3600)
    assert one.rooms.messages == []


def test_what_is_found_after_a_time_without_looks_is_one_message(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    one.stop(life)
    new = one.arrive(3)
    one.time.wait(3600)
    life = one.bot()
    looked(one, life)
    (message,) = one.rooms.messages
    assert one.rooms.told("#room") == new
    assert message.item.news[0].since is not None


def test_a_look_that_lost_its_lease_keeps_nothing(stage: Set) -> None:
    one = stage(page_size_max=3)
    life, _ = begun(one)
    second = one.bot()
    new = one.arrive(5)

    def stolen(call: int) -> None:
        if call == 2:
            one.time.wait(3 * INTERVAL)
            assert second.look_at(source()).new == 5

    life.meanwhile = stolen
    assert life.look_at(source()).new == 0
    life.tell()
    second.tell()
    assert one.rooms.told("#room") == new


def test_a_time_far_in_the_future_hides_nothing(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
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
    life, _ = begun(one)
    ids = one.arrive(1)
    life.look_everywhere()
    (telling,) = life.service.histories.history(ids[0]).rooms
    assert telling.due % DAY == 20 * 3600


def test_a_cursor_that_dies_is_no_disorder(stage: Set) -> None:
    one = stage()
    one.arrive(300)
    life = one.bot()
    one.simulator.fail("after=", 1, name="cursor_depth")
    life.meanwhile = lambda call: one.arrive(1) and None if call == 2 else None
    looked(one, life)
    assert [record.disordered for record in life.service.standings.records().values()] == [False]


def folds(one: Stage, life: Life) -> int:
    """How often a text is folded while 20 new conversations are looked at."""
    one.arrive(20)
    one.time.wait(INTERVAL)
    profile = cProfile.Profile()
    profile.runcall(life.look_everywhere)
    return sum(each.callcount for each in profile.getstats() if getattr(each.code, "co_name", "") == "fold")


def test_a_text_is_folded_once_however_many_watches_look_for_one(stage: Set) -> None:
    counts = []
    for number in (1, 60):
        one = stage(watches=["#room", *(f'#room-{word} text "word{word}"' for word in range(number))])
        life, _ = begun(one)
        counts.append(folds(one, life))
        one.stop(life)
        (Path(one.url.removeprefix("sqlite:///"))).unlink()
    assert counts[0] == counts[1] > 0
