"""Periods in words, by the clocks of a zone, and what each is compared with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageinbox.language.reader import QueryError
from pageinbox.language.statistics import StatisticsAsked, parse_statistics
from pageinbox.model.source import Folder, Platform

PAGES = ["acme", "globex", "may"]
ROME, NEW_YORK = "Europe/Rome", "America/New_York"
NOW = datetime(2026, 11, 29, 14, 2, tzinfo=ZoneInfo(ROME))  # a Sunday
DAY = 86400


def asked(text: str, now: datetime = NOW) -> StatisticsAsked:
    return parse_statistics(text, PAGES, zone=str(now.tzinfo), now=now.timestamp())


def shown(text: str, now: datetime = NOW) -> str:
    """The period that is asked for and the one before, by the clocks."""
    period = asked(text, now).period
    ends = [period.period.begin, period.period.end, period.before.begin, period.before.end]
    begin, end, earlier, until = (f"{datetime.fromtimestamp(at, now.tzinfo):%d.%m.%y %H:%M}" for at in ends)
    return f"{begin} - {end}, {earlier} - {until}"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("", "22.11.26 14:02 - 29.11.26 14:02, 15.11.26 14:02 - 22.11.26 14:02"),
        ("24h", "28.11.26 14:02 - 29.11.26 14:02, 27.11.26 14:02 - 28.11.26 14:02"),
        ("past 2 weeks", "15.11.26 14:02 - 29.11.26 14:02, 01.11.26 14:02 - 15.11.26 14:02"),
        ("today", "29.11.26 00:00 - 29.11.26 14:02, 28.11.26 00:00 - 28.11.26 14:02"),
        ("yesterday", "28.11.26 00:00 - 29.11.26 00:00, 27.11.26 00:00 - 28.11.26 00:00"),
        ("this week", "23.11.26 00:00 - 29.11.26 14:02, 16.11.26 00:00 - 22.11.26 14:02"),
        ("last week", "16.11.26 00:00 - 23.11.26 00:00, 09.11.26 00:00 - 16.11.26 00:00"),
        ("November", "01.11.26 00:00 - 29.11.26 14:02, 01.10.26 00:00 - 29.10.26 14:02"),
        ("last november", "01.11.25 00:00 - 01.12.25 00:00, 01.10.25 00:00 - 01.11.25 00:00"),
        ("may", "01.05.26 00:00 - 01.06.26 00:00, 01.04.26 00:00 - 01.05.26 00:00"),
        ("last month", "01.10.26 00:00 - 01.11.26 00:00, 01.09.26 00:00 - 01.10.26 00:00"),
        ("this quarter", "01.10.26 00:00 - 29.11.26 14:02, 01.07.26 00:00 - 29.08.26 14:02"),
        ("last year", "01.01.25 00:00 - 01.01.26 00:00, 01.01.24 00:00 - 01.01.25 00:00"),
        ("since monday", "23.11.26 00:00 - 29.11.26 14:02, 16.11.26 00:00 - 22.11.26 14:02"),
        ("since yesterday 14:00", "28.11.26 14:00 - 29.11.26 14:02, 26.11.26 14:00 - 27.11.26 14:02"),
        ("since 28 nov", "28.11.26 00:00 - 29.11.26 14:02, 26.11.26 00:00 - 27.11.26 14:02"),
        ("sunday", "29.11.26 00:00 - 29.11.26 14:02, 22.11.26 00:00 - 22.11.26 14:02"),
        ("last sunday", "22.11.26 00:00 - 23.11.26 00:00, 15.11.26 00:00 - 16.11.26 00:00"),
        ("30 nov", "30.11.25 00:00 - 01.12.25 00:00, 29.11.25 00:00 - 30.11.25 00:00"),
        ("29 february", "29.02.24 00:00 - 01.03.24 00:00, 28.02.24 00:00 - 29.02.24 00:00"),
        ("1 to 30 november", "01.11.26 00:00 - 29.11.26 14:02, 02.10.26 00:00 - 30.10.26 14:02"),
        ("28 dec to 3 jan", "28.12.25 00:00 - 04.01.26 00:00, 21.12.25 00:00 - 28.12.25 00:00"),
        ("mtd", "01.11.26 00:00 - 29.11.26 14:02, 01.10.26 00:00 - 29.10.26 14:02"),
        ("qtd", "01.10.26 00:00 - 29.11.26 14:02, 01.07.26 00:00 - 29.08.26 14:02"),
        ("q3", "01.07.26 00:00 - 01.10.26 00:00, 01.04.26 00:00 - 01.07.26 00:00"),
        ("Q4 2025", "01.10.25 00:00 - 01.01.26 00:00, 01.07.25 00:00 - 01.10.25 00:00"),
        ("2025", "01.01.25 00:00 - 01.01.26 00:00, 01.01.24 00:00 - 01.01.25 00:00"),
        ("2026-10", "01.10.26 00:00 - 01.11.26 00:00, 01.09.26 00:00 - 01.10.26 00:00"),
        ("week 47", "16.11.26 00:00 - 23.11.26 00:00, 09.11.26 00:00 - 16.11.26 00:00"),
        ("kw 49", "01.12.25 00:00 - 08.12.25 00:00, 24.11.25 00:00 - 01.12.25 00:00"),
        ("weekend", "28.11.26 00:00 - 29.11.26 14:02, 21.11.26 00:00 - 22.11.26 14:02"),
        ("last weekend", "21.11.26 00:00 - 23.11.26 00:00, 14.11.26 00:00 - 16.11.26 00:00"),
        ("3 days ago", "26.11.26 00:00 - 27.11.26 00:00, 25.11.26 00:00 - 26.11.26 00:00"),
        ("two weeks ago", "09.11.26 00:00 - 16.11.26 00:00, 02.11.26 00:00 - 09.11.26 00:00"),
        ("a month ago", "01.10.26 00:00 - 01.11.26 00:00, 01.09.26 00:00 - 01.10.26 00:00"),
        ("since 2 weeks ago", "15.11.26 14:02 - 29.11.26 14:02, 01.11.26 14:02 - 15.11.26 14:02"),
        ("mon-fri", "23.11.26 00:00 - 28.11.26 00:00, 16.11.26 00:00 - 21.11.26 00:00"),
        ("from friday to monday", "27.11.26 00:00 - 29.11.26 14:02, 20.11.26 00:00 - 22.11.26 14:02"),
        ("monday till yesterday", "23.11.26 00:00 - 29.11.26 00:00, 16.11.26 00:00 - 22.11.26 00:00"),
        ("oct to nov", "01.10.26 00:00 - 29.11.26 14:02, 01.08.26 00:00 - 29.09.26 14:02"),
        ("dec-jan", "01.12.25 00:00 - 01.02.26 00:00, 30.09.25 00:00 - 01.12.25 00:00"),
        ("jan-mar 2025", "01.01.25 00:00 - 01.04.25 00:00, 03.10.24 00:00 - 01.01.25 00:00"),
        ("last two weeks", "15.11.26 14:02 - 29.11.26 14:02, 01.11.26 14:02 - 15.11.26 14:02"),
        ("fortnight by platform", "15.11.26 14:02 - 29.11.26 14:02, 01.11.26 14:02 - 15.11.26 14:02"),
        ("how fast over the last 3 days", "26.11.26 14:02 - 29.11.26 14:02, 23.11.26 14:02 - 26.11.26 14:02"),
        ("prior week", "16.11.26 00:00 - 23.11.26 00:00, 09.11.26 00:00 - 16.11.26 00:00"),
        ("previous 7 days", "22.11.26 14:02 - 29.11.26 14:02, 15.11.26 14:02 - 22.11.26 14:02"),
        ("lastweek", "16.11.26 00:00 - 23.11.26 00:00, 09.11.26 00:00 - 16.11.26 00:00"),
        ("yesterday's numbers with chart", "28.11.26 00:00 - 29.11.26 00:00, 27.11.26 00:00 - 28.11.26 00:00"),
        ("2026/11/28", "28.11.26 00:00 - 29.11.26 00:00, 27.11.26 00:00 - 28.11.26 00:00"),
        ("2026-11-01..2026-11-02", "01.11.26 00:00 - 03.11.26 00:00, 30.10.26 00:00 - 01.11.26 00:00"),
        ("13/11 to 15/11", "13.11.26 00:00 - 16.11.26 00:00, 10.11.26 00:00 - 13.11.26 00:00"),
        ("05.11.2026", "05.11.26 00:00 - 06.11.26 00:00, 04.11.26 00:00 - 05.11.26 00:00"),
        ("20 nov to 3 dec", "20.11.26 00:00 - 29.11.26 14:02, 06.11.26 00:00 - 15.11.26 14:02"),
        ("since last week", "16.11.26 00:00 - 29.11.26 14:02, 02.11.26 00:00 - 15.11.26 14:02"),
        ("this morning", "29.11.26 06:00 - 29.11.26 14:02, 28.11.26 06:00 - 28.11.26 14:02"),
        ("yesterday evening", "28.11.26 18:00 - 29.11.26 14:02, 27.11.26 18:00 - 28.11.26 14:02"),
        ("busiest hour today", "29.11.26 00:00 - 29.11.26 14:02, 28.11.26 00:00 - 28.11.26 14:02"),
        ("how many new today", "29.11.26 00:00 - 29.11.26 14:02, 28.11.26 00:00 - 28.11.26 14:02"),
        ("5 hours ago", "29.11.26 09:02 - 29.11.26 14:02, 29.11.26 04:02 - 29.11.26 09:02"),
    ],
)
def test_what_people_type_is_a_period_and_one_before(text: str, when: str) -> None:
    assert shown(text) == when


def test_a_month_is_compared_with_no_more_than_the_shorter_one_before() -> None:
    march = datetime(2026, 3, 31, 14, 2, tzinfo=UTC)
    assert shown("this month", march) == "01.03.26 00:00 - 31.03.26 14:02, 01.02.26 00:00 - 01.03.26 00:00"


def test_days_of_23_and_25_hours_are_days() -> None:
    autumn, spring = datetime(2026, 10, 26, 9, tzinfo=ZoneInfo(ROME)), datetime(2026, 3, 30, 9, tzinfo=ZoneInfo(ROME))
    for now, hours in ((autumn, 25), (spring, 23)):
        period = asked("yesterday", now).period
        assert (period.period.seconds, period.before.seconds) == (hours * 3600, DAY)
        today = asked("today", now).period
        assert (today.period.seconds, today.before.seconds) == (9 * 3600, (hours - 15) * 3600)
        assert asked("7d", now).period.period.seconds == 7 * DAY


WORDS = (
    *("7d", "3 months", "today", "yesterday", "friday", "last friday", "this week", "last week", "this month"),
    *("last month", "march", "last year", "since monday", "since 14:00", "since june", "1 to 15 june", "29 feb"),
    *(
        "q2",
        "ytd",
        "2019",
        "week 52",
        "w1",
        "last weekend",
        "3 weeks ago",
        "a day ago",
        "mon-fri",
        "sun-mon",
        "nov-feb",
    ),
)
ZONES = (ROME, NEW_YORK, "America/Havana", "Asia/Beirut", "Pacific/Apia", "Africa/Cairo", "UTC")


@given(st.datetimes(datetime(2011, 12, 25), datetime(2027, 12, 31)), st.sampled_from(WORDS), st.sampled_from(ZONES))
def test_a_period_is_over_and_the_one_before_does_not_overlap_it(face: datetime, text: str, zone: str) -> None:
    now = face.replace(tzinfo=UTC)
    try:
        found = parse_statistics(text, PAGES, zone=zone, now=now.timestamp())
    except QueryError as error:
        assert "still to come" in str(error)
        return
    period, before = found.period.period, found.period.before
    assert before.begin <= before.end <= period.begin <= period.end <= now.timestamp()
    assert parse_statistics(str(found), PAGES, zone=zone, now=now.timestamp()) == found


def test_lists_are_chosen_as_in_questions_but_all_folders_count_where_none_is_named() -> None:
    assert asked("").selection.folder is None
    found = asked("junk on ig of Globex last week please")
    assert (found.selection.folder, found.selection.platform, found.selection.page) == (
        Folder.SPAM,
        Platform.INSTAGRAM,
        "globex",
    )
    assert asked("page may").selection.page == "may"
    assert asked("messenger and instagram").selection.platform is None
    assert asked("as csv file").csv and not asked("").csv


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("30m", "A period lasts at least an hour. For example: inbox stats 7d"),
        ("0d", "A period lasts at least an hour. For example: inbox stats 7d"),
        ("0 months", "There is no “0 months” in the calendar. For example: inbox stats 7d"),
        ("7d since monday", "7d or since monday? Only one at a time. For example: inbox stats 7d"),
        ("999999999 years", "I look back at most ten years. For example: inbox stats 7d"),
        ("11 years", "I look back at most ten years. For example: inbox stats 7d"),
        ("january 1950", "I look back at most ten years. For example: inbox stats 7d"),
        ("last 7", "“7” needs a unit: h, d or w. For example: inbox stats 7d"),
        ("tomorrow", "“tomorrow” is still to come. For example: inbox stats 7d"),
        ("next week spam", "“next week” is still to come. For example: inbox stats 7d spam"),
        ("since today 23:00", "“since today 23:00” is still to come. For example: inbox stats 7d"),
        ("2027-01-01", "“2027-01-01” is still to come. For example: inbox stats 7d"),
        ("this evening", "“since today 18:00” is still to come. For example: inbox stats 7d"),
        ("31 april", "There is no “31 april” in the calendar. For example: inbox stats 7d"),
        ("2026-99-99", "There is no “2026-99-99” in the calendar. For example: inbox stats 7d"),
        ("11.12.2026", "“11.12.2026” is still to come. For example: inbox stats 7d"),
        ("11/12", "“11/12” may be 11 dec or 12 nov; please name the month. For example: inbox stats 11 dec"),
        ("5 nov to 1 nov", "“5 nov to 1 nov” ends before it begins. For example: inbox stats 1 nov to 5 nov"),
        ("2026-11-05 to 2026-11-01 spam", "“2026-11-05 to 2026-11-01” ends before it begins. "
         "For example: inbox stats 1 nov to 5 nov spam"),
        ("today yesterday", "today or yesterday? Only one at a time. For example: inbox stats today"),
        ("7d 30d", "7d or 30d? Only one at a time. For example: inbox stats 7d"),
        ("q1 2027", "“q1 2027” is still to come. For example: inbox stats 7d"),
        ("week 60", "There is no “week 60” in the calendar. For example: inbox stats 7d"),
        ("today to yesterday", "“today to yesterday” ends before it begins. For example: inbox stats 28 nov to 29 nov"),
        ("2026-13", "There is no “2026-13” in the calendar. For example: inbox stats 7d"),
        ("weekly spam", "Statistics come when you ask for them; a digest comes by itself. "
         "For example: inbox digest weekly spam"),
        ("7d this week", "this week or 7d? Only one at a time. For example: inbox stats this week"),
        ("thsi week", "I don't know “thsi”. Did you mean this? For example: inbox stats this week"),
        ("octobre", "I don't know “octobre”. Did you mean october? For example: inbox stats october"),
        ("globx 24h", "I don't know “globx”. Did you mean globex? For example: inbox stats 24h globex"),
        ("parsecs", "I don't know “parsecs”. For example: inbox stats 7d"),
        ("all time", "Say how far back: this year, q3, last month and the like. For example: inbox stats this year"),
        ("compare with last week", "Each answer already compares with the time before. "
         "For example: inbox stats last week"),
        ("unread", "Statistics can't be narrowed down by “unread”, only by Page, platform and folder. "
         "For example: inbox stats 7d"),
        ("limit 5 today", "Statistics can't be narrowed down by “limit”, only by Page, platform and folder. "
         "For example: inbox stats today"),
        ("@ann today", "I keep no names for statistics, so I can count by Page, platform and folder only. "
         "For example: inbox stats today"),
        ('text "refund" today', "I keep no words for statistics, so I can count by Page, platform and folder only. "
         "For example: inbox stats today"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named_with_the_nearest_that_does(text: str, why: str) -> None:
    with pytest.raises(QueryError) as error:
        asked(text)
    assert str(error.value) == why


@given(
    st.text(max_size=60) | st.lists(st.sampled_from([*WORDS, "to", "-", "12", "nov", "the", "of", "csv"])).map(" ".join)
)
def test_any_words_are_read_or_refused(text: str) -> None:
    try:
        asked(text)
    except QueryError as error:
        assert str(error)


def test_two_weeks_are_as_long_whatever_the_clocks_do() -> None:
    now = datetime(2026, 10, 26, 9, tzinfo=ZoneInfo(ROME))
    period = asked("2 weeks", now).period
    assert timedelta(seconds=period.period.seconds) == timedelta(seconds=period.before.seconds) == timedelta(14)
