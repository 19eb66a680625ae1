"""How long somebody has waited, and how soon Meta's reply window closes, as questions ask for it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pageinbox.language.lengths import lengths_ahead
from pageinbox.language.selection import SelectionReading
from pageinbox.language.vocabulary import CLOSES, MAX_CLOSING, MAX_SINCE, OVER
from pageinbox.model.text import bare

AHEAD = 6
"""Words looked at for a length of time, as in “more than an hour and a half”."""

HOUR = 3600
LIKELY = {"over": HOUR, "closing": 2 * HOUR}
MOST = {
    "over": (MAX_SINCE, "I look back at most ten years."),
    "closing": (MAX_CLOSING, "After 7 days Meta lets nobody answer, so the longest is 7d."),
}


class WaitReading(SelectionReading):
    """A question being read, as far as it has to do with waits."""

    def waits(self, word: str) -> bool:
        """Take `over 1h` or `closing 2h`, and tell whether it was there. Either is only about who waits."""
        if word in OVER or (word == "more" and bool(self.words) and bare(self.words[0]) == "than"):
            self.length("over", word)
        elif word in CLOSES:
            self.length("closing", word)
        else:
            return False
        return True

    def length(self, field: str, keyword: str) -> None:
        """Take the length of time ahead; only one."""
        found = lengths_ahead(list(islice(self.words, AHEAD)))
        most, too_long = MOST[field]
        wrong, seconds = "", LIKELY[field]
        if found is None:
            wrong = f"“{keyword}” needs a length of time."
        else:
            self.skip(found.count)
            if found.wrong:
                wrong = found.wrong
            elif found.seconds[0] == 0:
                wrong = f"“{keyword}” needs a time longer than zero."
            elif len(found.seconds) > 1:
                wrong, seconds = f"“{keyword}” takes one length of time.", found.seconds[0]
            else:
                wrong, seconds = too_long if found.seconds[0] > most else "", min(found.seconds[0], most)
        if wrong:
            likely: dict[str, Any] = {field: seconds}
            self.refuse(wrong, **likely)
        else:
            self.keep(field, seconds)
        self.keep("waiting", True)
        if not self.found["waiting"]:
            self.found.pop(field)  # "answered over 1h": what is refused is not to be offered
