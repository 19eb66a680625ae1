"""Which looks go on behind what is known: each source's once an hour, and those of many spread over it."""

from __future__ import annotations

import pytest

from pageinbox.model.source import Folder, Platform, Source
from pageinbox.tell.sweeps import AT_ONCE, LONGEST, ROUND, SWEEP_EVERY, Sweeps

DAY = 86400


def sources(count: int) -> list[Source]:
    return [Source(f"page-{number}", Platform.MESSENGER, Folder.INBOX) for number in range(count)]


def swept(sweeps: Sweeps, every: list[Source]) -> list[Source]:
    """Those of which one round of looks is a sweep that goes well."""
    begun = [source for source in every if sweeps.begin(source, len(every))]
    for source in every:
        sweeps.end(source, swept=source in begun)
    return begun


def test_a_few_are_all_swept_after_a_start_and_then_each_hour(clock):
    sweeps, few = Sweeps(60, clock), sources(AT_ONCE)
    assert swept(sweeps, few) == few
    clock.now += SWEEP_EVERY - 1
    assert swept(sweeps, few) == []
    clock.now += 1
    assert swept(sweeps, few) == few


@pytest.mark.parametrize("interval", [60, 600, DAY])
def test_those_of_many_are_spread_and_each_of_them_has_its_turn_within_the_hour(clock, interval):
    sweeps, many = Sweeps(interval, clock), sources(2400)
    length = min(interval, LONGEST)
    rounds = []
    for _ in range(int(SWEEP_EVERY / length)):
        rounds.append(swept(sweeps, many))
        clock.now += length
    assert max(map(len, rounds)) == max(AT_ONCE, len(many) * length / ROUND)
    assert sorted(str(source) for each in rounds for source in each) == sorted(map(str, many))


def test_those_of_many_begin_one_after_the_other(clock):
    sweeps, many = Sweeps(60, clock), sources(2400)
    assert len(swept(sweeps, many)) == AT_ONCE
    for _ in range(5):
        clock.now += 60 / AT_ONCE
        assert len(swept(sweeps, many)) == 1


def test_a_sweep_that_failed_is_made_up_for(clock):
    sweeps, (one,) = Sweeps(60, clock), sources(1)
    assert sweeps.begin(one, 1)
    sweeps.end(one, swept=False)
    assert sweeps.begin(one, 1)


def test_of_a_page_one_list_at_a_time_is_swept(clock):
    sweeps, (one, zoo) = Sweeps(60, clock), sources(2)
    spam = Source(one.page, one.platform, Folder.SPAM)
    assert [sweeps.begin(each, 3) for each in (one, spam, zoo)] == [True, False, True]
    sweeps.end(spam, swept=False)
    assert not sweeps.begin(spam, 3), "it was not the one that ended"
    sweeps.end(one, swept=True)
    assert sweeps.begin(spam, 3)
