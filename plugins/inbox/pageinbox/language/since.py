"""Since when, as questions ask for it: `since 2h`, `since monday`, `last 3 days`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from itertools import islice

from pageinbox.language.period import DATE, date_parts
from pageinbox.language.reader import Reading
from pageinbox.language.times import CALENDAR, UNITS, day_and_time, length, point_ahead
from pageinbox.language.vocabulary import FILLERS, LAST, MAX_SINCE
from pageinbox.model.calendar import MONTHS, Since
from pageinbox.model.text import bare, cut

POINT_MOST = 6
"""Words of a point of the calendar, as in “yesterday at 2 pm”."""

WHOLE_DATE = re.compile(rf"(?:{DATE})(?=\s|$)")
ODD_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2,4}|\d{1,2}/\d{1,2}")
"""A date whose month may be either number."""

LEAP = 2024
"""A year that has every day."""


def date_ahead(words: Sequence[str], zone: str) -> tuple[int, Since] | None:
    """How many of these words name a date, with a time of day or without, and the moment it begins; None for none."""
    ahead = [bare(word) for word in words]
    found = WHOLE_DATE.match(" ".join(ahead))
    if found is None:
        return None
    year, month, number = date_parts(found[0])
    try:
        date(year or LEAP, month, number)
    except ValueError:
        return None
    count = found[0].count(" ") + 1
    more, _, at, _ = day_and_time(ahead[count:], {}, {})
    day = f"{year}-{month:02}-{number:02}" if year else f"{number} {MONTHS[month - 1][:3]}"
    return count + more, Since(day, at or time(0), zone)


class SinceReading(Reading):
    """A question being read, as far as it has to do with since when."""

    def since(self, keyword: str) -> None:
        last = keyword == "last"
        while self.words and not self.span()[0] and bare(self.words[0]) in FILLERS | LAST:
            if self.page(self.words[0]):
                break
            last = bare(self.words.popleft()) == "last" or last
        count, seconds = self.span()
        word = "" if count and not last else self.next()
        if not count and self.point():
            pass
        elif (last and word in ("day", "week")) or (
            not count and CALENDAR.fullmatch(word) and not ODD_DATE.fullmatch(word)
        ):
            self.words.popleft()
            self.calendar(f"last {word}" if last else word, UNITS.get(word, 86400))
        elif count:
            said = cut(" ".join(bare(self.words.popleft()) for _ in range(count)))
            if 0 < seconds <= MAX_SINCE:
                self.keep("since", seconds)
            elif seconds:
                self.refuse("I look back at most ten years.", since=30 * 86400)
            else:
                self.refuse(f"“since {said}” would find nothing.", since=86400)
        elif ODD_DATE.fullmatch(word):
            said = cut(bare(self.words.popleft()))
            self.refuse(f"I can't tell which day “{said}” is; I read 12 nov or 2026-11-12.", since=7 * 86400)
        elif word:
            self.odd_time(bare(self.words.popleft()))
        else:
            either = "a number or " if keyword in LAST else ""
            self.refuse(f"“{keyword}” needs {either}a length of time.", since=86400)

    def point(self) -> bool:
        """Take a point of the calendar off the words ahead, and tell whether it was there."""
        ahead = list(islice(self.words, POINT_MOST))
        found = date_ahead(ahead, self.timezone) or point_ahead(ahead, self.timezone)
        if found is None:
            return False
        count, since = found
        self.skip(count)
        self.keep("since", since)
        return True

    def odd_time(self, said: str) -> None:
        """Refuse `parsecs`, `3 parsecs` or `3`."""
        unit = said.lstrip("0123456789")
        number = said.removesuffix(unit)
        if not unit and (unit := self.next()):
            said += " " + bare(self.words.popleft())
        near = self.near(unit, UNITS, 0.75) if number else ""
        likely = length(number + (near or "h")) or 86400
        guess = f"Did you mean {near}?" if near else "I count in m, h, d or w."
        if unit:
            self.refuse(f"I don't know the time “{cut(said)}”. {guess}", since=min(likely, MAX_SINCE))
        else:
            self.refuse(f"“since {cut(said)}” needs a unit: m, h, d or w.", since=min(likely, MAX_SINCE))

    def calendar(self, said: str, likely: int = 86400) -> None:
        wrong = f"I don't know when “{cut(said)}” begins; I know today, weekdays, 12 nov, 14:00 and the like."
        self.refuse(wrong, since=likely)
