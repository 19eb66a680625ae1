"""Counts, times and lists as English says them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86400


def counted(number: int, noun: str, more: bool = False) -> str:
    """``no conversations``, ``1 conversation``, ``14 conversations``; with `more`, ``50+ conversations``."""
    if more:
        return f"{number:,}+ {noun}s"
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}s" if number else f"no {noun}s"


def spell(items: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def duration(seconds: float) -> str:
    """A length of time in its largest unit, rounded down: ``8 s``, ``4 min``, ``3 h``, ``1 day``, ``2 days``."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h"
    return counted(whole // DAY, "day")


def lasting(seconds: float) -> str:
    """A time that is still to come, in its largest unit, rounded up to the minute so that ``6 h`` is said of it."""
    return duration(math.ceil(seconds / MINUTE) * MINUTE if seconds > MINUTE else math.ceil(seconds))


def ago(at: float, now: float) -> str:
    """How long before `now` that was; both in seconds since 1970. A clock that is off never makes a future."""
    return "just now" if now - at < 1 else f"{duration(now - at)} ago"


def exact(at: float, now: float) -> str:
    """A point in time as date and time in UTC, without saying UTC, and with the year only when it is another."""
    moment, today = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(now, UTC)
    year = "" if moment.year == today.year else f" {moment.year}"
    return f"{moment.day} {moment:%b}{year} {moment:%H:%M}"


def moment(at: float, now: float) -> str:
    """How long ago, and where that grows coarse, from a day on, the exact time too."""
    return f"{ago(at, now)}, {exact(at, now)}" if coarse(at, now) else ago(at, now)


def coarse(at: float, now: float) -> bool:
    """Whether a time is so long ago that the exact one is said too."""
    return now - at >= DAY
