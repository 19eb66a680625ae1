"""The words of a watch or a digest that name a time zone."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from pageinbox.language.selection import SelectionReading
from pageinbox.language.zones import zone_ahead
from pageinbox.model.text import bare

AHEAD = 12
"""Words looked at for a time zone."""


class ZonedReading(SelectionReading):
    """What is being read, as far as it has to do with its time zone."""

    def other_words(self) -> Collection[str]:
        """What a word that may be a zone's is a slip of, if it is none."""
        raise NotImplementedError

    def zone(self, exact: bool = False) -> bool:
        """Take the time zone ahead, and tell whether there was one.

        Without `exact` also one that is mistyped, which is refused.
        """
        ahead = list(islice(self.words, AHEAD))
        # Nobody is told of a second mistake, and to look for the nearest of all zones takes long.
        found = zone_ahead(ahead, self.known, self.other_words(), exact=exact or bool(self.wrong))
        if found is None:
            return False
        self.skip(found.count)
        if self.words and bare(self.words[0]) == "time":
            self.words.popleft()
        if found.wrong:
            self.refuse(found.wrong, zone=found.name)
        else:
            self.keep("zone", found.name)
        return True
