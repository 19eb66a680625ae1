"""The setting OPEN: days and hours as one writes them on a door."""

from __future__ import annotations

import re

from pageinbox.language.nearest import nearest
from pageinbox.language.rhythm import SHORT, days_from
from pageinbox.language.times import DAYS, SPAN, face
from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.hours import OpeningHours, Span
from pageinbox.model.text import cut, fold
from pageinbox.settings.values import Wrong, text

NUMBERS = {word: WEEKDAYS.index(day) for word, day in DAYS.items() if day in WEEKDAYS}
"""The days as they may be written, Monday as 0."""

HOURS = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])-(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00)")

INSTEAD = {
    **dict.fromkeys(("daily", "always", "everyday"), "mon-sun"),
    **dict.fromkeys(("weekday", "weekdays", "workdays"), "mon-fri"),
    **dict.fromkeys(("weekend", "weekends"), "sat-sun"),
}
"""What to write for what is only nearly a day."""

LAST_MINUTE = 23 * 60 + 59
"""Of a day, for whose end 23:59 is often written; nobody is closed for that minute."""

MOST = 100
"""Spans of a week; a longer text is none that a door has room for."""


def opening_hours(value: object) -> OpeningHours | None:
    """Opening hours, by the clocks of UTC until a zone is set; None for an empty text, which is always.

    Raises `Wrong`, which quotes the word that can't be right.
    """
    if value == "":
        return None
    spans: dict[Span, None] = {}
    days: list[int] = []
    last, complete = "", True
    for word in words_of(text(value)):
        last = word
        if HOURS.fullmatch(word):
            if not days:
                raise Wrong(f"has “{word}” without a day", f"write mon-sun {word} for every day")
            spans |= {span_of(day, word): None for day in days}
            complete = True
        else:
            days = days_of(word) if complete else days + days_of(word)
            complete = False
    if not complete:
        raise Wrong(f"has “{last}” without hours", f"write {last} 09:00-18:00")
    if not 0 < len(spans) <= MOST:
        raise Wrong("has no hours" if not spans else "has too many hours")
    return OpeningHours(tuple(spans))


def words_of(written: str) -> list[str]:
    """Its words, folded; a dash is a straight one without blanks around it."""
    return re.sub(r"\s*[-–—]\s*", "-", fold(written)).replace(",", " ").replace(";", " ").split()


def days_of(word: str) -> list[int]:
    """The days that a word names, in order: `sat`, `mon-fri`, or `sat-mon`, which are three. Raises `Wrong`."""
    parts = word.rstrip(":").split("-")
    if len(parts) > 2 or not set(parts) <= NUMBERS.keys():
        raise Wrong(f"has “{cut(word)}”, which {'are no hours' if word[:1].isdigit() else 'names no day'}", meant(word))
    return days_from(NUMBERS[parts[0]], NUMBERS[parts[-1]])


def span_of(day: int, hours: str) -> Span:
    """Hours of a day; those that end earlier than they begin do so on the next one. Raises `Wrong`."""
    begin, end = (60 * int(hour) + int(minute) for hour, minute in (part.split(":") for part in hours.split("-")))
    if begin == end:
        raise Wrong(f"has “{hours}”, which is no time at all", "write 00:00-24:00 for a whole day")
    end += end == LAST_MINUTE
    return Span(day, begin, end if begin < end else end + 24 * 60)


def meant(word: str) -> str:
    """What to write for a word that is neither days nor hours; "" where nothing comes near."""
    if word in ("closed", "off", "never"):
        return "leave out the days on which it is closed"
    if word in INSTEAD:
        return f"write {INSTEAD[word]}"
    if span := SPAN.fullmatch(word):
        begin, end = face(span[1]), face(span[2])
        if begin is not None and end is not None and begin != end:
            return f"the nearest is {begin:%H:%M}-{end:%H:%M}"
    near = [nearest(part, NUMBERS) for part in word.split("-")]
    if 0 < len(near) <= 2 and all(near):
        return f"the nearest is {'-'.join(SHORT[NUMBERS[day]] for day in near)}"
    return ""
