"""Counts, times and lists, to the letter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pageinbox.words.english import ago, counted, duration, exact, moment, spell

MINUTE, HOUR, DAY = 60, 3600, 86400
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("number", "more", "text"),
    [
        (0, False, "no conversations"),
        (1, False, "1 conversation"),
        (2, False, "2 conversations"),
        (14, False, "14 conversations"),
        (1000, False, "1,000 conversations"),
        (1_234_567, False, "1,234,567 conversations"),
        (0, True, "0+ conversations"),
        (1, True, "1+ conversations"),
        (50, True, "50+ conversations"),
        (1200, True, "1,200+ conversations"),
    ],
)
def test_counts(number, more, text):
    assert counted(number, "conversation", more=more) == text


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (list("abcd"), "a, b, c and d")],
)
def test_lists(items, text):
    assert spell(items) == text
    assert spell(items, "or") == text.replace(" and ", " or ")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.99, "0 s"),
        (1, "1 s"),
        (59.99, "59 s"),
        (MINUTE, "1 min"),
        (2 * MINUTE - 1, "1 min"),
        (HOUR - 1, "59 min"),
        (HOUR, "1 h"),
        (DAY - 1, "23 h"),
        (DAY, "1 day"),
        (2 * DAY - 1, "1 day"),
        (2 * DAY, "2 days"),
        (400 * DAY, "400 days"),
        (4000 * DAY, "4,000 days"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("back", "text"),
    [
        (-HOUR, "just now"),
        (0, "just now"),
        (0.99, "just now"),
        (1, "1 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (DAY - 1, "23 h ago"),
        (DAY, "1 day ago"),
    ],
)
def test_how_long_ago(back, text):
    assert ago(NOW - back, NOW) == text


@pytest.mark.parametrize(
    ("back", "text"),
    [
        (0, "just now"),
        (4 * MINUTE, "4 min ago"),
        (DAY - 1, "23 h ago"),
        (DAY, "1 day ago, 22 Nov 12:00"),
        (3 * DAY + 61, "3 days ago, 20 Nov 11:58"),
        (326 * DAY, "326 days ago, 1 Jan 12:00"),
        (327 * DAY, "327 days ago, 31 Dec 2025 12:00"),
    ],
)
def test_a_moment_has_its_exact_time_from_a_day_on(back, text):
    assert moment(NOW - back, NOW, UTC) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 1, 1, 0, 0, 59, tzinfo=UTC), "1 Jan 00:00"),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 2025 23:59"),
        (datetime(2027, 2, 3, 4, 5, tzinfo=UTC), "3 Feb 2027 04:05"),
    ],
)
def test_exact_times(at, text):
    assert exact(at.timestamp(), NOW, UTC) == text
