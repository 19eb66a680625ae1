"""Periods in words: `today`, `last week`, `q4`, `november`, `12 nov to 15 nov`, `2 weeks ago`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import takewhile

from pageinbox.language.calendar import Calendar, PeriodAsked
from pageinbox.language.reader import MARKED
from pageinbox.language.times import DAYS, NUMBERS
from pageinbox.model.calendar import MONTHS, UNITS, WEEKDAYS, first_day, next_first_day
from pageinbox.model.statistics import DAY
from pageinbox.model.text import bare, cut

MOST = 3650 * DAY
"""Seconds back from now: ten years."""

AHEAD = 9
"""Words of the longest period: `from 1st of november 2026 to 15th of november 2026`."""

MONTH_NUMBERS = {name: at for at, month in enumerate(MONTHS, 1) for name in (month, month[:3])} | {"sept": 9}
MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
YEAR = r"(?:19|20)\d\d"
TH = "(?:st|nd|rd|th)?"
NUMBER = rf"\d\d?{TH}"
NO_MONTH, AS_MONTH = r"(?:1[3-9]|2\d|3[01])", r"(?:0?[1-9]|1[0-2])"
NUMERIC = "|".join(
    (
        *(rf"{NO_MONTH}{sign}{AS_MONTH}{sign}{YEAR}|{AS_MONTH}{sign}{NO_MONTH}{sign}{YEAR}" for sign in "/-"),
        rf"{NO_MONTH}/{AS_MONTH}|{AS_MONTH}/{NO_MONTH}",
        rf"(?:{NO_MONTH}|{AS_MONTH})\.{AS_MONTH}\.{YEAR}",
        *(rf"0?{number}/0?{number}(?:/{YEAR})?" for number in range(1, 13)),
    )
)
"""A date in numbers that can mean one day only; with dots the day comes first everywhere."""

DATE = (
    rf"{YEAR}[-/.]\d\d?[-/.]\d\d?|{NUMBER}\s(?:of\s)?(?:{MONTH})(?:\s{YEAR})?"
    rf"|(?:{MONTH})\s{NUMBER}(?:\s{YEAR})?|{NUMERIC}"
)
ODD_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})(?:\2\d{2,4})?\.?")
"""A date that may mean several days."""

UP_TO = r"\s?(?:-|\.\.+)\s?|\s(?:to|till?|until|through|and)\s"
FROM = r"(?:from\s|between\s)?"
MANY = rf"(?P<many>\d{{1,3}}|{'|'.join(NUMBERS)})"
PATTERNS = (
    rf"{FROM}(?:(?P<begin>{DATE})|(?P<number>\d\d?){TH})(?:{UP_TO}|\s)(?P<end>{DATE})",
    rf"{FROM}(?P<first_month>{MONTH})(?:{UP_TO})(?P<last_month>{MONTH})(?:\s(?P<year>{YEAR}))?",
    rf"{FROM}(?P<first_day>{'|'.join(DAYS)})(?:{UP_TO})(?P<last_day>{'|'.join(DAYS)})",
    rf"(?:on\s)?(?P<date>{DATE})",
    rf"(?:(?P<which>this|last|in)\s)?(?P<month>{MONTH})(?:\s(?P<year>{YEAR}))?",
    rf"(?:in\s)?(?P<year>{YEAR})(?:-(?P<number>\d\d?))?",
    rf"(?:in\s)?q(?P<quarter>[1-4])(?:\s(?P<year>{YEAR}))?",
    rf"(?:in\s)?(?:(?:calendar\s)?week\s|[ck]?w\s?)(?P<week>\d\d?)(?:\s(?P<year>{YEAR}))?",
    r"(?:the\s)?(?:(?P<which>this|last|past|previous)\s)?(?P<weekend>weekend)",
    rf"{MANY}\s?(?P<back>{'|'.join(UNITS)})s?\sago",
    r"(?P<to_date>[wmqy])td",
    rf"(?:the\s)?(?:(?P<which>this|current|last|previous)\s)?(?P<unit>{'|'.join(UNITS)})(?:\s(?:so\sfar|to\sdate))?",
    rf"(?:on\s)?(?:(?P<which>this|last)\s)?(?P<day>{'|'.join(DAYS)})(?:\sso\sfar)?",
    rf"(?:the\s)?(?:(?:last|past)\s)?(?P<many>\d{{1,9}}|{'|'.join(NUMBERS)})\s?(?P<long>months?|mo|quarters?|years?|y)",
    r"(?:the\s)?past\s(?P<long>month|quarter|year)",
)


@cache
def patterns() -> Sequence[re.Pattern[str]]:
    """They are compiled when a period is first asked for: that takes a tenth of the time of loading the plugin."""
    return [re.compile(rf"(?:{pattern})(?=\s|$)") for pattern in PATTERNS]


LONG = {"m": 30, "q": 90, "y": 365}
"""Days of what has no fixed number of them where it is counted back from now, by its first letter."""

PERIOD_WORDS = ("weekend", "this", "last", "past", "since", *UNITS, *MONTHS, *DAYS)
"""What a word of a period may have been meant for."""


@dataclass(frozen=True, slots=True)
class PeriodAhead:
    """The period that so many words name; `wrong` says what can't be right, and then it is only a stand-in."""

    count: int
    asked: PeriodAsked
    wrong: str = ""


