"""What a room is to hear: of one conversation, or of how a source fares; and the one message that tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import msgspec

from pageinbox.model.act import Marks
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Folder, Source
from pageinbox.model.watch import Detail, Later

NAMED = 5
"""As many new conversations are told one by one; of more, the first so many are named in one message."""


class Verdict(IntEnum):
    """What became of one conversation for one room. The ledger keeps the numbers."""

    ANNOUNCED = 0
    HELD = 1
    """To be announced when the quiet hours end."""
    MUTED = 2
    READ = 3
    OTHER_NAME = 4
    OTHER_TEXT = 5
    UNREAD = 6
    ANSWERED = 7
    WAITING = 8
    SETTLED = 9
    """A reminder of what was over before it could be said."""


class Occasion(IntEnum):
    """Why news come when they come, which decides what they are told together with. The ledger keeps the numbers."""

    ONGOING = 0
    QUIET = 1
    """After quiet hours."""
    AWAY = 2
    """Found by the first look after a time without any."""
    REMINDER = 3
    """Nothing new: what a room is to be reminded of."""
    BATCH = 4
    """With all that is new within the same hour, or whatever the watch says."""


@dataclass(frozen=True, slots=True)
class News:
    """One conversation that one room is to hear of.

    `watch` is the number of the watch that decided; `detail` is None for the setting. `again` tells of a new message
    in a conversation already known. `found` is when the look found it, `since` when the time without looks, the quiet
    hours or the batch began (None for ONGOING). `conversation` is None where only its number counts, behind the first
    `NAMED`. `latest` is how it went on after it was told, `moved_from` the folder where it was met before.
    `reminder` is what the room is reminded of, None where something is new. `marks` are what the team has done with it
    by now, None where nothing.
    """

    watch: int
    source: Source
    conversation: Conversation | None
    occasion: Occasion
    detail: Detail | None
    again: bool
    found: float
    since: float | None
    latest: Conversation | None = None
    moved_from: Folder | None = None
    reminder: Reminder | None = None
    marks: Marks | None = None


UNREACHED = 600.0
"""Seconds of failing after which the admins are told of a room."""


class NoticeKind(StrEnum):
    LEARNED = "learned"
    """A first look has learned what is there: `count` conversations, all quiet."""
    VISIBLE = "visible"
    """A look met `count` conversations that were not known and are older than the look before: they are no news."""
    TROUBLE = "trouble"
    """Trouble that lasts: the sources can't be read since `since`, because of `trouble`."""
    RECOVERED = "recovered"
    """The sources can be read again; they could not since `since`."""
    UNREACHED = "unreached"
    """`room` could not be told anything since `since`, because of `why`."""
    REACHED = "reached"
    """`room` was told something again; it could not since `since`."""
    TOKEN_ENDS = "token_ends"
    """The token of `page`, or only its `access` to people's data, ends or ended at `until`."""
    TOKEN_DEAD = "token_dead"
    """Meta no longer accepts the token of `page`, because of `trouble`."""
    TOKEN_NEW = "token_new"
    """The token of `page` is another one: it, or its `access`, holds until `until`, None for ever."""
    ACCESS_RENEWED = "access_renewed"
    """The access to people's data that the token of `page` has was renewed until `until`."""
    TOKEN_WORKS = "token_works"
    """Meta accepts the token of `page` again; it, or its `access`, holds until `until`, None where nobody knows."""
    DIGEST = "digest"
    """How all went from `since` until `until`, as the digest with that number tells it; `count` digests in one."""


OF_TOKENS = (
    NoticeKind.TOKEN_ENDS,
    NoticeKind.TOKEN_DEAD,
    NoticeKind.TOKEN_NEW,
    NoticeKind.ACCESS_RENEWED,
    NoticeKind.TOKEN_WORKS,
)
"""Kinds of notices that the admins alone are told."""


@dataclass(frozen=True, slots=True)
class Notice:
    """How sources of one Page fare, or its token, or another room, told to a room; or a digest.

    `at`, `since` and `until` are seconds since 1970. Of a digest it has no more than the number and the period: what it
    tells is read when it is said.
    """

    kind: NoticeKind
    sources: tuple[Source, ...]
    at: float
    since: float | None = None
    count: int = 0
    trouble: GraphError | None = None
    room: str = ""
    why: str = ""
    digest: int = 0
    until: float | None = None
    page: str = ""
    access: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message to one room: either news, or notices, or the recovery together with what was found after it.

    News are oldest first; behind the first `NAMED` they may be counted only. `repeat` says that an earlier try may
    have arrived, or where `restored` that the ledger said it before it was put back from a backup. `key` is the
    same at every try and for no other announcement. `under` is the receipt of the message in whose thread it
    belongs, empty for none. `said` is when it was sent, of one that is to be edited. `erased` counts the
    conversations it told of that were erased since, and `unkept` the others whose words are no longer kept: where
    there are any, `news` is empty.
    """

    number: int
    key: str
    room: str
    news: tuple[News, ...] = ()
    notices: tuple[Notice, ...] = ()
    repeat: bool = False
    restored: bool = False
    under: str = ""
    said: float | None = None
    erased: int = 0
    unkept: int = 0

    @property
    def found(self) -> float:
        """When the newest of what it tells was found, in seconds since 1970: it was not sent before."""
        return max([one.found for one in self.news] + [one.at for one in self.notices], default=0.0)

    @property
    def is_void(self) -> bool:
        """Whether all that it was to tell was erased before it was known to be sent."""
        return bool(self.erased) and not self.news and not self.notices and self.said is None


class QueuedNews(msgspec.Struct, frozen=True, gc=False):
    """What decides together with what else news are told. `number` is their place in the queue.

    `due` tells that they may be told now; else it is a matter of moments. `thread` is the same for all that belongs in
    the thread of one message, None for what belongs in none. `reminder` is the kind of a reminder.
    """

    number: int
    found: float
    due: bool
    occasion: Occasion
    detail: Detail | None
    thread: int | None
    reminder: ReminderKind | None = None


class QueuedNotice(msgspec.Struct, frozen=True, gc=False):
    """The same for a notice."""

    number: int
    found: float
    due: bool
    kind: NoticeKind


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What becomes of one conversation for one room, and by which watch.

    `due` is when it may be said, None where it is not to be; `again` tells of a new message in a conversation already
    known. `since` is when the quiet hours or the time without looks began. Not `named` is one of which only the number
    counts. `later` is what its announcement does when the conversation goes on, None for nothing. `moved_from` is the
    folder where it was met before.
    """

    room: str
    watch: int
    conversation: Conversation
    again: bool
    verdict: Verdict
    occasion: Occasion
    found: float
    due: float | None
    since: float | None
    detail: Detail | None
    named: bool = True
    later: Later | None = None
    moved_from: Folder | None = None
