"""Which source is due, whose turn it is, and how trouble puts a look off; no thread and no call in any of it."""

from __future__ import annotations

import math
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pageinbox.model.errors import Throttled, TokenDead, Unavailable
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.tell.schedule import BEGUN, EARLY, SPREAD, Outcome, Schedule

GOOD = Outcome()
BAD = Outcome(Unavailable("the connection failed"))
CALM = 0.0
"""The chance that makes no jitter."""


def source(page: str, folder: Folder = Folder.INBOX, platform: Platform = Platform.MESSENGER) -> Source:
    return Source(page, platform, folder)


ACME, SPAM, ZOO, BAR = source("acme"), source("acme", Folder.SPAM), source("zoo"), source("bar")


@pytest.fixture
def schedule(clock):
    return Schedule(60, clock, lambda: CALM)


def looked(schedule, outcome=GOOD):
    """Takes one source and brings it back; gives it."""
    taken = schedule.take()
    schedule.done(taken, outcome)
    return taken


def test_nothing_is_due_where_nothing_is_wanted(schedule):
    assert schedule.take() is None
    assert schedule.wait() == math.inf
    assert schedule.next_look(ACME) is None


def test_a_new_source_is_due_at_once_and_then_after_the_interval(schedule, clock):
    schedule.want([ACME])
    assert schedule.wait() == 0
    assert looked(schedule) == ACME
    assert (schedule.wait(), schedule.next_look(ACME)) == (60, 60)
    clock.now += 59.5
    assert schedule.take() is None
    clock.now += 0.5
    assert schedule.take() == ACME


def test_many_begin_one_after_the_other_and_each_page_with_one_list(schedule, clock):
    many = [source(f"page-{number}", folder) for number in range(BEGUN) for folder in Folder]
    schedule.want(many)
    for folder in Folder:
        taken = [looked(schedule) for _ in range(BEGUN)]
        assert {one.folder for one in taken} == {folder} and len({one.page for one in taken}) == BEGUN
        assert schedule.take() is None
        clock.now += 1


def test_the_interval_counts_from_when_the_look_began(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    clock.now += 20
    schedule.done(ACME, GOOD)
    assert schedule.next_look(ACME) == 40


def test_a_look_longer_than_the_interval_is_followed_at_once_and_once(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    clock.now += 500
    schedule.done(ACME, GOOD)
    assert (schedule.wait(), schedule.next_look(ACME)) == (0, 0)
    looked(schedule)
    assert schedule.take() is None


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 60), (0.5, 60 * (1 - EARLY / 2)), (1.0, 60 * (1 - EARLY))])
def test_jitter_makes_a_pause_a_little_shorter_and_never_longer(clock, chance, pause):
    schedule = Schedule(60, clock, lambda: chance)
    schedule.want([ACME])
    looked(schedule)
    assert schedule.next_look(ACME) == pytest.approx(pause)


def test_what_is_wanted_anew_leaves_the_times_of_the_rest(schedule, clock):
    schedule.want([ACME, ZOO])
    looked(schedule), looked(schedule)
    clock.now += 10
    schedule.want([ZOO, BAR])
    assert [schedule.next_look(one) for one in (ACME, ZOO, BAR)] == [None, 50, 0]
    assert schedule.take() == BAR


def test_what_has_changed_is_due_now_and_then_after_the_interval(schedule, clock):
    schedule.want([ACME])
    looked(schedule)
    clock.now += 20
    assert schedule.hurry(ACME) == 40
    assert (schedule.wait(), schedule.hurry(ACME)) == (0, 0)
    assert looked(schedule) == ACME
    assert schedule.next_look(ACME) == 60


