"""Time zones, as people type them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from zoneinfo import available_timezones

from pageinbox.language.nearest import nearest
from pageinbox.model.text import EDGES, bare, cut

AREAS = re.compile("(africa|america|antarctica|arctic|asia|atlantic|australia|etc|europe|indian|pacific|us)/.", re.I)

ABBREVIATED = {
    short: place
    for place, shorts in {
        "America/New_York": "et est edt",
        "America/Chicago": "ct cst cdt",
        "America/Denver": "mt mst mdt",
        "America/Los_Angeles": "pt pst pdt",
        "America/Halifax": "ast adt",
        "America/Sao_Paulo": "brt",
        "Pacific/Honolulu": "hst",
        "Europe/London": "bst",
        "Europe/Lisbon": "wet",
        "Europe/Rome": "cet cest",
        "Europe/Athens": "eet eest",
        "Europe/Moscow": "msk",
        "Africa/Johannesburg": "sast",
        "Asia/Dubai": "gst",
        "Asia/Kolkata": "ist",
        "Asia/Singapore": "sgt",
        "Asia/Hong_Kong": "hkt",
        "Asia/Seoul": "kst",
        "Asia/Tokyo": "jst",
        "Australia/Perth": "awst",
        "Australia/Adelaide": "acst acdt",
        "Australia/Sydney": "aest aedt",
        "Pacific/Auckland": "nzst nzdt",
    }.items()
    for short in shorts.split()
}
"""What clocks call their time, as this bot shows it too, with the likeliest place: most are of several."""

OFFSET = re.compile(r"(utc|gmt)?[+-][0-9:]+")
ZONE = "Europe/Rome"
ZONE_WORDS = {"timezone", "tz", "zone"}
AROUND_ZONE = ZONE_WORDS | {"", "at", "by", "in", "on", "the"}

ZONE_MOST = 4
"""Words of a time zone's name, as in “America / New York time”."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone that the first `count` words name; the likeliest, where `wrong` says what can't be right."""

    count: int
    name: str = ZONE
    wrong: str = ""


@cache
def zones() -> dict[str, str]:
    """The IANA names by how they may be typed, and by their city alone where there is only one of that name."""
    # Without EST and the like, which have no summer time whatever people mean by them.
    names = sorted(name for name in available_timezones() if "/" in name or name in ("GMT", "UTC"))
    cities = [zone_key(name.rpartition("/")[2]) for name in names if AREAS.match(name) and not name.startswith("Etc/")]
    alone = {zone_key(name.rpartition("/")[2]): name for name in names if AREAS.match(name)}
    counts = Counter(cities)
    return {city: alone[city] for city in cities if counts[city] == 1} | {zone_key(n): n for n in names}


def zone_key(text: str) -> str:
    return re.sub(r"[\s_/]+", "_", text.casefold())


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
    if OFFSET.fullmatch(first):
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
