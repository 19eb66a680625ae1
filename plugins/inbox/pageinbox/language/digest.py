"""From what people type after `!inbox digest` to what is meant, and back: `daily 09:00 mon-fri messenger`, `off`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pageinbox.language.moments import END_OF_DAY
from pageinbox.language.nearest import nearest
from pageinbox.language.reader import MARKED
from pageinbox.language.rhythm import (
    DAILY,
    OTHERS,
    SETS,
    SHORT,
    WEEKLY,
    day_of,
    days_ahead,
    days_from,
    describe_rhythm,
    span_of,
)
from pageinbox.language.times import CLOCK, DAYS, MINUTES, NUMBERS, PARTS, clock_ahead, face
from pageinbox.language.vocabulary import (
    AS,
    CLOSES,
    EVERYWHERE,
    FILLERS,
    FOLDERS,
    LAST,
    LEAVING,
    LIMIT,
    MARKS,
    NOT,
    OVER,
    PING,
    PLATFORMS,
    QUIET,
    STATES,
    TEXT,
    USER,
    say,
)
from pageinbox.language.zoned import ZonedReading
from pageinbox.language.zones import AREAS, OFFSET, ZONE_WORDS
from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.digest import EVERY_DAY, NINE, DigestSpec, Rhythm
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder
from pageinbox.model.text import EDGES, bare, cut, fold

END = {
    *("off", "end", "stop", "cancel", "disable", "none", "never", "no"),
    *("remove", "delete", "clear", "unsubscribe", "quit", "undo"),
}
AROUND = {
    *("", "come", "comes", "digest", "digests", "each", "it", "its", "now", "o'clock", "once", "per"),
    *("activate", "enable", "on", "start", "starting"),
    *("add", "change", "chart", "charts", "edit", "move", "post", "send", "set", "with"),
}
SPACED = re.compile(r"(?:every|each)\s+(other|second|third)\b", re.IGNORECASE)
"""Less often than a digest comes; without `every` the folder `other` is meant."""

RHYTHMS = "A digest comes once a day or once a week."

TO = {"-", "to", "through", "thru", "until", "till"}
LEAVING_OUT = NOT | LEAVING
PARTS_OF_DAYS = {**PARTS, **{f"{part}s": at for part, at in PARTS.items()}}
HOURS = NUMBERS.keys() - {"a", "an", "one"}
UNFIT = STATES.keys() | TEXT | MARKS.keys() | OVER | CLOSES | LIMIT | USER | QUIET | PING | AS
POINTS = LAST | {"since", "today", "tomorrow", "tonight", "yesterday"}
WORDS = FOLDERS.keys() | PLATFORMS.keys() | DAILY | WEEKLY | END | SETS.keys() | DAYS.keys() | ZONE_WORDS | {"page"}
NEXT_TO = ("daily", "weekly", "weekdays", "weekends", "off", *WEEKDAYS, *SHORT, *FOLDERS, *PLATFORMS)
"""What a word that is not understood may be a slip of."""

EVERY_FOLDER = EVERYWHERE | {"folders", "everywhere"}


@dataclass(frozen=True, slots=True)
class DigestAsked:
    """What somebody wants of digests: to have one of these lists at `rhythm`, or to `end` one; else to see one now.

    `named` tells that lists were named; `every` that all of the room's digests are to end.
    """

    lists: Selection
    rhythm: Rhythm | None = None
    end: bool = False
    named: bool = False
    every: bool = False


def parse_digest(text: str, pages: Sequence[str], *, zone: str = "UTC") -> DigestAsked:
    """Read what was typed after `digest`; nothing is to see one now.

    `pages` are the configured names; a time of day is that of `zone`, an IANA name, unless another is named. Raises
    `QueryError`.
    """
    # The reader takes a long dash for a blank.
    text = END_OF_DAY.sub("18:00", re.sub(r"\s*[–—−]\s*", "-", text))
    return DigestReading(text, pages, None, zone).asked()


def describe_digest(spec: DigestSpec) -> str:
    """A digest in canonical words: `parse_digest(describe_digest(s), pages)` has its lists and its rhythm."""
    return f"{describe_rhythm(spec.rhythm)} {describe_lists(spec.lists)}".strip()


def describe_lists(lists: Selection) -> str:
    """Which lists it is about, in canonical words; "" for every inbox."""
    said = (("folder", lists.folder), ("platform", lists.platform), ("page", lists.page))
    return " ".join(say_digest(field, value) for field, value in said if value not in (None, Folder.INBOX))


def say_digest(field: str, value: Any) -> str:
    """One field in canonical words."""
    if field == "at":
        return f"{value:%H:%M}"
    return f"page {value}" if field == "page" and bare(value) in WORDS else say(field, value)


class DigestReading(ZonedReading):
    """What is typed after `digest`, being read. Its days are gathered in `days`."""

    kind = "digest"
    lead = "inbox digest "
    grammar = WORDS

    def asked(self) -> DigestAsked:
        """What is meant. Raises `QueryError`."""
        self.days: set[int] = set()
        self.end = self.every = self.without = False
        self.spaced = [fold(word) for word in SPACED.findall(self.typed)]
        self.read()
        if self.without and (self.days or self.found.keys() & {"how", "at"}):
            self.refuse("A digest is about all of its lists, so it can't leave anything out.")
            self.end = False
        if self.every and not self.end:
            self.refuse("A digest is about one folder: inbox, other, done or spam.")
        found = self.found
        lists = Selection(found.get("folder", Folder.INBOX), found.get("platform"), found.get("page"))
        rhythm = None if self.end else self.rhythm()
        said = "off" if self.end else describe_rhythm(rhythm or Rhythm(zone=self.timezone))
        self.settle(f"{said} {describe_lists(lists)}".strip())
        named = bool(found.keys() & {"folder", "platform", "page"})
        return DigestAsked(lists, rhythm, self.end, named, self.every)

    def rhythm(self) -> Rhythm | None:
        """When it is to come; None where nothing was said of that."""
        how, zone = self.found.get("how"), self.found.get("zone")
        if not (how or self.days or "at" in self.found):
            if zone:
                self.refuse("A time zone only goes with a time.")
            return None
        if how == "weekly" and len(self.days) > 1:
            self.refuse("“weekly” takes one day.")
            self.days = {min(self.days)}
        days = self.days or ({0} if how == "weekly" else {*EVERY_DAY})
        return Rhythm(self.found.get("at", NINE), zone or self.timezone, tuple(sorted(days)))

    def other_words(self) -> Collection[str]:
        return NEXT_TO

    def say(self, field: str, value: Any) -> str:
        return say_digest(field, value)

    def take(self, typed: str) -> None:
        word, page = bare(typed), self.page(typed)
        if typed.startswith(MARKED) or (word in UNFIT and not page):
            self.refuse(f"A digest is about whole lists, so it can't go by “{cut(typed.lstrip('@') or typed)}”.")
        elif word == "end" and self.words and bare(self.words[0]) == "of":
            self.unknown(typed, word)
        elif word in END and not page and not (word in NOT and self.leaving_out()):
            self.end, self.without = True, word in NOT
        elif typed.startswith("#"):
            self.refuse("A digest comes to the room in which it is asked for.")
        elif word in self.spaced:
            self.refuse(RHYTHMS)
        elif word in EVERY_FOLDER and not page:
            following = bare(self.words[0]) if self.words else ""
            self.every = self.every or following not in {"pages", "platforms", *DAILY}
        elif page or not (word in AROUND or self.day(typed, word) or self.when(typed, word)):
            super().take(typed)

    def day(self, typed: str, word: str) -> bool:
        """Take `daily`, `weekly monday`, `mon-fri`, `weekdays`, `mon,wed`, and tell whether it was any of these."""
        pieces = [piece for piece in re.split("[,;+&]+|/(?=[a-z]{3})", word) if piece]
        if len(pieces) > 1 and all(day_of(piece) is not None or span_of(piece) for piece in pieces):
            self.push(*pieces)
        elif word in DAILY | WEEKLY:
            self.keep("how", "daily" if word in DAILY else "weekly")
        elif word in SETS:
            self.days |= {*SETS[word]}
            if self.words and bare(self.words[0]) in DAILY:
                self.words.popleft()  # "working days"
        elif word in LEAVING_OUT and self.leaving_out():
            count, days = days_ahead(self.words)
            self.skip(count)
            self.days |= {*EVERY_DAY} - days
            if not self.days:
                self.refuse("That leaves no day.")
        elif span := span_of(word):
            self.days |= {*days_from(*span)}
        elif (first := day_of(word)) is not None:
            ahead = list(islice(self.words, 2))
            last = day_of(bare(ahead[1])) if len(ahead) == 2 and (ahead[0] == "-" or bare(ahead[0]) in TO) else None
            if last is None:
                self.days.add(first)
            else:
                self.words.popleft()
                self.words.popleft()
                self.days |= {*days_from(first, last)}
        else:
            return False
        return True

    def leaving_out(self) -> bool:
        """Whether some days are to be left out: `not on weekends`, `except monday`."""
        while self.words and bare(self.words[0]) in FILLERS:
            self.words.popleft()
        return days_ahead(self.words)[0] > 0

    def when(self, typed: str, word: str) -> bool:
        """Take a time of day or a time zone, and tell whether there was any; refuse another rhythm, or a date."""
        pair = f"{word} {bare(self.words[0])}" if self.words else ""
        if word in OTHERS or self.length_ahead(typed, word):
            self.refuse(RHYTHMS)
        elif word in POINTS:
            instead = "" if word in ("tomorrow", "tonight") else "; stats can"
            self.refuse(f"A digest tells what came since the one before, so it can't go by “{cut(word)}”{instead}.")
        elif word in PARTS_OF_DAYS:
            self.found.setdefault("at", PARTS_OF_DAYS[word])
        elif pair and re.fullmatch(CLOCK, pair):
            self.words.popleft()
            self.time(pair)
        elif word in MINUTES and (clock := clock_ahead([word, *map(bare, islice(self.words, 3))], hour=False))[1]:
            self.skip(clock[0] - 1)
            self.keep("at", clock[1])
        elif word in HOURS:
            self.time(NUMBERS[word])
        elif re.fullmatch(CLOCK, word) or re.fullmatch("[0-9]+([:.][0-9]+)*", word):
            self.time(word)
        elif word in ZONE_WORDS:
            self.zone(exact=False)
        elif word in FILLERS:
            return False
        else:
            self.push(typed)
            if self.zone(exact=not (AREAS.match(word) or OFFSET.fullmatch(word))):
                return True
            self.words.popleft()
            return False
        return True

    def length_ahead(self, typed: str, word: str) -> bool:
        """Take `30h` or `3 days`, a length of time with its number, and tell whether it was there; `9h` is a time."""
        self.push(typed)
        count, _ = self.span()
        found = count > 0 and word[0].isdigit() and not (count == 1 and re.fullmatch("1?[0-9]h|2[0-3]h", word))
        self.skip(count if found else 1)
        return found

    def time(self, said: str) -> None:
        if (at := face(said)) is None:
            self.refuse(f"“{cut(said)}” is not a time of day.", at=NINE)
        else:
            self.keep("at", at)

    def unknown(self, typed: str, word: str) -> None:
        pieces = [piece for piece in re.split(r"[\s&+/,;]+", typed) if piece]
        if len(pieces) > 1:
            self.push(*pieces)
            return
        near = "" if self.wrong else nearest(word, [*NEXT_TO, *self.page_words], 0.7)
        self.refuse(f"I don't know “{cut(typed.strip(EDGES))}”.", self.page_words.get(near, near))
        if near:
            self.push(near)
