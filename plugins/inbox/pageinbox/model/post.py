"""A post: what is to be said, as structure, before any markup.

Text from outside is a type of its own, so that it can reach a room only through a chat module, which alone knows how
to make it harmless there.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec


class Foreign(msgspec.Struct, frozen=True, gc=False):
    """Text that somebody outside wrote: a name, a message. Hostile until a chat module has escaped it.

    `quoted` sets it in quotation marks; `most` is the number of characters shown.
    """

    text: str
    quoted: bool = False
    most: int = 60


class Room(Foreign, frozen=True, gc=False):
    """A room or person by the name the ledger has, which on some networks is an id that nobody can read."""


class Mention(msgspec.Struct, frozen=True, gc=False):
    """Somebody of the team who is to be notified, by the network's id; `name` is what follows the @.

    Only whoever made the watch, or ops, can have chosen them.
    """

    id: str
    name: str


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A point in time, in seconds since 1970, said relative to `now`."""

    at: float
    now: float


class Command(msgspec.Struct, frozen=True, gc=False):
    """Something a person can type, without the bot's prefix."""

    text: str


class Link(msgspec.Struct, frozen=True, gc=False):
    """An address we vouch for: https, on a host of Meta's."""

    url: str


Piece = str | Foreign | Mention | Moment | Command | Link
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A headline, further lines, rows of cells that belong under each other, and closing notes.

    `alert` wants people to notice it, where a network tells that from what is said quietly.
    """

    headline: Line
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    notes: tuple[Line, ...] = ()
    alert: bool = False
