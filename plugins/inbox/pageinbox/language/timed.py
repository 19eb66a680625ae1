"""The words of a watch that have a length of time behind them: `waiting 1h,4h`, `closing 2h`, `batch 1h`."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pageinbox.language.lengths import Bounds, fitting, lengths_ahead
from pageinbox.language.question import QuestionReading
from pageinbox.language.vocabulary import BATCH, CLOSES, REMIND, WAITS
from pageinbox.model.text import bare
from pageinbox.model.watch import Every

MINUTE, HOUR, DAY = 60, 3600, 86400
BOUNDS = {
    "waits": Bounds(
        MINUTE, 7 * DAY, 5, "is too soon: the shortest is a minute.", "is too late: after 7 days nobody may answer.",
        "I send at most 5 reminders of one wait.",
    ),
    "closes": Bounds(
        MINUTE, 23 * HOUR, 1, "leaves no time to answer: the shortest is a minute.",
        "would come at once: Meta's window is 24 hours long, so the longest is 23h.",
        "“closing” takes one time; it holds for each of Meta's windows.",
    ),
    "batch": Bounds(
        5 * MINUTE, 12 * HOUR, 1, "is too short: the shortest is 5m.", "is too long: the longest is 12h.",
        "“batch” takes one length of time.",
    ),
}  # fmt: skip
AHEAD = 12
"""Words looked at for lengths of time."""

LIKELY: dict[str, Any] = {"waits": (HOUR,), "closes": 2 * HOUR, "batch": HOUR}


class TimedReading(QuestionReading):
    """What is to be watched, being read, as far as it has to do with reminders and batches."""

    def timed(self, word: str, page: str | None) -> bool:
        """Take a word that has a length of time behind it, with that, and tell whether it was one."""
        if word == "only" and self.reminders_ahead():
            self.keep("every", Every.NOTHING)
        elif word in WAITS and self.times("waits", "waiting"):
            pass  # without a time it is what a conversation is in
        elif word in REMIND and not page:
            self.remind(word)
        elif word in CLOSES and not page:
            self.times("closes", "closing", needed=word)
        elif word in BATCH and not page:
            self.times("batch", "batch", needed=word)
        else:
            return False
        return True

    def timed_every(self) -> bool:
        """Take the hour of `every hour`, and tell whether it was there."""
        found = lengths_ahead(list(islice(self.words, 2)))
        return found is not None and not found.wrong and self.times("batch", "batch")

    def check_reminders(self) -> None:
        """Refuse what contradicts reminders, once all words were read."""
        every = self.found.get("every")
        if every is Every.NOTHING and not self.found.keys() & {"waits", "closes"}:
            self.refuse("“only reminders” needs to know when, as in waiting 1h.", waits=LIKELY["waits"])
        if every is Every.NOTHING and (idle := self.found.keys() & {"later", "batch"}):
            self.refuse(f"“{min(idle)}” means nothing with “only reminders”, which announces nothing new.")
            for field in idle:
                self.found.pop(field)
        if self.found.keys() & {"waits", "closes"} and self.found.get("waiting") is False:
            self.refuse("“answered” leaves out everybody who waits, so there would be nobody to remind of.")
            self.found.pop("waiting")

    def times(self, field: str, keyword: str, needed: str = "") -> bool:
        """Take the lengths of time ahead, and tell whether there were any; `needed` is refused where there are none.

        A second `waiting` adds to the first.
        """
        found = lengths_ahead(list(islice(self.words, AHEAD)))
        if found is None:
            if needed:
                self.refuse(f"“{needed}” needs a length of time.", **{field: LIKELY[field]})
            return False
        self.skip(found.count)
        fit = fitting(found, keyword, BOUNDS[field])
        if fit.wrong:
            likely: dict[str, Any] = {field: fit.seconds if field == "waits" else fit.seconds[0]}
            self.refuse(fit.wrong, **likely)
        elif field != "waits":
            self.keep(field, fit.seconds[0])
        elif len(steps := {*self.found.get("waits", ()), *fit.seconds}) > BOUNDS["waits"].many:
            self.refuse(BOUNDS["waits"].too_many)
        else:
            self.found["waits"] = tuple(sorted(steps))
        return True

    def remind(self, keyword: str) -> None:
        """`remind after 4h`, which is `waiting 4h`; `reminders only`; or said of a `waiting` or `closing` ahead."""
        ahead = self.next_word()
        if ahead == "only":
            self.words.popleft()
            self.keep("every", Every.NOTHING)
        elif ahead not in WAITS | CLOSES:
            self.times("waits", "waiting", needed=keyword)

    def next_word(self) -> str:
        return bare(self.words[0]) if self.words else ""

    def reminders_ahead(self) -> bool:
        """Whether `only` is about reminders: `only reminders`, which is taken, or `only waiting 1h`."""
        word = self.next_word()
        timed = lengths_ahead(list(islice(self.words, 1, AHEAD))) is not None
        if word in REMIND and not timed:
            self.words.popleft()
            return True
        return timed and word in WAITS | REMIND | CLOSES
