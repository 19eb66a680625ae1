"""Adding up: percentiles, days and hours by a zone's clocks, times without looks, each beside its plain definition."""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageinbox.model.statistics import BOUNDS, DAY, HOUR, Lengths, Period
from pageinbox.model.tally import Tally, days_of, distribution, hours_of, lengths_of, seen, total

ROME, QUARTER = ZoneInfo("Europe/Rome"), 900
ZONES = ("UTC", "Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
         "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Asuncion", "Pacific/Apia", "America/Scoresbysund",
         "Asia/Gaza", "Antarctica/Troll")  # fmt: skip
"""Clocks that change by half an hour, by two, at midnight and over it, and one that left out a day in 2011."""

LENGTHS = st.lists(st.integers(0, 20) | st.integers(0, 30 * 86400), max_size=60)


@given(LENGTHS)
def test_the_nearest_rank_is_the_shortest_length_that_enough_do_not_exceed(lengths: list[int]) -> None:
    found = lengths_of(array("i", lengths))
    assert found.count == len(lengths)
    for percent, rank in ((50, found.median), (90, found.ninetieth)):
        enough = [one for one in lengths if 100 * sum(other <= one for other in lengths) >= percent * len(lengths)]
        assert rank == min(enough, default=None)


def test_few_lengths_have_ranks_too() -> None:
    assert lengths_of([]) == Lengths(0, None, None) and lengths_of([7]) == Lengths(1, 7, 7)
    assert lengths_of([2, 1]) == Lengths(2, 1, 2) and lengths_of([0] * 9 + [5]) == Lengths(10, 0, 0)
    assert lengths_of([0] * 8 + [5, 5]) == Lengths(10, 0, 5)


@given(LENGTHS)
def test_every_length_is_in_one_group(lengths: list[int]) -> None:
    ends = (-1, *BOUNDS, 10**9)
    groups = [sum(low < one <= high for one in lengths) for low, high in pairwise(ends)]
    assert distribution(lengths) == groups


@given(st.lists(st.lists(st.integers(0, 10**6), max_size=8), max_size=5))
def test_what_is_added_up_has_the_ranks_of_all(parts: list[list[int]]) -> None:
    tallies = [Tally(answered=len(part), took=array("i", sorted(part))) for part in parts]
    figures = total(tallies).figures()
    every = [length for part in parts for length in part]
    assert (figures.answered, figures.took, figures.opened) == (len(every), lengths_of(every), None)
    assert [each.took.tolist() for each in tallies] == [sorted(part) for part in parts]


def clocks(moment: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment, zone)


MOMENTS = st.integers(datetime(2010, 1, 1, tzinfo=UTC).timestamp() // QUARTER,
                      datetime(2032, 1, 1, tzinfo=UTC).timestamp() // QUARTER)  # fmt: skip


@given(st.sampled_from(ZONES), MOMENTS, st.integers(1, 40 * 96), st.data())
def test_days_are_those_that_the_clocks_show(name: str, first: int, quarters: int, data: st.DataObject) -> None:
    zone, begin = ZoneInfo(name), first * QUARTER
    period = Period(begin, begin + quarters * QUARTER)
    inside = st.integers(0, quarters - 1).map(lambda number: float(begin + number * QUARTER))
    new, answered = (Counter(data.draw(st.lists(inside, max_size=20))) for _ in range(2))
    days = days_of(period, zone, new, answered)
    begins = [day.begin for day in days]
    assert begins == sorted(set(begins)) and begins[0] <= period.begin and begins[-1] < period.end
    assert sum(day.new for day in days) == new.total() and sum(day.answered for day in days) == answered.total()
    for at, later in zip(begins, [*begins[1:], None], strict=True):
        # It begins when the clocks first show its date, and no moment of it has another but where they go back.
        date = clocks(at, zone).date()
        assert clocks(at - 1, zone).date() < date
        end = min(later or period.end, at + 3 * DAY)
        dates = Counter(clocks(at + ahead, zone).date() - date for ahead in range(0, int(end - at), QUARTER))
        assert dates.keys() <= {timedelta(0), timedelta(-1)} and dates[timedelta(-1)] <= 4
        (day,) = (day for day in days if day.begin == at)
        inside = [
            [many for moment, many in of.items() if at <= moment < (later or period.end)] for of in (new, answered)
        ]
        assert [day.new, day.answered] == [sum(each) for each in inside]


@pytest.mark.parametrize(
    ("month", "day", "hours"),
    [(3, 28, 24), (3, 29, 23), (3, 30, 24), (10, 24, 24), (10, 25, 25), (10, 26, 24)],
)
def test_a_day_may_have_23_or_25_hours(month: int, day: int, hours: int) -> None:
    begin = datetime(2026, month, day, tzinfo=ROME).timestamp()
    period = Period(begin, begin + 2 * DAY)
    moments = {begin + ahead * QUARTER: 1 for ahead in range(2 * DAY // QUARTER)}
    days = days_of(period, ROME, moments, {})
    assert days[0].begin == begin and days[0].new == hours * 4 and days[1].begin == begin + hours * HOUR


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_left_out_is_empty() -> None:
    for month, day, two in ((3, 29, 0), (10, 25, 8)):
        begin = datetime(2026, month, day, tzinfo=ROME).timestamp()
        found = hours_of({begin + ahead * QUARTER: 1 for ahead in range(6 * 4)}, ROME)
        assert found.get((6, 2), 0) == two and found[6, 1] == found[6, 3] == 4


def test_a_day_that_was_left_out_is_none() -> None:
    apia = ZoneInfo("Pacific/Apia")
    begin = datetime(2011, 12, 29, tzinfo=apia).timestamp()
    days = days_of(Period(begin, begin + 2 * DAY), apia, {}, {})
    assert [clocks(day.begin, apia).day for day in days] == [29, 31]


SPANS = st.lists(st.tuples(st.integers(-50, 150), st.integers(-50, 150)), max_size=12)


@given(SPANS, st.integers(0, 100), st.integers(0, 100))
def test_what_was_seen_is_what_is_in_no_blind_time(spans: list[tuple[int, int]], begin: int, length: int) -> None:
    blind = [tuple(sorted(span)) for span in spans]
    seconds = range(begin, begin + length)
    clear = sum(not any(low <= second < high for low, high in blind) for second in seconds)
    assert seen(Period(begin, begin + length), blind) == pytest.approx(clear / length if length else 0)