def test_what_has_changed_waits_as_long_as_it_is_told_to(schedule, clock):
    schedule.want([ACME])
    looked(schedule)
    clock.now += 1
    schedule.hurry(ACME, 0, 2)
    assert schedule.next_look(ACME) == 1
    schedule.hurry(ACME, 10, 2)
    assert schedule.next_look(ACME) == 1
    looked_at = clock.now = clock.now + 1
    looked(schedule)
    schedule.hurry(ACME, 10, 2)
    assert schedule.next_look(ACME) == 10
    clock.now += 70
    schedule.hurry(ACME, 10, 2)
    assert (schedule.next_look(ACME), clock.now - looked_at) == (0, 70)


def test_what_changes_while_it_is_read_is_read_once_more(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    for _ in range(3):
        schedule.hurry(ACME, 0, 2)
    clock.now += 1
    assert schedule.take() is None
    schedule.done(ACME, GOOD)
    assert schedule.next_look(ACME) == 1
    clock.now += 1
    assert looked(schedule) == ACME
    assert schedule.next_look(ACME) == 60


def test_trouble_is_no_reason_to_look_sooner(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    schedule.hurry(ACME)
    schedule.done(ACME, BAD)
    assert schedule.next_look(ACME) == 120
    assert schedule.hurry(ACME) == 120
    assert schedule.next_look(ACME) == 120


def test_a_page_rests_also_where_something_has_changed(schedule, clock):
    schedule.want([ACME])
    looked(schedule, Outcome(rest=3))
    schedule.hurry(ACME)
    assert (schedule.take(), schedule.wait()) == (None, 3)


def test_nobody_hurries_what_nobody_wants(schedule):
    assert schedule.hurry(ACME) is None


@pytest.mark.parametrize(("slowness", "stretch", "pause"), [(1, 5, 300), (4, 1, 240), (4, 5, 300), (4, 2, 240)])
def test_a_stretched_interval_is_not_slowed_down_as_well(schedule, slowness, stretch, pause):
    schedule.want([ACME])
    looked(schedule, Outcome(slowness=slowness, stretch=stretch))
    assert schedule.next_look(ACME) == pause


def test_a_source_given_up_while_it_is_read_is_forgotten_and_frees_its_page(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    schedule.want([SPAM])
    assert schedule.take() is None
    schedule.done(ACME, GOOD)
    assert schedule.next_look(ACME) is None
    assert schedule.take() == SPAM


def test_a_source_wanted_again_while_its_old_look_lasts_is_new(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    schedule.want([])
    schedule.want([ACME])
    schedule.done(ACME, BAD)
    assert schedule.take() == ACME


def test_one_look_at_a_time_for_each_page(schedule, clock):
    schedule.want([ACME, SPAM, ZOO])
    assert [schedule.take(), schedule.take(), schedule.take()] == [ACME, ZOO, None]
    assert schedule.wait() == math.inf
    schedule.done(ACME, GOOD)
    assert schedule.wait() == 0
    assert schedule.take() == SPAM


def test_pages_take_turns_however_much_one_of_them_has(schedule, clock):
    many = [source("acme", folder, platform) for folder in Folder for platform in Platform]
    schedule.want([*many, ZOO, BAR])
    order = [looked(schedule).page for _ in range(10)]
    assert order[:3] == ["acme", "zoo", "bar"]
    clock.now += 60
    assert {looked(schedule).page for _ in range(3)} == {"acme", "zoo", "bar"}


def test_of_one_page_the_longest_overdue_goes_first(schedule, clock):
    for first, second in ((ACME, SPAM), (SPAM, ACME)):
        schedule.want([])
        schedule.want([first])
        looked(schedule)
        clock.now += 10
        schedule.want([second, first])
        looked(schedule)
        clock.now += 500
        assert [looked(schedule), looked(schedule)] == [first, second]


def test_a_page_that_is_always_due_does_not_delay_another(clock):
    """One look after the other lasts longer than the interval, on one Page with many lists."""
    schedule = Schedule(1, clock, lambda: CALM)
    schedule.want([*(source("acme", folder) for folder in Folder), ZOO])
    seen = Counter()
    for _ in range(100):
        taken = schedule.take()
        clock.now += 5
        schedule.done(taken, GOOD)
        seen[taken] += 1
    assert seen[ZOO] == 50
    assert min(seen.values()) >= 12


def test_trouble_backs_off_and_a_good_look_ends_that(schedule, clock):
    schedule.want([ACME])
    pauses = []
    for _ in range(5):
        looked(schedule, BAD)
        pauses.append(schedule.next_look(ACME))
        clock.now += pauses[-1]
    assert pauses[:2] == [120, 240]
    assert pauses[2:] == [300] * 3
    looked(schedule)
    assert schedule.next_look(ACME) == 60
    clock.now += 60
    looked(schedule, BAD)
    assert schedule.next_look(ACME) == 120


def test_the_first_good_look_lets_the_rest_of_its_page_be_tried_at_once(schedule, clock):
    schedule.want([ACME])
    looked(schedule, BAD)
    clock.now += 10
    schedule.want([ACME, SPAM, ZOO])
    assert {looked(schedule, BAD), looked(schedule, BAD)} == {SPAM, ZOO}
    clock.now += 110
    assert looked(schedule, GOOD) == ACME
    assert (schedule.next_look(SPAM), schedule.next_look(ZOO)) == (0, 10)
    assert looked(schedule, BAD) == SPAM
    clock.now += 60
    assert looked(schedule, GOOD) == ZOO
    assert looked(schedule, GOOD) == ACME
    assert schedule.next_look(SPAM) == 180


def test_a_page_in_trouble_is_left_alone_from_the_end_of_the_look(schedule, clock):
    schedule.want([ACME])
    schedule.take()
    clock.now += 30
    schedule.done(ACME, BAD)
    assert schedule.next_look(ACME) == 120


@runs(deadline=None)
@given(st.floats(1, 3600), st.integers(1, 40), st.floats(0, 1), st.sampled_from([0.0, 40.0, 290.0, 21600.0]))
def test_trouble_waits_no_longer_than_five_minutes_and_no_shorter_than_the_interval(interval, times, chance, asked):
    now = [0.0]
    schedule = Schedule(interval, lambda: now[0], lambda: chance)
    schedule.want([ACME])
    for _ in range(times):
        looked(schedule, Outcome(Throttled(code=4, retry_after=asked)))
        pause = schedule.next_look(ACME)
        assert max(0.9 * interval, min(asked, 300)) - 1e-6 <= pause <= max(300, interval) + 1e-6
        now[0] += pause


@pytest.mark.parametrize("asked", [0.5, 60, 1920, 3600])
def test_a_refused_token_is_looked_at_when_it_is_probed_and_no_sooner(schedule, clock, asked):
    schedule.want([ACME])
    for _ in range(3):
        looked(schedule, BAD)
        clock.now += schedule.wait()
    looked(schedule, Outcome(TokenDead(code=190, retry_after=asked)))
    assert schedule.wait() == schedule.next_look(ACME) == asked


def test_a_dead_token_still_comes_due_so_that_it_is_counted(schedule, clock):
    schedule.want([ACME])
    for _ in range(1100):
        looked(schedule, Outcome(TokenDead(code=190)))
        clock.now += 300
        assert schedule.wait() == 0


def test_the_budget_stretches_the_interval(schedule, clock):
    schedule.want([ACME])
    looked(schedule, Outcome(slowness=4.0))
    assert schedule.next_look(ACME) == 240
    clock.now += 240
    looked(schedule, Outcome(Unavailable(), slowness=4.0))
    assert schedule.next_look(ACME) == 300


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 90), (0.5, 94.5), (1.0, 99)])
def test_what_another_bot_looks_at_is_tried_when_its_right_ends(clock, chance, pause):
    schedule = Schedule(60, clock, lambda: chance)
    schedule.want([ACME])
    schedule.take()
    clock.now += 5
    schedule.done(ACME, Outcome(again=90))
    assert schedule.next_look(ACME) == pytest.approx(pause)


def test_what_another_bot_looks_at_is_neither_trouble_nor_its_end(schedule, clock):
    schedule.want([ACME])
    for outcome, pause in ((BAD, 120), (Outcome(again=0), 6), (BAD, 240), (GOOD, 60), (Outcome(again=20), 20)):
        looked(schedule, outcome)
        assert schedule.next_look(ACME) == pytest.approx(pause)
        clock.now += pause


def test_a_machine_that_slept_for_days_looks_once(schedule, clock):
    schedule.want([ACME, ZOO])
    looked(schedule), looked(schedule)
    clock.now += 5 * 86400
    assert {looked(schedule), looked(schedule)} == {ACME, ZOO}
    assert schedule.take() is None
    assert schedule.wait() == 60


def test_a_timer_from_zero_will_do(clock):
    schedule = Schedule(60, lambda: 0.0, lambda: CALM)
    schedule.want([ACME])
    assert looked(schedule) == ACME
    assert schedule.wait() == 60
    real = Schedule(60, time.monotonic, lambda: CALM)
    real.want([ACME])
    assert looked(real) == ACME
    assert 0 < real.wait() <= 60


class Pages(RuleBasedStateMachine):
    """Whatever is wanted and however looks go: no Page twice at once, none forgotten, none early."""

    known = st.builds(source, st.sampled_from(["acme", "zoo", "bar"]), st.sampled_from(list(Folder)[:2]))

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.chance = 0.5
        self.schedule = Schedule(60, lambda: self.now, lambda: self.chance)
        self.wanted: set[Source] = set()
        self.reading: dict[str, Source] = {}
        self.not_before: dict[Source, float] = {}
        self.stale: set[str] = set()
        """Pages whose present look began before its source was given up."""

    @rule(sources=st.sets(known))
    def want(self, sources):
        gone = self.wanted - sources
        self.stale |= {page for page, one in self.reading.items() if one in gone}
        self.not_before = {one: at for one, at in self.not_before.items() if one in sources}
        self.wanted = sources
        self.schedule.want(sorted(sources, key=str))

    @rule(seconds=st.sampled_from([0.0, 1.0, 30.0, 66.0, 300.0, 86400.0]), chance=st.floats(0, 1))
    def pass_time(self, seconds, chance):
        self.now += seconds
        self.chance = chance

    @rule()
    def take(self):
        due = {
            one
            for one in self.wanted
            if one.page not in self.reading and self.schedule.next_look(one) == 0
        }  # fmt: skip
        taken = self.schedule.take()
        assert (taken is None) == (not due)
        if taken is not None:
            assert taken in due
            assert self.now >= self.not_before.get(taken, 0.0) - 1e-6
            self.reading[taken.page] = taken

    @rule(one=known, after=st.sampled_from([0.0, 10.0, 400.0]), apart=st.sampled_from([0.0, 2.0, 60.0]))
    def hurry(self, one, after, apart):
        before = self.schedule.next_look(one)
        left = self.schedule.hurry(one, after, apart)
        if one in self.wanted:
            assert left == before and self.schedule.next_look(one) <= left

    @precondition(lambda self: self.reading)
    @rule(data=st.data(), good=st.booleans())
    def finish(self, data, good):
        page = data.draw(st.sampled_from(sorted(self.reading)))
        one = self.reading.pop(page)
        self.schedule.done(one, GOOD if good else BAD)
        if page in self.stale:
            self.stale.discard(page)
        elif one in self.wanted and not good:
            self.not_before[one] = self.now + 54
        else:
            self.not_before.pop(one, None)

    @invariant()
    def whoever_is_wanted_is_due_within_the_longest_pause(self):
        for one in self.wanted:
            pause = self.schedule.next_look(one)
            assert pause is not None
            assert 0 <= pause <= 300
        idle = [self.schedule.next_look(one) for one in self.wanted if one.page not in self.reading]
        assert self.schedule.wait() == min(idle, default=math.inf)


TestPages = Pages.TestCase
TestPages.settings = runs(deadline=None, max_examples=40, stateful_step_count=30)


def test_a_page_that_rests_is_passed_over_and_waited_for(schedule, clock):
    schedule.want([ACME, SPAM, ZOO])
    assert looked(schedule, Outcome(rest=3.0)) == ACME
    assert looked(schedule) == ZOO
    assert (schedule.take(), schedule.wait()) == (None, 3)
    clock.now += 3
    assert looked(schedule) == SPAM


@pytest.mark.parametrize(("rest", "again"), [(0.0, 60), (0.9, 60), (1.1, 60 * (1 - SPREAD))])
def test_a_list_that_would_have_to_wait_for_another_one_of_its_page_is_looked_at_earlier(clock, rest, again):
    chances = iter([0.0, 0.0, 0.0, 1.0])
    schedule = Schedule(60, clock, lambda: next(chances))
    schedule.want([ACME, SPAM, ZOO])
    looked(schedule)
    clock.now += 1.0
    schedule.take(), schedule.done(ZOO, Outcome(rest=rest))
    assert (schedule.next_look(ACME), schedule.next_look(ZOO)) == (59, 60), "they are of two Pages"
    schedule.take(), schedule.done(SPAM, Outcome(rest=rest))
    assert schedule.next_look(SPAM) == pytest.approx(again)


def test_lists_that_fill_the_interval_are_not_looked_at_earlier(clock):
    schedule = Schedule(60, clock, lambda: 0.0)
    schedule.want([ACME, SPAM])
    for rest in (0.0, 40.0):
        taken = schedule.take()
        schedule.done(taken, Outcome(rest=rest))
    assert (schedule.next_look(ACME), schedule.next_look(SPAM)) == (60, 60)


def test_a_look_that_takes_long_is_interrupted_for_what_is_due_of_its_page(schedule, clock):
    other = source("acme", Folder.DONE)
    schedule.want([ACME, SPAM, other, ZOO])
    for _ in range(4):
        looked(schedule)
    clock.now += 60
    assert [schedule.take(), schedule.take()] == [ZOO, ACME]
    begun = clock.now
    clock.now += 5
    assert schedule.interrupt("acme", begun) == SPAM
    assert schedule.interrupt("acme", begun) is None, "what interrupts is not interrupted"
    schedule.done(SPAM, GOOD)
    assert schedule.interrupt("acme", begun) == other
    assert schedule.take() is None
    schedule.done(other, BAD)
    assert schedule.interrupt("acme", begun) is None
    schedule.done(ACME, GOOD)
    assert [schedule.next_look(one) for one in (ACME, SPAM, other)] == [55, 60, 120]
    assert schedule.wait() == 55
    assert schedule.interrupt("acme", clock.now) is None, "nothing is read there"


def test_no_look_is_interrupted_for_what_comes_due_later_nor_for_a_first_look(schedule, clock):
    schedule.want([SPAM])
    looked(schedule)
    clock.now += 30
    schedule.want([SPAM, ACME, source("acme", Folder.DONE)])
    assert schedule.take() == ACME
    begun = clock.now
    clock.now += 31
    assert schedule.interrupt("acme", begun) is None
    assert schedule.interrupt("acme", clock.now) == SPAM
    schedule.done(SPAM, GOOD)
    assert schedule.interrupt("acme", clock.now) is None


def test_pages_in_trouble_leave_readers_for_the_others(clock):
    schedule = Schedule(60, clock, lambda: CALM, failing=2)
    failing = [source(f"bad{number}") for number in range(5)]
    schedule.want([*failing, ACME])
    for _ in failing:
        looked(schedule, BAD)
    looked(schedule)
    clock.now += 600
    taken = [schedule.take() for _ in range(3)]
    assert len({*taken} & {*failing}) == 2 and ACME in taken
    assert (schedule.take(), schedule.wait()) == (None, math.inf), "somebody has to come back"
    back = next(each for each in taken if each != ACME)
    schedule.done(back, BAD)
    assert schedule.take() in failing
