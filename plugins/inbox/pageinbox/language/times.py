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
    **dict.fromkeys(("month", "months"), 30 * 86400),
}
NUMBERS = {
    **{"a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"},
    **{"seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12"},
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
DAYS |= {"weds": "wednesday", "today": "today", "yesterday": "yesterday"}
DAYS_AHEAD = {word: day for word, day in DAYS.items() if day != "yesterday"}
DAYS_AHEAD |= {"tomorrow": "tomorrow", "tmrw": "tomorrow", "next week": "monday"}
PREPOSITIONS = frozenset({"", "at", "in", "last", "next", "on", "the", "this"})
MORNING, NIGHT = time(9), time(20)
PARTS = {"morning": MORNING, "afternoon": time(14), "evening": time(18), "night": NIGHT}
"""When the parts of a day to come begin."""

PAST_PARTS = {
    **{"morning": time(6), "lunch": time(12), "lunchtime": time(12), "afternoon": time(12)},
    **{"evening": time(18), "night": NIGHT},
}
"""When those of a day that has begun do: nothing of them is to be missed."""

NIGHTS = {"tonight": "today", "overnight": "yesterday"}
"""Words for the night of a day."""

DAYTIME = re.compile(
    r"[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}\.(00|1[3-9]|[2-5][0-9])|[0-9]{1,2}([:.][0-9]{2})?\s?[ap]\.?m"
    r"|[0-9]{1,2} o'clock|noon|midnight"
)
"""A time of day that can't be a mere number, nor a date."""

MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "half": 30}
SPOKEN = re.compile(rf"({'|'.join(MINUTES)}) (past|to) ([0-9]{{1,2}}(?:\s?[ap]\.?m)?)")
"""A time of day as one says it: `half past 9`."""


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

    None where none does: `monday`, `yesterday 14:00`, `2 pm`, `last night`.
    """
    count, day, at, later = day_and_time(words, DAYS, PAST_PARTS)
    return (count, Since(day, at or time(0), zone)) if count and not later else None


def moment_ahead(words: Sequence[str], zone: str, *, hour: bool) -> tuple[int, Until] | None:
    """The same of a point that is still to come: `tomorrow 9`, `monday`, `14:00`; a day alone begins at nine.

    With `hour` a mere number at the beginning is a time of day.
    """
    count, day, at, later = day_and_time(words, DAYS_AHEAD, PARTS, hour=hour)
    return (count, Until(day, at or MORNING, zone, later)) if count else None


def day_and_time(
    words: Sequence[str], days: Mapping[str, str], parts: Mapping[str, time], *, hour: bool = False
) -> tuple[int, str, time | None, bool]:
    """How many of these words name a day or a time of day, prepositions aside, and which ones; `parts` of days, too.

    The last value tells that it is the `next` of such days, which is never today. Behind `at`, and at the beginning
    with `hour`, a number is an hour; of a day to come also behind that.
    """
    ahead = [bare(word) for word in words]
    day, at, end, place, later = "", None, 0, 0, False
    while place < len(ahead):
        said, before = ahead[place], ahead[place - 1] if place else ""
        is_hour = before == "at" or (hour and not place) or (place == end > 0 and days is DAYS_AHEAD)
        count, clock = clock_ahead(ahead[place : place + 4], hour=is_hour)
        if at is None and clock is not None:
            at = clock
        elif at is None and said in parts:
            at = parts[said]
            day = day or {"this": "today", "last": days.get("yesterday", "")}.get(before, "")
        elif at is None and not day and NIGHTS.get(said) in days and parts:
            day, at = NIGHTS[said], NIGHT
        elif not day and (named := days.get(said) or days.get(f"{before} {said}")):
            day, later = named, before == "next"
        elif ahead[place] in PREPOSITIONS:
            place += 1
            continue
        else:
            break
        end = place = place + count
    return end, day, at, later


def clock_ahead(words: Sequence[str], *, hour: bool) -> tuple[int, time | None]:
    """How many of these words are a time of day, and which one: `9:30`, `2 pm`, `half past nine`; 1, None for none.

    With `hour` a mere number is one, too.
    """
    for count in range(len(words), 0, -1):
        first, *rest = words[:count]
        text = " ".join([first if rest and first in MINUTES else hour_of(first), *map(hour_of, rest)])
        if found := SPOKEN.fullmatch(text):
            at = face(found[3])
            minutes = MINUTES[found[1]] if found[2] == "past" else 60 - MINUTES[found[1]]
            if at is not None:
                return count, time((at.hour - (found[2] == "to")) % 24, minutes)
        elif (DAYTIME.fullmatch(text) or (hour and text.isdecimal())) and (at := face(text)) is not None:
            return count, at
    return 1, None


def hour_of(word: str) -> str:
    """A number in words as a number, and any other word as it is."""
    return word if word in ("a", "an") else NUMBERS.get(word, word)
