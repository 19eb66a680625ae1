"""Points of the calendar, also where the clocks of a zone change."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pageinbox.model.calendar import WEEKDAYS, Since
from pageinbox.words.english import clock, exact, short_zone, span

ROME = ZoneInfo("Europe/Rome")


def at(shown: str, zone: str = "Europe/Rome", *, second: bool = False) -> float:
    """The moment at which the clocks show this; `second` where they do so twice."""
    return datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(zone), fold=second).timestamp()


@pytest.mark.parametrize(
    ("day", "hour", "now", "then"),
    [
        ("today", 0, "2026-11-23 15:02", "2026-11-23 00:00"),
        ("today", 0, "2026-11-23 00:30", "2026-11-23 00:00"),
        ("yesterday", 14, "2026-11-23 00:30", "2026-11-22 14:00"),
        ("monday", 0, "2026-11-23 15:02", "2026-11-23 00:00"),  # a Monday
        ("monday", 16, "2026-11-23 15:02", "2026-11-16 16:00"),
        ("sunday", 0, "2026-11-23 15:02", "2026-11-22 00:00"),
        ("tuesday", 9, "2026-11-23 15:02", "2026-11-17 09:00"),
        ("", 14, "2026-11-23 15:02", "2026-11-23 14:00"),
        ("", 16, "2026-11-23 15:02", "2026-11-22 16:00"),
        # 23 hours of a day in spring, 25 of one in autumn
        ("yesterday", 0, "2026-03-30 12:00", "2026-03-29 00:00"),
        ("today", 0, "2026-10-25 12:00", "2026-10-25 00:00"),
        # 02:00 to 03:00 is left out: it comes with the change
        ("today", 2, "2026-03-29 12:00", "2026-03-29 03:00"),
        ("2026-11-20", 14, "2026-11-23 15:02", "2026-11-20 14:00"),
        ("20 nov", 0, "2026-11-23 15:02", "2026-11-20 00:00"),
        ("24 dec", 0, "2026-11-23 15:02", "2025-12-24 00:00"),
        ("29 feb", 0, "2026-11-23 15:02", "2024-02-29 00:00"),
        ("23rd", 0, "2026-11-23 15:02", "2026-11-23 00:00"),
        ("31st", 9, "2026-11-23 15:02", "2026-10-31 09:00"),
        ("this week", 0, "2026-11-25 15:02", "2026-11-23 00:00"),
        ("last week", 9, "2026-11-25 15:02", "2026-11-16 09:00"),
        ("last month", 0, "2026-01-25 15:02", "2025-12-01 00:00"),
        ("last quarter", 0, "2026-11-25 15:02", "2026-07-01 00:00"),
        ("this year", 0, "2026-11-25 15:02", "2026-01-01 00:00"),
    ],
)
def test_since_a_point_of_the_calendar(day: str, hour: int, now: str, then: str) -> None:
    assert Since(day, time(hour), "Europe/Rome").before(at(now)) == at(then)


def test_a_time_that_comes_twice_counts_the_first_time() -> None:
    half = Since("", time(2, 30), "Europe/Rome")
    assert half.before(at("2026-10-25 12:00")) == at("2026-10-25 02:30")
    assert half.before(at("2026-10-25 02:45", second=True)) == at("2026-10-25 02:30")


def test_a_day_that_begins_at_one_begins_then() -> None:
    # In Santiago the clocks go from 23:59 to 01:00.
    assert Since("today", time(0), "America/Santiago").before(at("2026-09-06 12:00", "America/Santiago")) == at(
        "2026-09-06 01:00", "America/Santiago"
    )


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.timestamp())
zones = st.sampled_from(
    ["UTC", "Europe/Rome", "America/Santiago", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
faces = st.times().map(lambda face: face.replace(second=0, microsecond=0))


@settings(deadline=None, max_examples=300)
@given(moments, zones, faces, st.sampled_from(["", *WEEKDAYS]))
def test_the_latest_such_moment_is_meant(now: float, zone: str, face: time, day: str) -> None:
    found = Since(day, face, zone).before(now)
    assert now - timedelta(days=8).total_seconds() <= found <= now
    if not day:
        assert now - found <= timedelta(days=1, hours=2).total_seconds()
    shown = datetime.fromtimestamp(found, ZoneInfo(zone))
    if shown.time() == face and day:
        assert WEEKDAYS[shown.weekday()] == day


def test_times_are_said_in_their_zone() -> None:
    now = at("2026-11-23 15:02")
    assert clock(now - 60, now, ROME) == "15:01 CET"
    assert clock(now - 86_400, now, ROME) == "22 Nov 15:02 CET"
    assert exact(at("2025-12-31 23:59"), now, ROME) == "31 Dec 2025 23:59"
    assert span(now - 3600, now, now, ROME) == "14:02–15:02 CET"
    assert span(now - 86_400, now - 86_000, now, ROME) == "22 Nov 15:02–15:08 CET"
    assert span(now - 86_400, now, now, ROME) == "22 Nov 15:02 – 23 Nov 15:02 CET"


def test_a_span_over_a_change_of_clocks_names_both() -> None:
    begin, end = at("2026-10-25 02:30"), at("2026-10-25 02:10", second=True)
    assert span(begin, end, end + 60, ROME) == "02:30 CEST – 02:10 CET"


def test_a_zone_without_letters_is_named_in_full() -> None:
    assert short_zone(0.0, ZoneInfo("America/Sao_Paulo")) == "America/Sao_Paulo"
    assert short_zone(0.0, ZoneInfo("UTC")) == "UTC"
