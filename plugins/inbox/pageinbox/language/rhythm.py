"""How people say on which days something comes again: `mon-fri`, `weekdays`, `Mondays`; and back."""

from __future__ import annotations

from collections.abc import Iterable

from pageinbox.language.times import DAYS
from pageinbox.language.vocabulary import JOINERS
from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.digest import EVERY_DAY, WORKDAYS, Rhythm
from pageinbox.model.text import bare

SHORT = tuple(day[:3] for day in WEEKDAYS)
DAILY, WEEKLY = {"daily", "day", "days", "everyday"}, {"weekly", "week", "weeks"}
SETS = {
    **dict.fromkeys(("weekdays", "weekday", "workdays", "workday", "working", "business"), WORKDAYS),
    **dict.fromkeys(("weekend", "weekends"), (5, 6)),
}
OTHERS = {
    *("hourly", "hour", "hours", "minute", "minutes", "monthly", "month", "months", "yearly", "year", "twice"),
    *("fortnightly", "fortnight", "quarterly", "biweekly", "bimonthly"),
}
"""Rhythms that nothing has."""


def describe_rhythm(rhythm: Rhythm) -> str:
    """When it comes, in canonical words: `daily 09:00 mon-fri Europe/Rome`, `weekly monday 09:00 UTC`."""
    days = rhythm.days
    row = len(days) > 2 and days == tuple(range(days[0], days[-1] + 1))
    which = f"{SHORT[days[0]]}-{SHORT[days[-1]]}" if row else ",".join(SHORT[day] for day in days)
    if len(days) == 1:
        return f"weekly {WEEKDAYS[days[0]]} {rhythm.at:%H:%M} {rhythm.zone}"
    return f"daily {rhythm.at:%H:%M} {'' if days == EVERY_DAY else f'{which} '}{rhythm.zone}"


def day_of(word: str) -> int | None:
    """The weekday that a word names, 0 for Monday: `mon`, `Mondays`."""
    name = DAYS.get(word) or DAYS.get(word.removesuffix("s"))
    return WEEKDAYS.index(name) if name in WEEKDAYS else None


def span_of(word: str) -> tuple[int, int] | None:
    """The first and the last day of `mon-fri`."""
    first, _, last = word.partition("-")
    ends = day_of(first), day_of(last)
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def days_from(first: int, last: int) -> list[int]:
    """The days from one weekday to another, also over a weekend."""
    return [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]


def days_ahead(words: Iterable[str]) -> tuple[int, set[int]]:
    """How many of these words name days, joiners between them aside, and which: `weekends`, `mon and wed`."""
    found, count = set[int](), 0
    for place, word in enumerate(map(bare, words), 1):
        span, day = span_of(word), day_of(word)
        days = SETS.get(word) or (days_from(*span) if span else () if day is None else (day,))
        if not days and word not in JOINERS:
            break
        found |= {*days}
        count = place if days else count
    return count, found
