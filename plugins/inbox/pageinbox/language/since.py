"""Since when, as questions ask for it: `since 2h`, `since monday`, `last 3 days`."""

from __future__ import annotations

from datetime import time
from itertools import islice

from pageinbox.language.dates import NTH, date_ahead
from pageinbox.language.nearest import nearest
from pageinbox.language.period import MONTH_NUMBERS, ODD_DATE, days_of, odd_date
from pageinbox.language.selection import SelectionReading
from pageinbox.language.times import ALONE, CALENDAR, DAYS, NUMBERS, PAST_PARTS, face, length, point_ahead
from pageinbox.language.times import UNITS as LENGTHS
from pageinbox.language.vocabulary import FILLERS, LAST, MAX_SINCE
from pageinbox.language.zones import zone_ahead
from pageinbox.model.calendar import MONTHS, Since
from pageinbox.model.text import bare, cut

POINT_MOST = 8
"""Words of a point of the calendar, as in “the 5th of november 2026 at 2 pm”."""

NEAR = (*DAYS, *MONTHS, *ALONE, *PAST_PARTS, "noon", "midnight", "weekend")
"""What a word behind `since` may be a slip of."""

TIMELY = {"this", "overnight", "weekend", "half", *ALONE, *NUMBERS}
"""Words that a point of the calendar may begin with where nothing else says that it is one."""


class SinceReading(SelectionReading):
    """A question being read, as far as it has to do with since when."""

    def since(self, keyword: str) -> None:
        if keyword in LAST:
            self.push(keyword)
        if self.point():
            return
        last = False
        while self.words and not self.span()[0] and bare(self.words[0]) in FILLERS | LAST:
            if self.page(self.words[0]):
                break
            last = bare(self.words.popleft()) == "last" or last
        count, seconds = self.span()
        word = "" if count and not last else self.next()
        if not count and self.point():
            pass
        elif (last and word == "day") or (not count and CALENDAR.fullmatch(word) and not ODD_DATE.fullmatch(word)):
            self.words.popleft()
            self.calendar(f"last {word}" if last else word, LENGTHS.get(word, 86400))
        elif count:
            said = cut(" ".join(bare(self.words.popleft()) for _ in range(count)))
            if 0 < seconds <= MAX_SINCE:
                self.keep("since", seconds)
            elif seconds:
                self.refuse("I look back at most ten years.", since=30 * 86400)
            else:
                self.refuse(f"“since {said}” would find nothing.", since=86400)
        elif ODD_DATE.fullmatch(word):
            self.words.popleft()
            days = days_of(word)
            self.refuse(odd_date(word), since=Since(days[0], time(), self.timezone) if days else 7 * 86400)
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
        self.other_zone()
        return True

    def time_alone(self, word: str) -> bool:
        """Take a point of the calendar, or so long ago, that begins with a word, and tell whether it was there."""
        word = word.removesuffix("'s")
        dated = word in MONTH_NUMBERS and self.words and bare(self.words[0])[:1].isdigit()
        if not (dated or word in TIMELY or CALENDAR.fullmatch(word) or (word[:1].isdigit() and not NTH.match(word))):
            return False
        self.push(word)
        if self.point():
            return True
        count, seconds = self.span()
        if count and [*map(bare, islice(self.words, count, count + 1))] == ["ago"]:
            self.skip(count)
            self.keep("since", seconds)
            return True
        self.words.popleft()
        return False

    def other_zone(self) -> None:
        """Take the time zone behind a point of the calendar, which can be the team's only."""
        zone = zone_ahead(list(islice(self.words, POINT_MOST)), self.known, self.grammar, exact=True)
        if zone is not None:
            self.skip(zone.count)
            if self.words and bare(self.words[0]) == "time":
                self.words.popleft()
            if zone.wrong or zone.name != self.timezone:
                self.refuse(f"Times here are in {self.timezone}, the setting TIMEZONE.")

    def odd_time(self, said: str) -> None:
        """Refuse `parsecs`, `3 parsecs` or `3`."""
        said = NUMBERS.get(said, said)
        unit = said.lstrip("0123456789")
        number = said.removesuffix(unit)
        if not unit and (unit := self.next()):
            said += " " + bare(self.words.popleft())
        if not number and (near := "" if self.wrong else nearest(unit, NEAR, 0.75)):
            self.push("since", near)
            self.refuse(f"I don't know when “{cut(said)}” begins. Did you mean {near}?")
            return
        near = self.near(unit, LENGTHS, 0.75) if number else ""
        likely = length(number + (near or "h")) or 86400
        guess = f"Did you mean {near}?" if near else "I count in m, h, d or w."
        if number and unit in MONTH_NUMBERS:
            self.refuse(f"There is no “{cut(said)}” in the calendar.", since=86400)
        elif number and unit:
            self.refuse(f"I don't know the time “{cut(said)}”. {guess}", since=min(likely, MAX_SINCE))
        elif unit:
            self.calendar(said)
        elif (at := face(number)) is not None:
            hour = Since("", at, self.timezone)
            self.refuse(f"“since {said}” may be {said}h or {said}:00.", since=hour)
        else:
            self.refuse(f"“since {cut(said)}” needs a unit: m, h, d or w.", since=min(likely, MAX_SINCE))

    def calendar(self, said: str, likely: int = 86400) -> None:
        if said == "next" and self.words:
            said += f" {cut(bare(self.words.popleft()))}"
        wrong = f"I don't know when “{cut(said)}” begins; I know today, weekdays, 12 nov, 14:00 and the like."
        self.refuse(f"“{said}” is still to come." if said.startswith(("tomorrow", "next ")) else wrong, since=likely)
