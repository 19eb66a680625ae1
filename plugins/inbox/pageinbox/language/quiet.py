"""Quiet hours as people type them: the hours of a day and a time zone, found among the words ahead."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import time
from difflib import SequenceMatcher

from pageinbox.language.nearest import nearest
from pageinbox.language.times import ABBREVIATED, AREAS, SPAN, face, zone_key, zones
from pageinbox.model.text import EDGES, bare, cut

HOURS = (time(22), time(8))
ZONE = "Europe/Rome"

AROUND_HOURS = {
    *("", "at", "between", "during", "from", "hour", "hours", "in", "on", "the"),
    *("daily", "day", "days", "each", "every", "night", "nightly", "nights"),
}
ZONE_WORDS = {"timezone", "tz", "zone"}
AROUND_ZONE = ZONE_WORDS | {"", "at", "by", "in", "on", "the"}

ZONE_MOST = 4
"""Words of a time zone's name, as in “America / New York time”."""
HOURS_MOST = 8
"""Words of a span of hours, as in “10 pm to 8 in the morning”."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that the first `count` words name. `wrong` says what can't be right; then they are only a stand-in."""

    count: int
    hours: tuple[time, time] = HOURS
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone that the first `count` words name; the likeliest, where `wrong` says what can't be right."""

    count: int
    name: str = ZONE
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


def zone_ahead(
    words: Sequence[str], has_meaning: Callable[[str], bool], others: Collection[str], *, exact: bool
) -> Zone | None:
    """The time zone that begins these words, prepositions aside; without `exact` also one that is mistyped.

    `has_meaning` tells of a word as typed whether it is something else, `others` are words that it may be a slip of.
    """
    ahead = [bare(word) for word in words]
    skip = next((at for at, word in enumerate(ahead) if word not in AROUND_ZONE), len(ahead))
    most = min(ZONE_MOST, len(ahead) - skip)
    keys = {count: zone_key(" ".join(ahead[skip : skip + count])) for count in range(most, 0, -1)}
    for count, key in keys.items():
        if key in zones():
            return Zone(skip + count, zones()[key])
    if not keys or not ahead[skip] or has_meaning(words[skip]):
        return None
    first = ahead[skip]
    if place := ABBREVIATED.get(first):
        shown = cut(words[skip].strip(EDGES))
        return Zone(skip + 1, place, f"“{shown}” may mean several places. Did you mean {place}?")
    if exact:
        return None
    if re.fullmatch(r"(utc|gmt)?[+-][0-9:]+", first):
        return Zone(skip + 1, wrong=f"“{cut(words[skip])}” ignores summer time. Name a place instead.")
    if not AREAS.match(first) and nearest(first, others, 0.7):
        return None
    near = [
        (SequenceMatcher(None, key, found).ratio(), count, zones()[found])
        for count, key in keys.items()
        if (found := nearest(key, zones(), 0.7))
    ]
    _, count, name = max(near, default=(0.0, 1, ZONE))
    guess = f"Did you mean {name}?" if near else "Name a place instead."
    shown = cut(" ".join(words[skip : skip + count]).strip(EDGES))
    return Zone(skip + count, name, f"I don't know the time zone “{shown}”. {guess}")
