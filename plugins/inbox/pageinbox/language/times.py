"""Lengths of time, times of day and points of the calendar, as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise

from pageinbox.model.calendar import WEEKDAYS, Since, Until
from pageinbox.model.text import bare

UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 7 * 86400),
    **dict.fromkeys(("fortnight", "fortnights"), 14 * 86400),
}
NUMBERS = {
    **{"a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"},
    **{"seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12"},
}
"""Words that stand for a number where a unit follows."""

ALONE = {"minute", "hour", "day", "week", "fortnight"}
"""Units that can stand without a number."""

CALENDAR = re.compile(
    r"(yester|to)day|tomorrow|tonight|noon|midnight|(this)?(morning|afternoon|evening|night)|month|year"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day|[0-9]+([:.-][0-9]+)+"
)
CLOCK = r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?\s?(?:([ap])\.?m|h|o'clock)?|noon|midnight"
SPAN = re.compile(r"({0})(?:\s?-\s?|\s(?:to|till?|until|and)\s|\s)({0})".format(re.sub(r"\((?!\?)", "(?:", CLOCK)))
DAYS = {day[:short]: day for day in WEEKDAYS for short in (3, 4, 5, None)}
DAYS |= {"today": "today", "yesterday": "yesterday"}
DAYS_AHEAD = {word: day for word, day in DAYS.items() if day != "yesterday"}
DAYS_AHEAD |= {"tomorrow": "tomorrow", "next week": "monday"}
PREPOSITIONS = frozenset({"", "at", "in", "last", "next", "on", "the", "this"})
MORNING, NIGHT = time(9), time(20)
PARTS = {"morning": MORNING, "afternoon": time(14), "evening": time(18), "night": NIGHT}
"""When the parts of a day to come begin."""

DAYTIME = re.compile(r"[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}(:[0-9]{2})?\s?[ap]\.?m|noon|midnight")
"""A time of day that can't be a mere number."""


def length(text: str) -> int | None:
    """Seconds in `2h`, `90min`, `1h30m` or `1.5days`; None if it is no length of time."""
    parts = re.findall(r"([0-9]{1,12}(?:[.,][0-9]{1,3})?)([a-z]+)", text)
    if not parts or "".join(map("".join, parts)) != text or any(unit not in UNITS for _, unit in parts):
        return None
    if any(UNITS[unit] <= UNITS[smaller] for (_, unit), (_, smaller) in pairwise(parts)):
        return None  # "7d 30d" is one or the other
    return round(sum(float(number.replace(",", ".")) * UNITS[unit] for number, unit in parts))


def face(text: str) -> time | None:
    """`22`, `22:00`, `10pm` or `noon` as a time of day; None if no clock shows it."""
    found = re.fullmatch(CLOCK, text)
    if not found or not found[1]:
        return {"noon": time(12), "midnight": time(0)}.get(text)
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + 12 * (found[3] == "p") if 1 <= hour <= 12 else 24
    elif (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def point_ahead(words: Sequence[str], zone: str) -> tuple[int, Since] | None:
    """How many of these words name a past point of the calendar in `zone`, prepositions aside, and which.

    None where none does: `monday`, `yesterday 14:00`, `2 pm`.
    """
    count, day, at, _ = day_and_time(words, DAYS, {})
    return (count, Since(day, at or time(0), zone)) if count else None


def moment_ahead(words: Sequence[str], zone: str) -> tuple[int, Until] | None:
    """The same of a point that is still to come: `tomorrow 9:00`, `monday`, `14:00`; a day alone begins at nine."""
    count, day, at, later = day_and_time(words, DAYS_AHEAD, PARTS)
    return (count, Until(day, at or MORNING, zone, later)) if count else None


def day_and_time(
    words: Sequence[str], days: Mapping[str, str], parts: Mapping[str, time]
) -> tuple[int, str, time | None, bool]:
    """How many of these words name a day or a time of day, prepositions aside, and which ones; `parts` of days, too.

    The last value tells that it is the `next` of such days, which is never today. Behind `at` a number is an hour.
    """
    ahead = [bare(word) for word in words]
    day, at, end, place, later = "", None, 0, 0, False
    while place < len(ahead):
        pair, before = " ".join(ahead[place : place + 2]), ahead[place - 1] if place else ""
        said, count = (pair, 2) if " " in pair and DAYTIME.fullmatch(pair) else (ahead[place], 1)
        clock = DAYTIME.fullmatch(said) or (before == "at" and said.isdecimal())
        if at is None and clock and (found := face(said)) is not None:
            at = found
        elif at is None and said in parts:
            at = parts[said]
        elif at is None and not day and said == "tonight" and parts:
            day, at = "today", NIGHT
        elif not day and (named := days.get(said) or days.get(f"{before} {said}")):
            day, later = named, before == "next"
        elif ahead[place] in PREPOSITIONS:
            place += 1
            continue
        else:
            break
        end = place = place + count
    return end, day, at, later
