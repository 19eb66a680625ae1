"""Opening hours: how much of a wait they leave, and when so much has passed, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageinbox.model.calendar import zone_of
from pageinbox.model.hours import OpeningHours, Span

HOUR = 60
ROME = ZoneInfo("Europe/Rome")
SHOP = OpeningHours((*(Span(day, 9 * HOUR, 18 * HOUR) for day in range(5)), Span(5, 10 * HOUR, 14 * HOUR)), ROME)
BAR = OpeningHours((Span(4, 18 * HOUR, 26 * HOUR), Span(6, 20 * HOUR, 27 * HOUR)), ROME)
ALWAYS = OpeningHours(tuple(Span(day, 0, 24 * HOUR) for day in range(7)), ROME)


def at(shown: str, *, second: bool = False) -> float:
    return datetime.fromisoformat(shown).replace(tzinfo=ROME, fold=second).timestamp()


@pytest.mark.parametrize(
    ("hours", "since", "now", "minutes"),
    [
        (SHOP, "2026-11-23 10:00", "2026-11-23 11:30", 90),  # a Monday
        (SHOP, "2026-11-23 17:00", "2026-11-24 10:00", 120),  # over night
        (SHOP, "2026-11-27 17:00", "2026-11-30 09:30", 60 + 240 + 30),  # over a weekend with an open Saturday
        (SHOP, "2026-11-29 12:00", "2026-11-29 13:00", 0),  # on a Sunday
        (SHOP, "2026-11-23 12:00", "2026-11-23 11:00", 0),  # the wrong way round
        (SHOP, "2026-11-01 00:00", "2026-11-29 00:00", 4 * (5 * 9 + 4) * 60),  # four weeks
        (BAR, "2026-11-27 12:00", "2026-11-28 12:00", 8 * 60),  # past midnight
        (BAR, "2026-11-29 23:00", "2026-11-30 05:00", 4 * 60),  # and into the next week
        (ALWAYS, "2026-03-29 00:00", "2026-03-30 00:00", 23 * 60),
        (ALWAYS, "2026-10-25 00:00", "2026-10-26 00:00", 25 * 60),
        (BAR, "2026-03-29 12:00", "2026-03-30 12:00", 7 * 60),  # open when the clocks have changed already
    ],
)
def test_open_time(hours: OpeningHours, since: str, now: str, minutes: int) -> None:
    assert hours.open_seconds(at(since), at(now)) == minutes * 60


@pytest.mark.parametrize(
    ("hours", "since", "minutes", "then"),
    [
        (SHOP, "2026-11-23 10:00", 60, "2026-11-23 11:00"),
        (SHOP, "2026-11-23 10:00", 0, "2026-11-23 10:00"),
        (SHOP, "2026-11-22 10:00", 0, "2026-11-22 10:00"),
        (SHOP, "2026-11-22 10:00", 1, "2026-11-23 09:01"),
        (SHOP, "2026-11-27 17:30", 60, "2026-11-28 10:30"),
        (SHOP, "2026-11-28 13:30", 30, "2026-11-28 14:00"),  # at closing time, not when it opens again
        (SHOP, "2026-11-28 13:30", 31, "2026-11-30 09:01"),
        (BAR, "2026-11-28 01:30", 60, "2026-11-29 20:30"),
    ],
)
def test_when_so_much_open_time_has_passed(hours: OpeningHours, since: str, minutes: int, then: str) -> None:
    assert hours.after(at(since), minutes * 60) == at(then)


def test_an_hour_that_the_clocks_show_twice_counts_twice_and_one_that_they_leave_out_not_at_all() -> None:
    night = OpeningHours((Span(6, 1 * HOUR, 4 * HOUR),), ROME)
    assert night.open_seconds(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 4 * 3600
    assert night.open_seconds(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == 2 * 3600
    # In spring, what would open at 02:00 and close at 03:00 has nothing of it.
    gone = OpeningHours((Span(6, 2 * HOUR, 3 * HOUR),), ROME)
    assert gone.open_seconds(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == 0
    assert gone.after(at("2026-03-29 00:00"), 60) == at("2026-04-05 02:01")


def test_hours_that_overlap_count_once() -> None:
    both = OpeningHours((Span(0, 9 * HOUR, 13 * HOUR), Span(0, 12 * HOUR, 15 * HOUR), Span(6, 20 * HOUR, 34 * HOUR)))
    monday = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    assert both.open_seconds(monday, monday + 86400) == 15 * 3600  # those of Sunday last until 10:00


spans = st.builds(
    lambda day, begin, lasts: Span(day, begin, begin + lasts),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(30, 1440),
)
zones = st.sampled_from(["UTC", "Europe/Rome", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia"]).map(zone_of)
opening = st.builds(OpeningHours, st.lists(spans, min_size=1, max_size=5).map(tuple), zones)
moments = st.datetimes(datetime(2011, 11, 1), datetime(2012, 11, 1)).map(lambda moment: round(moment.timestamp()))


@given(hours=opening, since=moments, seconds=st.integers(1, 86400))
def test_after_is_the_first_moment_at_which_so_much_open_time_has_passed(
    hours: OpeningHours, since: int, seconds: int
) -> None:
    then = hours.after(since, seconds)
    assert hours.open_seconds(since, then) == seconds
    assert hours.open_seconds(since, then - 1) == seconds - 1


@given(hours=opening, times=st.tuples(moments, moments, moments).map(sorted))
def test_open_time_adds_up_and_is_never_more_than_time(hours: OpeningHours, times: list[int]) -> None:
    first, middle, last = times
    whole = hours.open_seconds(first, last)
    assert whole == hours.open_seconds(first, middle) + hours.open_seconds(middle, last)
    assert whole <= last - first


@given(spans=st.lists(spans, min_size=1, max_size=5).map(tuple), since=moments, minutes=st.integers(0, 2000))
def test_it_is_open_when_the_clocks_show_an_open_minute(spans: tuple[Span, ...], since: int, minutes: int) -> None:
    """Where clocks never change, minute by minute."""
    since -= since % 60
    faces = [datetime.fromtimestamp(since, UTC) + timedelta(minutes=minute) for minute in range(minutes)]
    place = [face.weekday() * 1440 + face.hour * 60 + face.minute for face in faces]
    open_minutes = sum(
        any(0 <= (minute - span.day * 1440 - span.begin) % 10080 < span.end - span.begin for span in spans)
        for minute in place
    )
    assert OpeningHours(spans).open_seconds(since, since + minutes * 60) == open_minutes * 60
