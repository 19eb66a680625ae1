"""A watch: what conversations a room is to hear of, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from pageinbox.model.calendar import shown, zone_of
from pageinbox.model.conversation import Conversation
from pageinbox.model.selection import Folded, Selection
from pageinbox.model.source import Folder


class Detail(StrEnum):
    """From least to most."""

    COUNT = "count"
    INITIALS = "initials"
    NAME = "name"
    SNIPPET = "snippet"

    @property
    def names(self) -> bool:
        """Whether people may be called by their names."""
        return self in (Detail.NAME, Detail.SNIPPET)


RANKS = {level: rank for rank, level in enumerate(Detail)}


def least(levels: Iterable[Detail]) -> Detail:
    """The level of several that shows least. Raises ValueError where there is none."""
    return min(levels, key=RANKS.__getitem__)


class Later(StrEnum):
    """What becomes of an announcement when its conversation goes on."""

    EDIT = "edit"
    """It is edited: answered, or written in again."""
    THREAD = "thread"
    """What is written later stands in its thread."""
    NOTHING = "nothing"


class Every(StrEnum):
    """What a watch speaks of: new conversations only, every new message of the other side, or reminders alone."""

    NEW = "new"
    MESSAGE = "message"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of each day in which a watch keeps still, on the clocks of `zone` (an IANA name).

    They may go over midnight; `begin` and `end` differ. They begin when the clocks first show `begin`, or something
    later, and end when they first show `end`, or something later: a time that a change of clocks leaves out comes with
    the change, one that comes twice counts the first time.
    """

    begin: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        if self.begin == self.end:
            raise ValueError("quiet hours end at another time than they begin")

    def known(self) -> bool:
        """Whether this machine has data of the zone."""
        try:
            zone_of(self.zone)
        except (KeyError, ValueError, OSError):
            return False
        return True

    def until(self, now: float) -> float | None:
        """When the quiet hours that `now` lies in will end, None outside them; both in seconds since 1970.

        Raises `zoneinfo.ZoneInfoNotFoundError` for a zone this machine has no data of.
        """
        zone = zone_of(self.zone)
        until = end = self._end(now, zone)
        # Where a change of clocks leaves out the time between an end and the next beginning, the next end counts.
        while end is not None:
            until, end = end, self._end(end, zone)
        return until

    def _end(self, now: float, zone: tzinfo) -> float | None:
        today = datetime.fromtimestamp(now, zone).date()
        for days in (-1, 0, 1):  # tomorrow may have begun already where clocks go back over midnight
            day = today + timedelta(days)
            end = shown(datetime.combine(day + timedelta(self.end <= self.begin), self.end), zone)
            if shown(datetime.combine(day, self.begin), zone) <= now < end:
                return end
        return None


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody of the team whom announcements mention: a person, a group, or everybody.

    `name` is what follows the @; `id` is what the network knows them by, empty until it was looked up, and does not
    count when two are compared.
    """

    name: str
    id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class WatchSpec(Selection):
    """What to hear of, and how. Two that are equal are the same watch.

    `detail` is None for as much as the room may see.
    """

    folder: Folder = Folder.INBOX
    every: Every = Every.NEW
    quiet: Quiet | None = None
    detail: Detail | None = None
    later: Later = Later.EDIT
    """Of no meaning where every message is announced."""
    waits: tuple[int, ...] = ()
    """The steps of a wait, in seconds, at which the room is reminded of it; shortest first."""
    closes: int | None = None
    """So many seconds before Meta's windows for an answer close the room is reminded."""
    batch: int | None = None
    """What is new within so many seconds is told in one message."""
    ping: tuple[Ping, ...] = ()
    buttons: bool = True
    """Whether announcements offer what can be done at a click."""

    @property
    def reminds(self) -> bool:
        """Whether the room is to be reminded of who waits."""
        return bool(self.waits) or self.closes is not None

    def leaves_out(self, conversation: Conversation, known: Folded | None = None) -> str:
        """Why a conversation is not what is wanted; one that can't be read at all may be."""
        return "" if conversation.unreadable else Selection.leaves_out(self, conversation, known)


@dataclass(frozen=True, slots=True)
class Watch:
    """A room's spec with the number people call it by. `ops` tells that the settings hold it, not the chat.

    `made` is when it was made, in seconds since 1970; None where that is not known, since it was long ago.
    """

    number: int
    room: str
    spec: WatchSpec
    ops: bool = False
    made: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PausedWatch:
    """A watch that hears of nothing for now: its Page is gone from the settings, or its time zone from this machine.

    `spec` is the words it was once made with where those can't be read any more.
    """

    number: int
    room: str
    spec: WatchSpec | str


@dataclass(frozen=True, slots=True)
class Muted:
    """What a room does not want to hear of for a while: a watch's number, or a conversation's id."""

    room: str
    watch: int | None = None
    conversation: str | None = None
