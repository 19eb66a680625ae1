"""A post: what is to be said, as structure, before any markup.

Text from outside is a type of its own, so that it can reach a room only through a chat module, which alone knows how
to make it harmless there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Literal

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


class Name(Foreign, frozen=True, gc=False):
    """What somebody outside is called: a chat may let it lead where the post, or the row, leads."""


class Words(Foreign, frozen=True, gc=False):
    """What somebody outside, or the Page, has written: a chat may set it apart as a quote."""


class Reference(msgspec.Struct, frozen=True, gc=False):
    """The ref of a conversation, by which commands name it."""

    text: str


class Mention(msgspec.Struct, frozen=True, gc=False):
    """Somebody of the team who is to be notified, by the network's id; `name` is what follows the @.

    Only whoever made the watch, or ops, can have chosen them.
    """

    id: str
    name: str


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A point in time, in seconds since 1970, said relative to `now`; where that is coarse, with the exact time.

    `zoned` names the time zone behind that.
    """

    at: float
    now: float
    zoned: bool = False


class Time(msgspec.Struct, frozen=True, gc=False):
    """A point in time, in seconds since 1970, as a time of day with its zone, and with the date unless it is today's.

    `dated` gives the date always, and leaves out the zone.
    """

    at: float
    now: float
    dated: bool = False


class Span(msgspec.Struct, frozen=True, gc=False):
    """From when to when, in seconds since 1970, as `Time` says it."""

    begin: float
    end: float
    now: float


class Zone(msgspec.Struct, frozen=True, gc=False):
    """What is said about the time zone of a post's times, with `{}` for it: `UTC`, `in Europe/Rome`.

    Left out where each reader sees times in a zone of their own.
    """

    text: str


class Command(msgspec.Struct, frozen=True, gc=False):
    """Something a person can type, without the bot's prefix."""

    text: str


class Link(msgspec.Struct, frozen=True, gc=False):
    """An address we vouch for: https, on a host of Meta's."""

    url: str


class Offer(msgspec.Struct, frozen=True, gc=False):
    """A command of the bot's that a chat may offer at a click, in the name of who clicks: nothing is only a button.

    `label` is ours, and so is `command`, without the bot's prefix: at most a ref stands in it, never text from outside.
    `row` is the number of the row it belongs to, counted from 0; None for the whole post.
    """

    label: str
    command: str
    row: int | None = None


class Attachment(msgspec.Struct, frozen=True, gc=False):
    """A file of ours that goes with a post, where the network takes files: a picture, or rows for a spreadsheet.

    `name` is that of the file, `kind` its media type, `alt` says what a picture shows to who can't see it. A `content`
    that takes long to make is a function: it is made once the post has been said, and only where it is wanted.
    """

    name: str
    kind: str
    content: bytes | Callable[[], bytes]
    alt: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it only illustrates what the post says."""
        return self.kind.startswith("image/")


Piece = str | Foreign | Reference | Mention | Moment | Time | Span | Zone | Command | Link
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A headline, further lines, rows of cells that belong under each other, and closing notes.

    `zone` is what its times are shown in, except where each reader sees them in their own.
    `attachments` go with it where the network takes files; what the post says is complete without them.
    `alert` wants people to notice it, where a network tells that from what is said quietly. `offers` are what can be
    done about it. What is edited so that it `erases` something takes back what stood there, where a network keeps
    that: `all` of it, or `some`, so that the rest is to stay.
    """

    headline: Line
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    notes: tuple[Line, ...] = ()
    alert: bool = False
    zone: tzinfo = UTC
    offers: tuple[Offer, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    erases: Literal["", "some", "all"] = ""

    def unpinged(self) -> Post:
        """The same with the names of those whom it mentions as mere text."""
        head = (Foreign(f"@{piece.name}") if isinstance(piece, Mention) else piece for piece in self.headline)
        return replace(self, headline=tuple(head))
