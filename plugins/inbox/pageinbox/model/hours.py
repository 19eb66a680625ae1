"""When a Page is open, by the clocks of a time zone, and how much of a length of time that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from pageinbox.model.calendar import shown

WEEK = timedelta(days=7)


class Span(NamedTuple):
    """Hours of one weekday: 0 is Monday. They begin and end so many minutes after midnight.

    An end of 1440 is midnight; a later one is so many minutes into the next day. A tuple, which is hashed quickly: the
    hours of a week are looked up for each answer.
    """

    day: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of every week in which a Page is open, by the clocks of `zone`; `spans` are one at least.

    All times are seconds since 1970. Where clocks change, hours last as long as the clocks take to show their end.
    """

    spans: tuple[Span, ...]
    zone: tzinfo = UTC

    def open_seconds(self, since: float, now: float) -> float:
        """How many of the seconds from `since` to `now` it was open; 0 where `now` is not later."""
        found = 0.0
        for begin, end in self._from(since):
            if max(begin, since) >= now:
                break
            found += min(end, now) - max(begin, since)
        return found

    def after(self, since: float, seconds: float) -> float:
        """The first moment at which it has been open for so many `seconds` since then."""
        if seconds <= 0:
            return since
        spans = self._from(since)
        while True:
            begin, end = next(spans)
            seconds -= end - max(begin, since)
            if seconds <= 0:
                return end + seconds

    def _from(self, since: float) -> Iterator[tuple[float, float]]:
        """The times at which it is open, from the first that ends behind `since` on."""
        day = datetime.fromtimestamp(since, self.zone).replace(tzinfo=None)
        # Where clocks go back over midnight, what the calendar calls last week may begin again.
        monday = datetime.combine(day.date() - timedelta(day.weekday()), time()) - WEEK
        while True:
            yield from ((begin, end) for begin, end in in_week(self, monday) if end > since)
            monday += WEEK


@lru_cache(2000)
def in_week(hours: OpeningHours, monday: datetime) -> tuple[tuple[float, float], ...]:
    """When it is open between a Monday's midnight and the next one's, in order, each moment once."""
    first, last = shown(monday, hours.zone), shown(monday + WEEK, hours.zone)
    spans = sorted(
        (max(begin, first), min(end, last))
        for week in (monday - WEEK, monday)
        for span in hours.spans
        for begin, end in [ends(span, week, hours.zone)]
    )
    found: list[tuple[float, float]] = []
    reached = first
    for begin, end in spans:
        begin = max(begin, reached)
        if begin < end:
            found.append((begin, end))
            reached = end
    return tuple(found)


def ends(span: Span, monday: datetime, zone: tzinfo) -> tuple[float, float]:
    """When a span of the week that begins with `monday` begins and ends."""
    day = monday + timedelta(span.day)
    return shown(day + timedelta(minutes=span.begin), zone), shown(day + timedelta(minutes=span.end), zone)
