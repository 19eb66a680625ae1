"""Which looks go on behind what is known: each source's once an hour, and of many a tenth in one interval."""

from __future__ import annotations

import pytest

from pageinbox.model.source import Folder, Platform, Source
from pageinbox.tell.sweeps import AT_ONCE, SHARE, SWEEP_EVERY, Sweeps

DAY = 86400


def sources(count: int) -> list[Source]:
    return [Source(f"page-{number}", Platform.MESSENGER, Folder.INBOX) for number in range(count)]


def swept(sweeps: Sweeps, every: list[Source]) -> list[Source]:
    """Those of which one round of looks is a sweep that goes well."""
    begun = [source for source in every if sweeps.begin(source, len(every))]
    for source in begun:
        sweeps.done(source)
    return begun


def test_a_few_are_all_swept_after_a_start_and_then_each_hour(clock):
    sweeps, few = Sweeps(60, clock), sources(AT_ONCE)
    assert swept(sweeps, few) == few
    clock.now += SWEEP_EVERY - 1
    assert swept(sweeps, few) == []
    clock.now += 1
    assert swept(sweeps, few) == few


@pytest.mark.parametrize("interval", [60, 600, DAY])
def test_of_many_a_tenth_is_swept_at_a_time_and_within_the_hour_each_of_them(clock, interval):
    sweeps, many = Sweeps(interval, clock), sources(2400)
    rounds = []
    for _ in range(SHARE):
        rounds.append(swept(sweeps, many))
        clock.now += min(interval, SWEEP_EVERY / SHARE)
    assert [len(each) for each in rounds] == [240] * SHARE
    assert {source for each in rounds for source in each} == {*many}


def test_a_sweep_that_failed_is_made_up_for(clock):
    sweeps, (one,) = Sweeps(60, clock), sources(1)
    assert sweeps.begin(one, 1)
    assert sweeps.begin(one, 1)
