"""Periods in words: `7d`, `today`, `last week`, `november`, `12 nov to 15 nov`; and what each is compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import takewhile

from pageinbox.language.reader import MARKED
from pageinbox.language.times import DAYS
from pageinbox.model.calendar import UNITS, WEEKDAYS, Since, first_day, next_first_day, shown
from pageinbox.model.statistics import DAY, HOUR, Period
from pageinbox.model.text import bare, cut

MOST = 3650 * DAY
"""Seconds back from now: ten years."""

AHEAD = 9
"""Words of the longest period: `from 1st of november 2026 to 15th of november 2026`."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH_NUMBERS = {name: at for at, month in enumerate(MONTHS, 1) for name in (month, month[:3])} | {"sept": 9}
MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
YEAR = r"(?:19|20)\d\d"
TH = "(?:st|nd|rd|th)?"
NUMBER = rf"\d\d?{TH}"
DATE = rf"{YEAR}-\d\d?-\d\d?|{NUMBER}\s(?:of\s)?(?:{MONTH})(?:\s{YEAR})?|(?:{MONTH})\s{NUMBER}(?:\s{YEAR})?"
TO = r"\s?(?:-|\.\.+)\s?|\s(?:to|till?|until|through|and)\s|\s"
PATTERNS = [
    re.compile(rf"(?:{pattern})(?=\s|$)")
    for pattern in (
        rf"(?:from\s|between\s)?(?:(?P<begin>{DATE})|(?P<number>\d\d?){TH})(?:{TO})(?P<end>{DATE})",
        rf"(?:on\s)?(?P<date>{DATE})",
        rf"(?:(?P<which>this|last|in)\s)?(?P<month>{MONTH})(?:\s(?P<year>{YEAR}))?",
        rf"(?:the\s)?(?:(?P<which>this|current|last|previous)\s)?(?P<unit>{'|'.join(UNITS)})(?:\s(?:so\sfar|to\sdate))?",
        rf"(?:on\s)?(?:(?P<which>this|last)\s)?(?P<day>{'|'.join(DAYS)})(?:\sso\sfar)?",
        r"(?:the\s)?(?:(?:last|past)\s)?(?P<many>\d{1,9}|an?|one)\s?(?P<long>months?|mo|quarters?|years?|y)",
        r"(?:the\s)?past\s(?P<long>month|quarter|year)",
    )
]
LONG = {"m": 30, "q": 90, "y": 365}
"""Days of what has no fixed number of them where it is counted back from now, by its first letter."""

LENGTHS = (("day", DAY), ("hour", HOUR), ("minute", 60), ("second", 1))

PERIOD_WORDS = ("this", "last", "past", "since", *UNITS, *MONTHS, *DAYS)
"""What a word of a period may have been meant for."""


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
class PeriodAhead:
    """The period that so many words name; `wrong` says what can't be right, and then it is only a stand-in."""

    count: int
    asked: PeriodAsked
    wrong: str = ""


def period_ahead(words: Sequence[str], calendar: Calendar) -> PeriodAhead | None:
    """The period of the calendar that these words begin with; None where they name none."""
    plain = takewhile(lambda word: not word.startswith(MARKED) and " " not in word, words[:AHEAD])
    text = " ".join(bare(word) or word for word in plain)
    matches = [match for pattern in PATTERNS if (match := pattern.match(text))]
    if not matches:
        return None
    longest = max(matches, key=lambda match: match.end())
    count, typed = longest[0].count(" ") + 1, longest[0]
    asked = read(calendar, typed, {name: value for name, value in longest.groupdict().items() if value})
    if asked is None:
        wrong = f"The calendar has no “{cut(typed)}”."
    elif asked.period.begin >= calendar.now:
        wrong = f"“{cut(typed)}” is still to come."
    elif asked.period.begin < calendar.now - MOST:
        wrong = "I look back at most ten years."
    else:
        return PeriodAhead(count, asked)
    return PeriodAhead(count, calendar.back(7 * DAY), wrong)


def read(calendar: Calendar, typed: str, parts: Mapping[str, str]) -> PeriodAsked | None:
    """The period that the named parts of a pattern make; None where the calendar has none."""
    last = parts.get("which") in ("last", "previous")
    today = calendar.today
    match parts:
        case {"end": text}:
            year, month, day = date_parts(text)
            begin = date_parts(parts["begin"]) if "begin" in parts else (year, month, int(parts["number"]))
            first = calendar.day(*begin)
            end = None if first is None else calendar.day(year, month, day, first)
            return None if first is None or end is None else calendar.between(first, end, typed)
        case {"date": text}:
            named = calendar.day(*date_parts(text))
            return None if named is None else calendar.unit("day", named, typed, calendar.said(named))
        case {"month": name}:
            month = MONTH_NUMBERS[name]
            over = month < today.month or (month == today.month and not last)
            first = date(int(parts.get("year", 0)) or (today.year if over else today.year - 1), month, 1)
            return calendar.unit("month", first, typed, f"{MONTHS[month - 1].title()}{calendar.other_year(first)}")
        case {"unit": unit}:
            inside = first_day(unit, today) - timedelta(1) if last else today
            one_day = "yesterday" if last else "today"
            return calendar.unit(
                unit, inside, typed, one_day if unit == "day" else f"{'last' if last else 'this'} {unit}"
            )
        case {"day": name}:
            if DAYS[name] in WEEKDAYS:
                return calendar.weekday(DAYS[name], typed, before_today=last)
            return calendar.unit("day", today - timedelta(DAYS[name] == "yesterday"), typed, DAYS[name])
        case {"long": unit}:
            many = parts.get("many", "1")
            return calendar.back((int(many) if many.isdecimal() else 1) * LONG[unit[0]] * DAY)
    return None


def date_parts(text: str) -> tuple[int | None, int, int]:
    """Year, month and day of a text that `DATE` matches."""
    if "-" in text:
        year, month, day = map(int, text.split("-"))
        return year, month, day
    named = re.search(MONTH, text)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    assert named
    return numbers[1] if len(numbers) > 1 else None, MONTH_NUMBERS[named[0]], numbers[0]


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

    def weekday(self, name: str, typed: str, *, before_today: bool) -> PeriodAsked:
        """The latest day of that name, against the one a week before."""
        day = self.today - timedelta(before_today)
        day -= timedelta((day.weekday() - WEEKDAYS.index(name)) % 7)
        week_before = day - timedelta(7)
        before, called = (week_before, week_before + timedelta(1)), f"{name.title()}, {self.said(day)}"
        return self.days(
            day, day + timedelta(1), before, typed=typed, called=called, against=f"the {name.title()} before"
        )

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
