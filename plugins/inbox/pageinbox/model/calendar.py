"""Points of the calendar, on the clocks of a time zone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

UNITS = ("day", "week", "month", "quarter", "year")
"""Units of the calendar, from small to large."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_of(name: str) -> tzinfo:
    """The time zone with an IANA name; UTC also on a machine without data of zones.

    Raises `zoneinfo.ZoneInfoNotFoundError` for a zone this machine has no data of.
    """
    return UTC if name == "UTC" else ZoneInfo(name)


def shown(face: datetime, zone: tzinfo) -> float:
    """When the clocks of `zone` first show `face` or, where a change leaves that out, something later."""
    late = face.replace(tzinfo=zone).timestamp()
    if datetime.fromtimestamp(late, zone).replace(tzinfo=None) == face:
        return late
    # In a gap, fold=1 gives a moment before the change, and fold=0 one behind it (PEP 495).
    early = face.replace(tzinfo=zone, fold=1).timestamp()
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < face:
            early = middle
        else:
            late = middle
    return late


def first_day(unit: str, day: date) -> date:
    """The first day of the unit of the calendar that `day` belongs to. A week begins on Monday."""
    match unit:
        case "week":
            return day - timedelta(day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def next_first_day(unit: str, day: date) -> date:
    """The first day of the unit that comes after the one `day` belongs to."""
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
    return first_day(unit, first_day(unit, day) + timedelta(longest[unit]))


def named_day(day: str, today: date) -> date | None:
    """The first day of `this month` or `last week`, `2026-11-12`, or the latest `12 nov` or `12th` that has begun.

    None where the calendar has none.
    """
    number, _, month = day.partition(" ")
    if month in UNITS:
        begin = first_day(month, today)
        return first_day(month, begin - timedelta(1)) if number == "last" else begin
    if not month and not day[-1:].isdecimal():
        days = (today - timedelta(back) for back in range(62))  # in any two months there is a 31st
        return next((found for found in days if found.day == int(day[:-2])), None)
    if not month:
        return date.fromisoformat(day)
    at = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(month))
    for year in range(today.year, today.year - 9, -1):
        with suppress(ValueError):  # 29 Feb
            if (found := date(year, at, int(number))) <= today:
                return found
    return None


def coming_day(day: str, today: date) -> date:
    """The day `2026-11-12`, or the first `12 nov` or `12th` from today on; it has to be in some calendar."""
    number, _, month = day.partition(" ")
    if not month and day[-1:].isdecimal():
        return date.fromisoformat(day)
    wanted = int(number.rstrip("stndrh"))
    days = (today + timedelta(ahead) for ahead in range(9 * 366))  # to the next 29 Feb
    return next(found for found in days if found.day == wanted and MONTHS[found.month - 1].startswith(month))


@dataclass(frozen=True, slots=True)
class Until:
    """The first moment to come at which the clocks of `zone` (an IANA name) show a time of day.

    `day` is `today`, `tomorrow`, a weekday, a day as `coming_day` takes it, or empty for the next day on which that
    time is still to come. `later` tells that it is not today.
    """

    day: str
    at: time
    zone: str
    later: bool = False

    def after(self, now: float) -> float | None:
        """That moment as seen at `now`, both in seconds since 1970; None where it is over.

        Raises `zoneinfo.ZoneInfoNotFoundError` for a zone this machine has no data of.
        """
        zone = zone_of(self.zone)
        today = datetime.fromtimestamp(now, zone).date()
        if self.day == "tomorrow":
            return shown(datetime.combine(today + timedelta(1), self.at), zone)
        if self.day[:1].isdecimal():
            moment = shown(datetime.combine(coming_day(self.day, today), self.at), zone)
            return moment if moment > now else None
        days = [today] if self.day == "today" else [today + timedelta(ahead) for ahead in range(self.later, 9)]
        moments = (
            shown(datetime.combine(day, self.at), zone)
            for day in days
            if self.day in ("", "today", WEEKDAYS[day.weekday()])
        )
        return next((moment for moment in moments if moment > now), None)


@dataclass(frozen=True, slots=True)
class Since:
    """The latest moment at which the clocks of `zone` (an IANA name) first showed a time of day.

    `day` is `today`, `yesterday`, a weekday, a day as `named_day` takes it, or empty for the latest day on which that
    time has come.
    """

    day: str
    at: time
    zone: str

    def before(self, now: float) -> float:
        """That moment as seen at `now`; both in seconds since 1970.

        Of today it may be still to come; a weekday is today where its time has come. Raises
        `zoneinfo.ZoneInfoNotFoundError` for a zone this machine has no data of.
        """
        zone = zone_of(self.zone)
        today = datetime.fromtimestamp(now, zone).date()
        if self.day in ("today", "yesterday"):
            return shown(datetime.combine(today - timedelta(self.day == "yesterday"), self.at), zone)
        if (self.day[:1].isdecimal() or " " in self.day) and (named := named_day(self.day, today)):
            return shown(datetime.combine(named, self.at), zone)
        # Tomorrow may have begun already where clocks go back over midnight.
        days = [today - timedelta(back) for back in range(-1, 9)]
        moments = (
            shown(datetime.combine(day, self.at), zone) for day in days if self.day in ("", WEEKDAYS[day.weekday()])
        )
        return next(moment for moment in moments if moment <= now)