def period_ahead(words: Sequence[str], calendar: Calendar) -> PeriodAhead | None:
    """The period of the calendar that these words begin with; None where they name none."""
    plain = takewhile(lambda word: not word.startswith(MARKED) and " " not in word, words[:AHEAD])
    text = " ".join(re.sub("['’]s$", "", bare(word)) or word for word in plain)
    matches = [match for pattern in patterns() if (match := pattern.match(text))]
    if not matches:
        return None
    longest = max(matches, key=lambda match: match.end())
    count, typed = longest[0].count(" ") + 1, longest[0]
    asked = read(calendar, typed, {name: value for name, value in longest.groupdict().items() if value})
    if asked is None:
        wrong = f"There is no “{cut(typed)}” in the calendar."
    elif asked.period.begin >= calendar.now:
        wrong = f"“{cut(typed)}” is still to come."
    elif asked.period.end <= asked.period.begin:
        first, last = calendar.day_of(asked.period.end - 1), calendar.day_of(asked.period.begin)
        swapped = calendar.between(first, last, f"{calendar.said(first)} to {calendar.said(last)}".lower())
        return PeriodAhead(count, swapped, f"“{cut(typed)}” ends before it begins.")
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
            first, latest_end = calendar.day(*begin), calendar.day(year, month, day)
            if first is None or latest_end is None:
                return None
            end = calendar.day(year, month, day, first) or latest_end
            backwards = end > today and first - latest_end < end - first  # rather than so long a time to come
            return calendar.between(first, latest_end if backwards else end, typed)
        case {"date": text}:
            named = calendar.day(*date_parts(text))
            return None if named is None else calendar.unit("day", named, typed, calendar.said(named))
        case {"first_month": begin, "last_month": end}:
            return months(calendar, MONTH_NUMBERS[begin], MONTH_NUMBERS[end], parts.get("year"), typed)
        case {"first_day": begin, "last_day": end}:
            first, final = latest(today, DAYS[begin]), latest(today, DAYS[end])
            if final < first and DAYS[end] in WEEKDAYS:
                final += timedelta(7)
            return calendar.weekdays(first, final, typed)
        case {"month": name}:
            month = MONTH_NUMBERS[name]
            over = month < today.month or (month == today.month and not last)
            first = date(int(parts.get("year", 0)) or (today.year if over else today.year - 1), month, 1)
            return calendar.named("month", first, typed)
        case {"quarter": number}:
            guesses = [date(year, int(number) * 3 - 2, 1) for year in years(calendar, parts)]
            return calendar.named("quarter", begun(guesses, today), typed)
        case {"week": number}:
            weeks = [monday(year, int(number)) for year in years(calendar, parts)]
            found = begun([week for week in weeks if week], today) if any(weeks) else None
            return None if found is None else calendar.named("week", found, typed)
        case {"year": year, "number": month}:
            return calendar.named("month", date(int(year), int(month), 1), typed) if 0 < int(month) < 13 else None
        case {"year": year}:
            return calendar.named("year", date(int(year), 1, 1), typed)
        case {"weekend": _}:
            return calendar.weekend(typed, which=parts.get("which", ""))
        case {"many": number, "back": unit}:
            inside = today
            for _ in range(int(NUMBERS.get(number, number))):
                inside = first_day(unit, inside) - timedelta(1)
            return calendar.named(unit, first_day(unit, inside), typed)
        case {"to_date": letter}:
            unit = next(unit for unit in UNITS if unit[0] == letter)
            return calendar.unit(unit, today, typed, f"this {unit}")
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
            many = int(NUMBERS.get(number := parts.get("many", "1"), number))
            return calendar.back(many * LONG[unit[0]] * DAY) if many else None
    return None


def months(calendar: Calendar, begin: int, end: int, year: str | None, typed: str) -> PeriodAsked:
    """From one month to another, the latest time that they were; `year` is that of the last."""
    over = int(year) if year else calendar.today.year - (begin > calendar.today.month and begin <= end)
    first = date(over - (begin > end), begin, 1)
    return calendar.between(first, next_first_day("month", date(over, end, 1)) - timedelta(1), typed)


def latest(today: date, name: str) -> date:
    """The latest day of that name: a weekday, `today` or `yesterday`."""
    if name in WEEKDAYS:
        return today - timedelta((today.weekday() - WEEKDAYS.index(name)) % 7)
    return today - timedelta(name == "yesterday")


def years(calendar: Calendar, parts: Mapping[str, str]) -> tuple[int, ...]:
    """The year that is named, or this one and the one before."""
    return (int(parts["year"]),) if "year" in parts else (calendar.today.year, calendar.today.year - 1)


def begun(guesses: Sequence[date], today: date) -> date:
    """The first of these days that has begun, or the last one."""
    return next((day for day in guesses if day <= today), guesses[-1])


def monday(year: int, week: int) -> date | None:
    """When a week of the calendar begins; None where the year has no such week."""
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def date_parts(text: str) -> tuple[int | None, int, int]:
    """Year, month and day of a text that `DATE` matches."""
    if re.match(f"{YEAR}\\D", text):
        year, month, day = map(int, re.findall(r"\d+", text))
        return year, month, day
    named = re.search(MONTH, text)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if named is None:
        first, second, *years = numbers
        day, month = (second, first) if second > 12 else (first, second)
        return years[0] if years else None, month, day
    return numbers[1] if len(numbers) > 1 else None, MONTH_NUMBERS[named[0]], numbers[0]


def days_of(said: str) -> tuple[str, ...]:
    """The two days that a date in numbers may be, as they are typed; none where it is neither."""
    found = ODD_DATE.fullmatch(said)
    first, second = (int(found[1]), int(found[3])) if found else (0, 0)
    if not (0 < first < 13 and 0 < second < 13):
        return ()
    return tuple(f"{day} {MONTHS[month - 1][:3]}" for day, month in ((first, second), (second, first)))


def odd_date(said: str) -> str:
    """What is wrong with a date that `ODD_DATE` matches."""
    if days := days_of(said):
        return f"“{cut(said)}” may be {' or '.join(days)}; please name the month."
    return f"I can't tell which day “{cut(said)}” is; I read 12 nov or 2026-11-12."
