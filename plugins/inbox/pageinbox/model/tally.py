"""Adding up how an inbox fared: lengths and their percentiles, days by the clocks of a zone, times without looks."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo

from pageinbox.model.calendar import shown
from pageinbox.model.statistics import BOUNDS, DayFigures, Figures, Lengths, Period


@dataclass(slots=True)
class Tally:
    """What is added up to figures: counts, and the lengths of answers in seconds, which are of four bytes each."""

    new: int = 0
    answered: int = 0
    within_hour: int = 0
    within_day: int = 0
    in_window: int = 0
    took: array[int] = field(default_factory=lambda: array("i"))
    opened: array[int] = field(default_factory=lambda: array("i"))

    def add(self, other: Tally) -> None:
        self.new += other.new
        self.answered += other.answered
        self.within_hour += other.within_hour
        self.within_day += other.within_day
        self.in_window += other.in_window
        self.took.extend(other.took)
        self.opened.extend(other.opened)

    def figures(self) -> Figures:
        return Figures(
            new=self.new,
            answered=self.answered,
            took=lengths_of(self.took),
            opened=lengths_of(self.opened) if self.opened else None,
            within_hour=self.within_hour,
            within_day=self.within_day,
            in_window=self.in_window,
        )


def total(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for each in tallies:
        found.add(each)
    return found


def lengths_of(seconds: Iterable[int]) -> Lengths:
    """Lengths in any order, with their nearest ranks."""
    ordered = sorted(seconds)
    return Lengths(len(ordered), rank(ordered, 50), rank(ordered, 90)) if ordered else Lengths()


def rank(ordered: Sequence[int], percent: int) -> int:
    """The smallest of some numbers that so many `percent` of them do not exceed. They are in order, and not none."""
    return ordered[-(-len(ordered) * percent // 100) - 1]


def distribution(seconds: Iterable[int]) -> list[int]:
    """How many lengths are no longer than each of `BOUNDS` and longer than the one before; the last are longer."""
    ordered = sorted(seconds)
    ends = [*(bisect_right(ordered, bound) for bound in BOUNDS), len(ordered)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def days_of(period: Period, zone: tzinfo, new: Mapping[float, int], answered: Mapping[float, int]) -> list[DayFigures]:
    """The days that a period touches, by the clocks of `zone`, with what came and was answered by its moments."""
    begins = list(midnights(period, zone))
    counts = [[0, 0] for _ in begins]
    for which, moments in enumerate((new, answered)):
        for moment, many in moments.items():
            counts[max(0, bisect_right(begins, moment) - 1)][which] += many
    return [DayFigures(begin, *both) for begin, both in zip(begins, counts, strict=True)]


def midnights(period: Period, zone: tzinfo) -> list[float]:
    """When the days that a period touches begin, the first of them no later than the period. One that the clocks leave
    out is none; where they go back over midnight, the new day goes on.
    """
    # There, it may have begun already where the calendar has yesterday.
    day = datetime.fromtimestamp(period.begin, zone).date() - timedelta(1)
    found: list[float] = []
    while (begin := shown(datetime.combine(day, time()), zone)) < period.end or not found:
        if found and begin <= period.begin:
            found.clear()
        if not found or begin > found[-1]:
            found.append(begin)
        day += timedelta(1)
    return found


def hours_of(new: Mapping[float, int], zone: tzinfo) -> dict[tuple[int, int], int]:
    """How many came by weekday (0 is Monday) and hour of the clocks of `zone`; hours without any are left out."""
    found: dict[tuple[int, int], int] = {}
    for moment, many in new.items():
        face = datetime.fromtimestamp(moment, zone)
        key = face.weekday(), face.hour
        found[key] = found.get(key, 0) + many
    return found


def seen(period: Period, blind: Iterable[tuple[float, float]]) -> float:
    """The share of a period, 0 to 1, in none of the `blind` times, which may overlap; 0 where it has no length."""
    if period.seconds <= 0:
        return 0.0
    unseen, reached = 0.0, period.begin
    for begin, end in sorted(blind):
        begin, end = max(begin, reached), min(end, period.end)
        if begin < end:
            unseen += end - begin
            reached = end
    return 1 - unseen / period.seconds
