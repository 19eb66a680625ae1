"""The words of a watch that say when it is quiet: `quiet 22:00-08:00 Europe/Rome`."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

from pageinbox.language.quiet import HOURS, hours_ahead
from pageinbox.language.timed import AHEAD, TimedReading
from pageinbox.language.vocabulary import WATCH_WORDS
from pageinbox.language.zoned import ZonedReading
from pageinbox.model.watch import Quiet


class QuietReading(TimedReading, ZonedReading):
    """What is to be watched, being read, as far as it has to do with quiet hours.

    They are two finds, `hours` and `zone`, since they may stand apart.
    """

    def other_words(self) -> Collection[str]:
        return [*WATCH_WORDS, *self.page_words]

    def quiet_hours(self) -> None:
        """Make one find of the two."""
        hours, zone = self.found.pop("hours", None), self.found.pop("zone", None)
        if zone and not hours:
            self.refuse("A time zone only goes with quiet hours.")
        if hours or zone:
            begin, end = hours or HOURS
            self.found["quiet"] = Quiet(begin, end, zone or self.timezone)

    def quiet(self, keyword: str) -> None:
        """Hours and a time zone, which may stand before or after them, or later on."""
        if self.words and re.search("[,;]", self.words[0]):
            self.push(*re.split("[,;]+", self.words.popleft()))
        self.zone(exact=True)
        found = hours_ahead(list(islice(self.words, AHEAD)))
        if found is None:
            self.refuse(f"“{keyword}” needs hours.", hours=HOURS)
            return
        self.skip(found.count)
        if found.wrong:
            self.refuse(found.wrong, hours=found.hours)
        else:
            self.keep("hours", found.hours)
        self.zone(exact="zone" in self.found)
