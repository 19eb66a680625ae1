"""Days and moments of the calendar, as people type them: `12 nov`, `last week`, `the 5th`, `2026-11-12T10:00`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from pageinbox.language.period import DATE, MONTH, MONTH_NUMBERS, YEAR, date_parts
from pageinbox.language.times import PAST_PARTS, day_and_time
from pageinbox.model.calendar import MONTHS, UNITS, Since, zone_of
from pageinbox.model.text import bare

WHOLE_DATE = re.compile(rf"(?:{DATE})(?=\s|$)")
INSTANT = re.compile(rf"({YEAR}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:\s?(z|utc|[+-]\d\d:?\d\d))?(?=\s|$)")
"""A moment as logs have it."""

MONTH_ALONE = re.compile(rf"(?:last )?({MONTH})(?: ({YEAR}))?(?=\s|$)")
NTH = re.compile(r"(\d\d?(?:st|nd|rd|th))(?=\s|$)")
UNIT = re.compile(
    rf"(?:the )?(?:(?:start|beginning) of (?:the )?)?(?:(this|current|last|previous) )?({'|'.join(UNITS[1:])})(?=\s|$)"
)
WEEKEND = re.compile(r"(?:this |last )?weekend(?=\s|$)")
PREPOSITIONS = ("the", "on", "from")
LEAP = 2024
"""A year that has every day."""


def date_ahead(words: Sequence[str], zone: str) -> tuple[int, Since] | None:
    """How many of these words name a date, with a time of day or without, and the moment it begins; None for none."""
    ahead = [bare(word) for word in words]
    begin = next((place for place, word in enumerate(ahead) if word not in PREPOSITIONS), len(ahead))
    text = " ".join(ahead[begin:])
    if found := INSTANT.match(text):
        moment = instant(found, zone)
        return None if moment is None else (begin + found[0].count(" ") + 1, moment)
    day, count = day_named(text)
    if not day:
        return None
    more, _, at, _ = day_and_time(ahead[begin + count :], {}, PAST_PARTS)
    return begin + count + more, Since(day, at or time(0), zone)


def day_named(text: str) -> tuple[str, int]:
    """The day that a text begins with, as `Since` takes it, and its words; "" where it begins with none."""
    if found := WHOLE_DATE.match(text):
        year, month, number = date_parts(found[0])
        try:
            date(year or LEAP, month, number)
        except ValueError:
            return "", 0
        day = f"{year}-{month:02}-{number:02}" if year else f"{number} {MONTHS[month - 1][:3]}"
    elif found := MONTH_ALONE.match(text):
        month = MONTH_NUMBERS[found[1]]
        day = f"{found[2]}-{month:02}-01" if found[2] else f"1 {MONTHS[month - 1][:3]}"
    elif found := NTH.match(text):
        day = found[1] if 0 < int(found[1][:-2]) < 32 else ""
    elif (found := UNIT.match(text)) and (found[1] or " of " in found[0]):
        day = f"{'last' if found[1] in ('last', 'previous') else 'this'} {found[2]}"
    elif found := WEEKEND.match(text):
        day = "saturday"
    return (day, found[0].count(" ") + 1) if found else ("", 0)


def instant(found: re.Match[str], zone: str) -> Since | None:
    """A moment that `INSTANT` matches, on the clocks of `zone`; None where there is none."""
    offset = {"z": "+00:00", "utc": "+00:00", None: ""}.get(found[3], found[3])
    try:
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}")
    except ValueError:
        return None
    at = at.astimezone(zone_of(zone)) if at.tzinfo else at
    return Since(at.date().isoformat(), time(at.hour, at.minute), zone)
