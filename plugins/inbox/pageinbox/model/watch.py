"""A watch: what conversations a room is to hear of, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.text import fold, named


class Detail(StrEnum):
    """From least to most."""

    COUNT = "count"
    INITIALS = "initials"
    NAME = "name"
    SNIPPET = "snippet"


class Later(StrEnum):
    """What becomes of an announcement when its conversation goes on."""

    EDIT = "edit"
    """It is edited: answered, or written in again."""
    THREAD = "thread"
    """What is written later stands in its thread."""
    NOTHING = "nothing"


class Every(StrEnum):
    """What a watch speaks of: new conversations only, or every new message of the other side."""

    NEW = "new"
    MESSAGE = "message"


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
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            return False
        return True

    def until(self, now: float) -> float | None:
        """When the quiet hours that `now` lies in will end, None outside them; both in seconds since 1970.

        Raises `zoneinfo.ZoneInfoNotFoundError` for a zone this machine has no data of.
        """
        zone = ZoneInfo(self.zone)
        until = end = self._end(now, zone)
        # Where a change of clocks leaves out the time between an end and the next beginning, the next end counts.
        while end is not None:
            until, end = end, self._end(end, zone)
        return until

    def _end(self, now: float, zone: ZoneInfo) -> float | None:
        today = datetime.fromtimestamp(now, zone).date()
        for days in (-1, 0, 1):  # tomorrow may have begun already where clocks go back over midnight
            day = today + timedelta(days)
            end = _shown(datetime.combine(day + timedelta(self.end <= self.begin), self.end), zone)
            if _shown(datetime.combine(day, self.begin), zone) <= now < end:
                return end
        return None


def _shown(face: datetime, zone: ZoneInfo) -> float:
    """When the clocks of `zone` first show `face` or, where a change leaves that out, something later."""
    late = face.replace(tzinfo=zone).timestamp()
    if datetime.fromtimestamp(late, zone).replace(tzinfo=None) == face:
        return late
    # In a gap, fold=1 gives a moment before the change, and fold=0 one behind it (PEP 495).
    early = face.replace(tzinfo=zone, fold=1).timestamp()
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < face:
            early = middle
        else:
            late = middle
    return late


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody of the team whom announcements mention: a person, a group, or everybody.

    `name` is what follows the @; `id` is what the network knows them by, empty until it was looked up, and does not
    count when two are compared.
    """

    name: str
    id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """What to hear of, and how; None is no restriction. Two that are equal are the same watch.

    `name` and `text` went through `fold`; `detail` is None for the setting DETAIL.
    """

    folder: Folder = Folder.INBOX
    platform: Platform | None = None
    page: str | None = None
    unread: bool = False
    name: str | None = None
    text: str | None = None
    every: Every = Every.NEW
    quiet: Quiet | None = None
    detail: Detail | None = None
    later: Later = Later.EDIT
    """Of no meaning where every message is announced."""
    ping: tuple[Ping, ...] = ()

    def sources(self, pages: Iterable[Page]) -> list[Source]:
        """The sources this is about, in the order of `pages`."""
        return [
            Source(page.name, platform, self.folder)
            for page in pages
            if self.page in (None, page.name)
            for platform in page.platforms
            if self.platform in (None, platform)
        ]

    def leaves_out(self, conversation: Conversation) -> str:
        """Why a conversation is not what is wanted: `read`, `name` or `text`; nothing when it is.

        One whose unread count Meta did not tell counts as read; one that can't be read at all may be what is wanted.
        """
        if conversation.unreadable:
            return ""
        if self.unread and not conversation.unread:
            return "read"
        if self.name is not None and not named(self.name, conversation.name):
            return "name"
        if self.text is not None and self.text not in fold(conversation.snippet or ""):
            return "text"
        return ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A room's spec with the number people call it by. `ops` tells that the settings hold it, not the chat."""

    number: int
    room: str
    spec: WatchSpec
    ops: bool = False


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
