"""A post: what is to be said, as structure, before any markup.

Text from outside is a type of its own, so that it can reach a room only through a chat module, which alone knows how
to make it harmless there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo


@dataclass(frozen=True, slots=True)
class Foreign:
    """Text that somebody outside wrote: a name, a message. Hostile until a chat module has escaped it.

    `quoted` sets it in quotation marks; `most` is the number of characters shown.
    """

    text: str
    quoted: bool = False
    most: int = 60


@dataclass(frozen=True, slots=True)
class Room(Foreign):
    """A room or person by the name the ledger has, which on some networks is an id that nobody can read."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, in seconds since 1970, said relative to `now`; where that is coarse, with the exact time.

    `zoned` names the time zone behind that.
    """

    at: float
    now: float
    zoned: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A point in time, in seconds since 1970, as a time of day with its zone, and with the date unless it is today's.

    `dated` gives the date always, and leaves out the zone.
    """

    at: float
    now: float
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in seconds since 1970, as `Time` says it."""

    begin: float
    end: float
    now: float


@dataclass(frozen=True, slots=True)
class Zone:
    """What is said about the time zone of a post's times, with `{}` for its name.

    Left out where each reader sees times in a zone of their own.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can type, without the bot's prefix."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address we vouch for: https, on a host of Meta's."""

    url: str


Piece = str | Foreign | Moment | Time | Span | Zone | Command | Link
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A headline, further lines, rows of cells that belong under each other, and closing notes.

    `zone` is what its times are shown in, except where each reader sees them in their own.
    """

    headline: Line
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    notes: tuple[Line, ...] = ()
    zone: tzinfo = UTC
