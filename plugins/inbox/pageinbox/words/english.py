"""Counts, times and lists as English says them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, tzinfo

MINUTE, HOUR, DAY = 60, 3600, 86400
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def counted(number: int, noun: str, plural: str = "", more: bool = False) -> str:
    """`no conversations`, `1 conversation`, `14 conversations`; with `more`, `50+ conversations`."""
    several = plural or f"{noun}s"
    if more:
        return f"{number:,}+ {several}"
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {several}" if number else f"no {several}"


def spell(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def ranges(numbers: Sequence[int]) -> str:
    """Numbers in ascending order, those in a row as one: `1–5, 7 and 9`."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and number == rows[-1][-1] + 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    parts = [[f"{row[0]}–{row[-1]}"] if len(row) > 2 else list(map(str, row)) for row in rows]
    return spell([text for texts in parts for text in texts])


def duration(seconds: float) -> str:
    """A length of time in its largest unit, rounded down: `8 s`, `4 min`, `3 h`, `1 day`, `2 days`."""
    whole = int(seconds)
    if whole < MINUTE:
        return f"{max(0, whole)} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h"
    return counted(whole // DAY, "day")


def at_least(seconds: float, uncertain: bool) -> str:
    """A length of time that may be longer, where that is `uncertain`: `at least 9 h`."""
    return f"{'at least ' if uncertain else ''}{duration(seconds)}"


def stretch(seconds: float) -> str:
    """A length of time that has passed, to the minute where hours alone would be coarse: `1 h 30 min`."""
    minutes = int(seconds % HOUR) // MINUTE
    return duration(seconds) + (f" {minutes} min" if HOUR <= seconds < DAY and minutes else "")


def exactly(seconds: int) -> str:
    """A length of time that somebody has chosen, with nothing rounded: `90 s`, `1 h 30 min`, `36 h`, `2 days`."""
    if seconds % DAY == 0:
        return counted(seconds // DAY, "day")
    if seconds % MINUTE:
        return f"{seconds} s"
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    return " ".join(f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number)


def lasting(seconds: float) -> str:
    """A time still to come, in its largest unit, rounded up to the minute: six hours less a moment are `6 h`."""
    return duration(rounded_up(seconds))


def rounded_up(seconds: float) -> int:
    """A length of time in whole minutes, or in whole seconds where it is no more than a minute."""
    return math.ceil(seconds / MINUTE) * MINUTE if seconds > MINUTE else math.ceil(seconds)


def ago(at: float, now: float) -> str:
    """How long before `now` that was; both in seconds since 1970. A wrong clock never puts it in the future."""
    return f"{duration(now - at)} ago" if now - at >= 1 else "just now"


def dated(day: date, other: date) -> str:
    """A day as `23 Nov`, with the year unless it is that of the other one."""
    return f"{day.day} {MONTHS[day.month - 1]}{'' if day.year == other.year else f' {day.year}'}"


def exact(at: float, now: float, zone: tzinfo) -> str:
    """A point in time as date and time, without the zone, and with the year only if it is not this one."""
    moment, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    return f"{dated(moment, today)} {moment.hour:02}:{moment.minute:02}"


def clock(at: float, now: float, zone: tzinfo) -> str:
    """A point in time, past or future: `14:02 UTC`, `14:02 CEST`, with the date unless it is today's."""
    time = f"{datetime.fromtimestamp(at, zone):%H:%M}" if same_day(at, now, zone) else exact(at, now, zone)
    return f"{time} {short_zone(at, zone)}"


def span(begin: float, end: float, now: float, zone: tzinfo) -> str:
    """From when to when: `14:02–16:40 UTC`, with the dates unless both are today's."""
    last, name = f"{datetime.fromtimestamp(end, zone):%H:%M}", short_zone(end, zone)
    if short_zone(begin, zone) != name:  # the clocks changed meanwhile
        return f"{clock(begin, now, zone)} – {clock(end, now, zone)}"
    if same_day(begin, now, zone) and same_day(end, now, zone):
        return f"{datetime.fromtimestamp(begin, zone):%H:%M}–{last} {name}"
    if same_day(begin, end, zone):
        return f"{exact(begin, now, zone)}–{last} {name}"
    return f"{exact(begin, now, zone)} – {exact(end, now, zone)} {name}"


def same_day(at: float, now: float, zone: tzinfo) -> bool:
    """Whether the clocks of a zone show the same date at both times."""
    return datetime.fromtimestamp(at, zone).date() == datetime.fromtimestamp(now, zone).date()


def short_zone(at: float, zone: tzinfo) -> str:
    """What the zone's clocks are called at that time, as `CEST`; its name where that has no letters."""
    name = datetime.fromtimestamp(at, zone).tzname() or ""
    return name if name.isalpha() else str(zone)


def often(number: int) -> str:
    """`once`, `twice`, `6 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def moment(at: float, now: float, zone: tzinfo) -> str:
    """How long ago, and from a day on, where that is coarse, the exact time too."""
    return f"{ago(at, now)}, {exact(at, now, zone)}" if coarse(at, now) else ago(at, now)


def coarse(at: float, now: float) -> bool:
    """Whether a time is so long ago that the exact time is given too."""
    return now - at >= DAY
