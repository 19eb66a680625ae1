"""Periods of the calendar, and what each is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from pageinbox.model.calendar import MONTHS, WEEKDAYS, Since, first_day, next_first_day, shown
from pageinbox.model.statistics import DAY, HOUR, Period

LENGTHS = (("day", DAY), ("hour", HOUR), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class PeriodAsked:
    """A period as somebody asked for it, and the one `before`, which it is compared with.

    `typed` is how it is typed. `called` and `against` are what both are called: `last 7 days`, `the 7 days before`.
    """

    period: Period
    before: Period
    typed: str
    called: str
    against: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar by the clocks of `zone`, as seen at `now`, in seconds since 1970. Weeks begin on Monday."""

    now: float
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    def day_of(self, at: float) -> date:
        """The date at a time."""
        return datetime.fromtimestamp(at, self.zone).date()

    def midnight(self, day: date) -> float:
        """When a day begins."""
        return shown(datetime.combine(day, time()), self.zone)

    def earlier(self, at: float, less: timedelta) -> float:
        """When the clocks showed so much less."""
        return shown(datetime.fromtimestamp(at, self.zone).replace(tzinfo=None) - less, self.zone)

    def back(self, seconds: int) -> PeriodAsked:
        """So long a time until now, against as long a time before."""
        unit, size = next(each for each in LENGTHS if seconds % each[1] == 0 and seconds > each[1] * (each[1] == DAY))
        many = seconds // size
        length = f"{many:,} {unit}s" if many > 1 else unit
        period = Period(self.now - seconds, self.now)
        before = Period(period.begin - seconds, period.begin)
        return PeriodAsked(period, before, f"{many}{unit[0]}", f"last {length}", f"the {length} before")

    def since(self, point: Since) -> PeriodAsked:
        """From a point of the calendar until now, against the same time some days earlier: of a weekday, a week."""
        begin = point.before(self.now)
        weekly = point.day in WEEKDAYS
        days = 7 if weekly else max(1, -int(-(self.now - begin) // DAY))
        before = Period(*(self.earlier(at, timedelta(days)) for at in (begin, self.now)))
        at = f" {point.at:%H:%M}" if point.at != time() or not point.day else ""
        typed = f"since {point.day}{at}".replace("  ", " ")
        called = typed.replace(point.day, point.day.title()) if weekly else typed
        ago = "a week" if weekly else "a day" if days == 1 else f"{days} days"
        return PeriodAsked(Period(begin, self.now), before, typed, called, f"the same time {ago} earlier")

    def since_beginning(self, at: float) -> PeriodAsked:
        """From the beginning of the day on which something was until now, against as many days before."""
        first, end = self.day_of(at), self.today + timedelta(1)
        return self.days(first, end, typed=f"since {first}", called=f"since {self.said(first)}")

    def between(self, first: date, last: date, typed: str) -> PeriodAsked:
        """Days, `last` among them, against as many before."""
        return self.days(first, last + timedelta(1), typed=typed, called=f"{self.said(first)} to {self.said(last)}")

    def weekdays(self, first: date, last: date, typed: str) -> PeriodAsked:
        """Days of a week, `last` among them, against the same days a week before."""
        end, week = last + timedelta(1), timedelta(7)
        called = f"{self.said(first)} to {self.said(last)}"
        return self.days(
            first, end, (first - week, end - week), typed=typed, called=called, against="the same days a week before"
        )

    def weekday(self, name: str, typed: str, *, before_today: bool) -> PeriodAsked:
        """The latest day of that name, against the one a week before."""
        day = self.today - timedelta(before_today)
        day -= timedelta((day.weekday() - WEEKDAYS.index(name)) % 7)
        week_before = day - timedelta(7)
        before, called = (week_before, week_before + timedelta(1)), f"{name.title()}, {self.said(day)}"
        return self.days(
            day, day + timedelta(1), before, typed=typed, called=called, against=f"the {name.title()} before"
        )

    def weekend(self, typed: str, *, which: str) -> PeriodAsked:
        """The latest Saturday and Sunday, against those a week before; the `last` ones are over, `this` may come."""
        saturday = self.today - timedelta((self.today.weekday() - 5) % 7)
        if which == "this" and self.today - saturday > timedelta(1):
            saturday += timedelta(7)
        elif which not in ("", "this") and self.today - saturday <= timedelta(1):
            saturday -= timedelta(7)
        before = saturday - timedelta(7), saturday - timedelta(5)
        called = f"weekend of {self.said(saturday)}"
        return self.days(
            saturday, saturday + timedelta(2), before, typed=typed, called=called, against="the weekend before"
        )

    def named(self, unit: str, first: date, typed: str) -> PeriodAsked:
        """The unit of the calendar that begins on that day, by its own name: `November`, `Q4`, `week of 23 Nov`."""
        called = {
            "day": self.said(first),
            "week": f"week of {self.said(first)}",
            "month": f"{MONTHS[first.month - 1].title()}{self.other_year(first)}",
            "quarter": f"Q{(first.month + 2) // 3}{self.other_year(first)}",
            "year": str(first.year),
        }
        return self.unit(unit, first, typed, called[unit])

    def this_year(self) -> PeriodAsked:
        """This year until now, against as much of the year before."""
        return self.unit("year", self.today, "this year", "this year")

    def unit(self, unit: str, day: date, typed: str, called: str) -> PeriodAsked:
        """The unit of the calendar that a day belongs to, against the one before."""
        first, end = first_day(unit, day), next_first_day(unit, day)
        if unit != "day" and end > self.today:
            called += " so far"
        before = first_day(unit, first - timedelta(1)), first
        return self.days(first, end, before, typed=typed, called=called, against=f"the {unit} before")

    def days(
        self,
        first: date,
        end: date,
        before: tuple[date, date] | None = None,
        *,
        typed: str,
        called: str,
        against: str = "",
    ) -> PeriodAsked:
        """Days up to `end`, which does not belong to them, against those of `before`, or as many.

        What is not over yet goes until now, and is compared with what was over by then.
        """
        many = (end - first).days
        against = against or (f"the {many} days before" if many > 1 else "the day before")
        before = before or (first - timedelta(many), first)
        period, earlier = (Period(*map(self.midnight, days)) for days in ((first, end), before))
        if period.end > self.now:
            until = self.earlier(self.now, first - before[0])  # may be later where the month before was shorter
            period, earlier = Period(period.begin, self.now), Period(earlier.begin, min(until, earlier.end))
            against += ", up to the same time"
        return PeriodAsked(period, earlier, typed, called, against)

    def day(self, year: int | None, month: int, day: int, least: date | None = None) -> date | None:
        """A day; without a year the latest that has begun, or the first from `least` on. None where there is none."""
        this = self.today.year
        guesses = range(least.year, least.year + 2) if least else range(this, this - 9, -1)
        for guess in (year,) if year else guesses:
            try:
                found = date(guess, month, day)
            except ValueError:
                continue
            if year or (found >= least if least else found <= self.today):
                return None if least and found < least else found
        return None

    def said(self, day: date) -> str:
        """A date, with the year unless it is this one: `12 Nov`."""
        return f"{day.day} {MONTHS[day.month - 1][:3].title()}{self.other_year(day)}"

    def other_year(self, day: date) -> str:
        """The year of a day unless it is this one, as what follows the day."""
        return "" if day.year == self.today.year else f" {day.year}"
