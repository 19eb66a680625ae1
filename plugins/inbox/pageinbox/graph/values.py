"""Times and counts as Meta gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pageinbox.graph.wire import Number, Time, WireConversation, WireMessage

EARLIEST_TIME, LATEST_TIME = 1e9, 1e11
"""Seconds since 1970 that are no time of a message yet (2001), and not any more (the year 5138), but milliseconds.

From 1970 on, opening hours would be counted for a second for each conversation.
"""

MOST = 1_000_000
"""A higher count of messages is taken for a mistake: nobody could act on it, and it would fill the row with digits."""


class FieldError(ValueError):
    """A field of a conversation that cannot be understood; the text names the field and not its content."""


def seconds(value: Time, field: str) -> float:
    """A time of Meta's as seconds since 1970.

    Takes ISO 8601 with or without a colon in the zone (what every recorded reply holds) and, since the tutorial
    speaks of UNIX timestamps, numbers and digits in seconds or milliseconds. Raises `FieldError`.
    """
    date = False
    try:
        if type(value) is str and not value.isdecimal():
            date, moment = True, datetime.fromisoformat(value)
            number = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        else:
            number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise FieldError(f"{field} is not a time") from None
    if EARLIEST_TIME < number < LATEST_TIME:
        return number
    if 1000 * EARLIEST_TIME < number < 1000 * LATEST_TIME and not date:
        return number / 1000
    raise FieldError(f"{field} is not a time")


def count(value: Number) -> int | None:
    """A count of Meta's as a whole number, or None when it is missing, no number or beyond belief."""
    if type(value) is int and 0 <= value <= MOST:
        return value  # as nearly always
    if value is None:
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return max(number, 0) if number <= MOST else None


def time_of(message: WireMessage) -> float | None:
    """When a message was written; None where that can't be understood."""
    try:
        return seconds(message.created_time, "created_time")
    except FieldError:
        return None


def updated_of(item: WireConversation, messages: Sequence[WireMessage], times: Sequence[float | None]) -> float:
    """When a conversation changed last; where that is not told, when the latest of its messages was written.

    `times` are those of its `messages`. Raises `FieldError` when neither can be understood.
    """
    if messages and item.updated_time == messages[0].created_time and (latest := times[0]) is not None:
        return latest  # as nearly always
    try:
        if item.updated_time is None:
            raise FieldError("updated_time is missing")
        return seconds(item.updated_time, "updated_time")
    except FieldError:
        known = [at for at in times if at is not None]
        if not known:
            raise
        return max(known)
