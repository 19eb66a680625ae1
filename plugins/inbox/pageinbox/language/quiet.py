"""Quiet hours as people type them: the hours of a day, found among the words ahead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from pageinbox.language.times import SPAN, face
from pageinbox.model.text import bare, cut

HOURS = (time(22), time(8))

AROUND_HOURS = {
    *("", "at", "between", "during", "from", "hour", "hours", "in", "on", "the"),
    *("daily", "day", "days", "each", "every", "night", "nightly", "nights"),
}
HOURS_MOST = 8
"""Words of a span of hours, as in “10 pm to 8 in the morning”."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that the first `count` words name. `wrong` says what can't be right; then they are only a stand-in."""

    count: int
    hours: tuple[time, time] = HOURS
    wrong: str = ""


def hours_ahead(words: Sequence[str]) -> Hours | None:
    """The hours that begin these words, prepositions aside; None where there are none."""
    ahead = [bare(word) for word in words]
    for skip in range(len(ahead)):
        for count in range(min(HOURS_MOST, len(ahead) - skip), 0, -1):
            if span := SPAN.fullmatch(" ".join(ahead[skip : skip + count])):
                return read_hours(skip + count, span[0], (span[1], span[2]))
        if ahead[skip] not in AROUND_HOURS:
            break
    return None


def read_hours(count: int, said: str, ends: tuple[str, str]) -> Hours:
    """What `said` means, which `count` words say, from its two ends as typed."""
    begin, end = map(face, ends)
    halves = [bool(re.search("[ap].?m$", text)) for text in ends]
    small = [bool(re.match("([1-9]|0[1-9]|1[0-2])(?![0-9])", text)) for text in ends]
    if begin is None or end is None:
        return Hours(count, wrong=f"“{cut(ends[0] if begin is None else ends[1])}” is not a time of day.")
    if begin == end:
        return Hours(count, wrong="Quiet hours can't begin and end at the same time.")
    if any(halves) and any(hour and not half for half, hour in zip(halves, small, strict=True)):
        return Hours(count, wrong=f"“{cut(said)}”: say am or pm for both.")
    return Hours(count, (begin, end))
