"""When customers came and were answered, as bars in a line of text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from pageinbox.model.calendar import UNITS, WEEKDAYS, first_day
from pageinbox.model.post import Line
from pageinbox.model.statistics import DAY, DayFigures, Statistics
from pageinbox.words.english import dated

BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 35
"""Where there are more days, weeks are shown, or months."""

Row = tuple[Line, Line, Line]
"""What is counted, its figures, and how they were before or what there is to say of them."""


def by_time(found: Statistics, zone: tzinfo) -> list[Row]:
    """When they came and were answered, as sparklines."""
    rows: list[Row] = []
    unit, bars = grouped(found.days, zone)
    if len(bars) > 1:
        first, last = (datetime.fromtimestamp(day.begin, zone).date() for day in (found.days[0], found.days[-1]))
        ends = f"{dated(first, last)} to {dated(last, last)}"
        for column, label in enumerate(("new", "answered")):
            many = [counts[column] for counts in bars.values()]
            if any(many):
                rows.append(((f"{label} by {unit}",), (spark(many),), (f"{ends}, up to {max(many):,}",)))
    by_hour, by_weekday = Counter[int](), Counter[int]()
    for (weekday, hour), number in found.hours.items():
        by_hour[hour] += number
        by_weekday[weekday] += number
    if by_hour:
        hour, busiest = max(by_hour.items(), key=lambda pair: (pair[1], -pair[0]))
        what = f"0 to 24 h, busiest {hour:02}–{hour + 1:02} h ({busiest:,})"
        rows.append((("new by hour",), (spark([by_hour[each] for each in range(24)]),), (what,)))
    if by_weekday and found.period.seconds >= 2 * 7 * DAY:
        weekday, busiest = max(by_weekday.items(), key=lambda pair: (pair[1], -pair[0]))
        what = f"Mon to Sun, busiest {WEEKDAYS[weekday].title()} ({busiest:,})"
        rows.append((("new by weekday",), (spark([by_weekday[each] for each in range(7)]),), (what,)))
    return rows


def grouped(days: Sequence[DayFigures], zone: tzinfo) -> tuple[str, dict[date, tuple[int, int]]]:
    """How many came and were answered by the first days of the smallest units of which a sparkline can show all."""
    for unit in UNITS:
        found: dict[date, tuple[int, int]] = {}
        for day in days:
            first = first_day(unit, datetime.fromtimestamp(day.begin, zone).date())
            new, answered = found.get(first, (0, 0))
            found[first] = new + day.new, answered + day.answered
        if len(found) <= MOST_BARS:
            break
    return unit, found


def spark(numbers: Sequence[int]) -> str:
    """Numbers as bars; only nothing has the lowest."""
    most = max(numbers)
    return "".join(BARS[math.ceil(number / most * (len(BARS) - 1))] if number else BARS[0] for number in numbers)
