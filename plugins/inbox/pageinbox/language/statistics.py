"""From what people type after `!inbox stats` to the lists and the period that are meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import islice
from typing import Any

from pageinbox.language.calendar import Calendar, PeriodAsked
from pageinbox.language.dates import date_ahead
from pageinbox.language.nearest import nearest
from pageinbox.language.period import AHEAD, MOST, ODD_DATE, PERIOD_WORDS, days_of, odd_date, period_ahead
from pageinbox.language.reader import MARKED
from pageinbox.language.selection import SelectionReading
from pageinbox.language.since import SinceReading
from pageinbox.language.times import ALONE, CALENDAR, point_ahead
from pageinbox.language.vocabulary import (
    CLOSES,
    FILLERS,
    FOLDERS,
    LAST,
    LIMIT,
    MARKS,
    NEEDS,
    NOT,
    OVER,
    PLATFORMS,
    SHARED,
    STATES,
    TEXT,
    USER,
    say,
)
from pageinbox.model.calendar import Since, zone_of
from pageinbox.model.selection import Selection
from pageinbox.model.statistics import DAY, HOUR
from pageinbox.model.text import EDGES, bare, cut

PLAIN = 7 * DAY
"""Seconds of the period where none is said."""

CSV = {"csv", "excel", "export", "spreadsheet"}
TOLD = {"answered", "new", "replied", "unanswered", "waiting"}
"""What each answer counts, so that `how many new` asks for no more."""

COMPARING = {"compare", "compared", "comparison", "versus", "vs"}
EVER = {"ever", "forever", "lifetime"}
PASSED_OVER = {
    *("as", "figures", "file", "folders", "numbers", "report", "stats", "statistics", "summary"),
    *("chart", "charts", "graph", "graphs", "picture", "with"),
    *(
        "answer",
        "answers",
        "average",
        "fast",
        "hours",
        "median",
        "quickly",
        "reply",
        "response",
        "time",
        "times",
    ),
    *("during", "happened", "so", "within"),
}
"""Words that ask for no more than is told anyhow."""

BEFORE = {"previous", "prior", "prev"}
JOINED = re.compile(r"(last|past|this)[-_]?([a-z]+)")
"""`last-week`, `thismonth`."""

BY = {"by", "per", "each", "every"}
PARTED = {"page", "platform", "person", "people", "team", "teammate", "agent", "day", "hour", "weekday"}
RHYTHMS = {"daily": "daily", "everyday": "daily", "weekly": "weekly", "monthly": "weekly", "hourly": "daily"}
"""The digest that comes nearest to having statistics so often."""

AHEAD_OF_NOW = {"tomorrow", "next", "coming"}
NOT_BY = STATES.keys() | MARKS.keys() | OVER | CLOSES | NOT | NEEDS | USER | (LIMIT - {"first"}) | {"new"}
"""By what questions choose conversations, which are no more when they are counted."""


@dataclass(frozen=True, slots=True)
class StatisticsAsked:
    """What to count: the lists of a selection without further filters, and when. `csv` asks for it as a file."""

    selection: Selection
    period: PeriodAsked
    csv: bool = False

    def __str__(self) -> str:
        """How it is typed behind the command."""
        return " ".join(["csv"] * self.csv + [self.period.typed, *self.lists()])

    def lists(self) -> list[str]:
        """The words that name its lists."""
        which = self.selection
        fields = {"folder": which.folder, "platform": which.platform, "page": which.page}
        return [say(field, value) for field, value in fields.items() if value is not None]


def parse_statistics(text: str, pages: Sequence[str], *, zone: str = "UTC", now: float) -> StatisticsAsked:
    """Read what was typed after `stats`: a period, lists, `csv`, in any order. Raises `QueryError`.

    `pages` are the configured names, `now` is in seconds since 1970; days are those of `zone`, an IANA name.
    """
    return StatisticsReading(text, pages, zone, now).asked()


class StatisticsReading(SinceReading, SelectionReading):
    """Words about statistics, being read."""

    lead = "inbox stats "
    grammar = SHARED | LAST | {"since"}

    def __init__(self, text: str, pages: Sequence[str], zone: str, now: float) -> None:
        self.clocks = Calendar(now, zone_of(zone))
        self.rhythm = ""
        super().__init__(text, pages, zone=zone)

    def asked(self) -> StatisticsAsked:
        """What is to be counted. Raises `QueryError`."""
        self.read()
        since = self.found.pop("since", None)
        if isinstance(since, Since):
            period = self.clocks.since(since)
            if period.period.begin >= self.clocks.now:
                self.refuse(f"“{period.typed}” is still to come.")
                period = self.clocks.back(PLAIN)
            self.keep("period", period)
        elif since is not None:
            if since < HOUR:
                self.refuse("A period lasts at least an hour.")
            elif since > MOST:
                self.refuse("I look back at most ten years.")
            self.keep("period", self.clocks.back(since if HOUR <= since <= MOST else PLAIN))
        csv, period = self.found.pop("csv", False), self.found.pop("period", None) or self.clocks.back(PLAIN)
        asked = StatisticsAsked(Selection(**{"folder": None} | self.found), period, csv)
        if self.rhythm:
            self.lead = "inbox digest "
        self.settle(" ".join([self.rhythm, *asked.lists()]) if self.rhythm else str(asked))
        return asked

    def take(self, typed: str) -> None:
        word = bare(typed)
        if typed.startswith(MARKED) or word in TEXT:
            what = "words" if typed.startswith('"') or word in TEXT else "names"
            self.refuse(f"I keep no {what} for statistics, so I can count by Page, platform and folder only.")
        elif word in CSV:
            self.keep("csv", True)
        elif self.period(typed):
            pass
        elif word in LAST and self.next().isdecimal() and not self.span()[0]:
            pass  # the number is refused
        elif word in ("since", "after") or word in LAST:
            self.since(word)
        elif word in BEFORE and self.words:
            self.push("last")
        elif word in OVER and self.words and bare(self.words[0]) in FILLERS | LAST:
            pass  # "over the last 3 days"
        elif word in RHYTHMS:
            self.rhythm = RHYTHMS[word]
            self.refuse("Statistics come when you ask for them; a digest comes by itself.")
        elif word in BY and self.words and bare(self.words[0]) in PARTED:
            self.words.popleft()  # what has several parts is told by them anyhow
        elif word in ("busiest", "peak"):
            if self.words and bare(self.words[0]).removesuffix("s") in ALONE:
                self.words.popleft()  # "busiest hour" is no period
        elif word in COMPARING:
            self.refuse("Each answer already compares with the time before.")
        elif word in EVER or (word == "all" and self.words and bare(self.words[0]) == "time"):
            self.refuse("Say how far back: this year, q3, last month and the like.", period=self.clocks.this_year())
        elif word in ("many", "who") and self.words and bare(self.words[0]) in TOLD:
            self.words.popleft()
        elif word in NOT_BY:
            self.refuse(f"Statistics can't be narrowed down by “{word}”, only by Page, platform and folder.")
            while self.words and bare(self.words[0])[:1].isdecimal():
                self.words.popleft()  # "limit 5"
        elif self.page(typed) or word not in PASSED_OVER:
            super().take(typed)

    def period(self, typed: str) -> bool:
        """Take a period off a word and those ahead, and tell whether it was there."""
        words = [typed, *islice(self.words, AHEAD)]
        since = bare(typed) == "since"
        if since and (point_ahead(words[1:], self.timezone) or self.span()[0]):
            return False
        found = period_ahead(words[since:], self.clocks)
        point = found and not since and (date_ahead(words, self.timezone) or point_ahead(words, self.timezone))
        if found and point and point[1].at != time() and point[0] > found.count:
            return False  # "yesterday evening"
        if found is None:
            return self.length(typed)
        self.skip(found.count - (not since))
        period = self.clocks.since_beginning(found.asked.period.begin) if since else found.asked
        if found.wrong:
            self.refuse(found.wrong, period=period)
        else:
            self.keep("period", period)
        return True

    def length(self, typed: str) -> bool:
        """The same of a length of time: `7d`, `2 weeks`."""
        self.push(typed)
        count, seconds = self.span()
        self.skip(max(1, count))
        if count:
            self.keep("since", seconds)
        return count > 0

    def say(self, field: str, value: Any) -> str:
        if isinstance(value, PeriodAsked):
            return value.typed
        said = super().say(field, value)
        return said if isinstance(value, Since) else said.removeprefix("since ")

    def unknown(self, typed: str, word: str) -> None:
        if (joined := JOINED.fullmatch(word)) and joined[2] in PERIOD_WORDS:
            self.push(*joined.groups())
            return
        if ODD_DATE.fullmatch(word):
            likely = [period_ahead(day.split(), self.clocks) for day in days_of(word)[:1]]
            self.refuse(odd_date(word), period=likely[0].asked if likely and likely[0] else self.clocks.back(PLAIN))
            return
        if len(pieces := re.split(r"[\s&+/,;]+", typed)) > 1:  # "facebook/instagram"
            self.push(*pieces)
            return
        if self.time_alone(word):
            return
        shown = cut(typed.strip(EDGES))
        if word in PERIOD_WORDS or word in AHEAD_OF_NOW:
            following = self.next()
            shown = f"{word} {cut(self.words.popleft())}" if following else word
        if word in AHEAD_OF_NOW:
            wrong = f"“{shown}” is still to come."
        elif word.isdecimal():
            wrong = f"“{shown}” needs a unit: h, d or w."
        elif word in PERIOD_WORDS or CALENDAR.fullmatch(word):
            wrong = f"I don't know when “{shown}” is; I know today, last week, november, 12 nov and the like."
        else:
            if not self.wrong:
                self.refuse(f"I don't know “{shown}”.", self.guess(word))
            return
        self.refuse(wrong, period=self.clocks.back(PLAIN))

    def guess(self, word: str) -> str:
        """What an unknown word was likely meant to be, read in its place; "" if nothing comes near."""
        near = nearest(word, [*PERIOD_WORDS, *CSV, *FOLDERS, *PLATFORMS, *PASSED_OVER, *self.page_words], 0.7)
        if near in self.page_words:
            self.found.setdefault("page", self.page_words[near])
            return cut(self.page_words[near])
        if near:
            self.push(near)
        return near
