"""How a Page's inbox fared in a period: what came, what was answered, and how long that took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from pageinbox.model.source import Source

HOUR, DAY = 3600, 86400

QUARTER = 900
"""Seconds of a quarter of an hour, for which new conversations are counted together."""


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, in seconds since 1970; its end does not belong to it."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long first answers took, in seconds. `median` and `ninetieth` percentile are None where there were none.

    They are nearest ranks: the shortest of the lengths that half, or nine tenths, of all of them do not exceed.
    """

    count: int = 0
    median: float | None = None
    ninetieth: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What came and what was answered. An answer belongs to the moment at which it was given, who is new to the quarter
    of an hour in which they wrote, and that to the period in which it begins.

    `took` are the lengths of all waits that ended, `opened` those within opening hours, None where no Page concerned
    had any. `within_hour`, `within_day` and `in_window` are how many of the answers came within an hour and a day of
    the customer's first message, and within Meta's 24 hours of their latest. Who may have waited for longer than is
    known counts as if they had not, but never as answered within an hour or a day.
    """

    new: int = 0
    answered: int = 0
    took: Lengths = Lengths()
    opened: Lengths | None = None
    within_hour: int = 0
    within_day: int = 0
    in_window: int = 0


class Part(StrEnum):
    """By what figures are told apart."""

    PLATFORM = "platform"
    PAGE = "page"
    FOLDER = "folder"
    PERSON = "person"
    """Who had claimed what was answered. Meta does not say who of a Page has answered."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures of a period, and those of the one before it, which is as long."""

    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day by the team's clocks, which begins at `begin`, and what came and was answered on it, within the period."""

    begin: float
    new: int
    answered: int


BOUNDS = (300, 900, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY)
"""Seconds at which the lengths of answers are told apart in their distribution: the last group has no end."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the lists of some sources fared.

    `waiting` is how many wait now. `looked` and `looked_before` are the shares, 0 to 1, of the two periods in which all
    of the lists were looked at as often as usual: where one was not, what they have in common is not known. What is
    still to come of a period does not count. `since` is from when on all of them are known, None where some are not
    known at all. `parts` are the figures told apart, each by names in the order of the lists, or by the persons' names,
    most answers first; nothing is new by persons. `days` are those that the period touches, `hours` how many new
    conversations began by weekday (0 is Monday) and hour of the team's clocks, `lengths` how many answers took up to
    each of `BOUNDS`, and longer.
    """

    period: Period
    before: Period
    all: Compared
    waiting: int
    looked: float
    looked_before: float
    since: float | None
    parts: Mapping[Part, Mapping[str, Compared]] = field(default_factory=dict)
    days: Sequence[DayFigures] = ()
    hours: Mapping[tuple[int, int], int] = field(default_factory=dict)
    lengths: Sequence[int] = (0,) * (len(BOUNDS) + 1)


class Answered(msgspec.Struct, frozen=True):
    """One answer: where, since when the customer had waited, and when it came, both in seconds since 1970.

    `opened` is how many seconds of that the Page was open, None where it had no opening hours; `at_least` tells that
    the customer may have waited for longer.
    """

    source: Source
    since: float
    answered: float
    opened: int | None
    at_least: bool


class Arrived(msgspec.Struct, frozen=True):
    """How many new conversations began in a quarter of an hour, which begins so many seconds after 1970 did."""

    source: Source
    begin: float
    many: int
