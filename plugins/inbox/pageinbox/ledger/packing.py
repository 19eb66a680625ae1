"""What the ledger keeps as JSON: watches' specs, what is to be shown later, and why a source can't be read.

Names and values in it are codes: rewording a sentence or renaming a class changes nothing that is kept.
"""

from __future__ import annotations

from datetime import time

import msgspec

from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.conversation import Conversation
from pageinbox.model.digest import DigestSpec, Rhythm
from pageinbox.model.errors import FieldUnknown, GraphError
from pageinbox.model.reminder import Reminder
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.watch import Detail, Every, Later, Ping, Quiet, WatchSpec


class PackedQuiet(msgspec.Struct, array_like=True):
    begin: time
    end: time
    zone: str


class PackedPing(msgspec.Struct, array_like=True):
    name: str
    id: str


class PackedSpec(msgspec.Struct, tag_field="version", tag=1, forbid_unknown_fields=True, omit_defaults=True):
    """A watch's spec. What is unknown here is refused rather than left out: a watch would hear of more than it was for.

    The Page is kept by the name people type. `written` is the room of a watch of the settings as they name it. Fields
    with a default came later, and are left out where they say nothing, so that older versions read such specs too.
    """

    folder: Folder
    platform: Platform | None
    page: str | None
    unread: bool
    name: str | None
    text: str | None
    every: Every
    quiet: PackedQuiet | None
    detail: Detail | None
    later: Later
    read: bool = False
    waiting: bool | None = None
    waits: list[int] = []
    closes: int | None = None
    batch: int | None = None
    ping: list[PackedPing] = []
    buttons: bool = True
    written: str = ""


class PackedDigest(msgspec.Struct, tag_field="version", tag=1, forbid_unknown_fields=True, omit_defaults=True):
    """A digest's spec, the Page by the name people type. What is unknown here is refused, as of a watch's."""

    at: time
    zone: str
    days: list[int]
    folder: Folder
    platform: Platform | None = None
    page: str | None = None


class PackedTrouble(msgspec.Struct):
    """Why a source can't be read; `kind` is that of the error."""

    kind: str
    detail: str
    code: int | None
    subcode: int | None
    retry_after: float
    field: str | None = None
    words: str = ""


class PackedSource(msgspec.Struct, array_like=True):
    page: str
    platform: str
    folder: str


class PackedNotice(msgspec.Struct):
    """A notice without its time, which has a column of its own."""

    kind: str
    sources: list[PackedSource]
    count: int = 0
    since: float | None = None
    trouble: PackedTrouble | None = None
    room: str = ""
    why: str = ""
    digest: int = 0
    until: float | None = None
    page: str = ""
    access: bool = False


class PackedNews(Conversation, frozen=True, gc=False):
    """A conversation with the folder where it was met before, or with what a room is reminded of."""

    moved_from: Folder | None = None
    reminder: Reminder | None = None


SPEC = msgspec.json.Decoder(PackedSpec)
DIGEST = msgspec.json.Decoder(PackedDigest)
TROUBLE = msgspec.json.Decoder(PackedTrouble)
CONVERSATION = msgspec.json.Decoder(Conversation)
NEWS = msgspec.json.Decoder(PackedNews)
NOTICE = msgspec.json.Decoder(PackedNotice)
ENCODER = msgspec.json.Encoder()


def pack_spec(spec: WatchSpec, written: str = "") -> str:
    """A watch's spec as text; `written` is its room as the settings name it, where they made it."""
    quiet = None if spec.quiet is None else PackedQuiet(spec.quiet.begin, spec.quiet.end, spec.quiet.zone)
    packed = PackedSpec(
        folder=spec.folder,
        platform=spec.platform,
        page=spec.page,
        unread=spec.unread is True,
        read=spec.unread is False,
        waiting=spec.waiting,
        name=spec.name,
        text=spec.text,
        every=spec.every,
        quiet=quiet,
        detail=spec.detail,
        later=spec.later,
        waits=list(spec.waits),
        closes=spec.closes,
        batch=spec.batch,
        ping=[PackedPing(ping.name, ping.id) for ping in spec.ping],
        buttons=spec.buttons,
        written=written,
    )
    return ENCODER.encode(packed).decode()


def written_room(text: str) -> str:
    """The room in a text of `pack_spec`, as the settings name it; empty where that is not known."""
    try:
        return SPEC.decode(text).written
    except msgspec.DecodeError:
        return ""


def unpack_spec(text: str) -> WatchSpec | str:
    """The spec behind a text of `pack_spec`; any other text is given back as it is."""
    try:
        packed = SPEC.decode(text)
        quiet = None if packed.quiet is None else Quiet(packed.quiet.begin, packed.quiet.end, packed.quiet.zone)
    except (msgspec.DecodeError, ValueError):
        return text
    return WatchSpec(
        folder=packed.folder,
        platform=packed.platform,
        page=packed.page,
        unread=True if packed.unread else False if packed.read else None,
        waiting=packed.waiting,
        name=packed.name,
        text=packed.text,
        every=packed.every,
        quiet=quiet,
        detail=packed.detail,
        later=packed.later,
        waits=tuple(packed.waits),
        closes=packed.closes,
        batch=packed.batch,
        ping=tuple(Ping(ping.name, ping.id) for ping in packed.ping),
        buttons=packed.buttons,
    )


def pack_digest(spec: DigestSpec) -> str:
    """A digest's spec as text."""
    lists, rhythm = spec.lists, spec.rhythm
    folder = lists.folder or Folder.INBOX
    packed = PackedDigest(rhythm.at, rhythm.zone, list(rhythm.days), folder, lists.platform, lists.page)
    return ENCODER.encode(packed).decode()


def unpack_digest(text: str) -> DigestSpec | None:
    """The spec behind a text of `pack_digest`; None where it can't be read, as of a newer version."""
    try:
        packed = DIGEST.decode(text)
    except msgspec.DecodeError:
        return None
    lists = Selection(packed.folder, packed.platform, packed.page)
    return DigestSpec(lists, Rhythm(packed.at, packed.zone, tuple(packed.days)))


def pack_trouble(error: GraphError) -> str:
    """An error as text."""
    return ENCODER.encode(packed_trouble(error)).decode()


def unpack_trouble(text: str) -> GraphError:
    """The error behind a text of `pack_trouble`; one of a kind that is no longer known becomes a plain GraphError."""
    return error_of(TROUBLE.decode(text))


def packed_trouble(error: GraphError) -> PackedTrouble:
    return PackedTrouble(
        kind=error.kind,
        detail=error.detail,
        code=error.code,
        subcode=error.subcode,
        retry_after=error.retry_after,
        field=error.field if isinstance(error, FieldUnknown) else None,
        words=error.words,
    )


def error_of(packed: PackedTrouble) -> GraphError:
    kind = {kind.kind: kind for kind in all_kinds(GraphError)}.get(packed.kind, GraphError)
    named = (packed.field or "") if kind is FieldUnknown else packed.detail
    return kind(named, code=packed.code, subcode=packed.subcode, retry_after=packed.retry_after, words=packed.words)


def all_kinds(kind: type[GraphError]) -> list[type[GraphError]]:
    """A kind of error and every kind of it."""
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in all_kinds(below))]


def pack_conversation(item: Conversation) -> str:
    """A conversation as text."""
    return ENCODER.encode(as_kept(item)).decode()


def as_kept(item: Conversation) -> Conversation:
    """A conversation without what is of use only where it was read."""
    return item if item.person_id is None else msgspec.structs.replace(item, person_id=None)


def unpack_conversation(text: str) -> Conversation:
    """The conversation behind a text of `pack_conversation`."""
    return CONVERSATION.decode(text)


def pack_news(item: Conversation, moved_from: Folder | None = None, reminder: Reminder | None = None) -> str:
    """What is to be told of a conversation as text."""
    if moved_from is None and reminder is None:
        return pack_conversation(item)
    packed = PackedNews(**msgspec.structs.asdict(as_kept(item)), moved_from=moved_from, reminder=reminder)
    return ENCODER.encode(packed).decode()


def unpack_news(text: str) -> tuple[Conversation, Folder | None, Reminder | None]:
    """The conversation behind a text of `pack_news`, the folder where it was met before, and the reminder."""
    packed = NEWS.decode(text)
    return unpack_conversation(text), packed.moved_from, packed.reminder


def pack_notice(item: Notice) -> str:
    """A notice as text; its time is kept apart."""
    packed = PackedNotice(
        kind=item.kind.value,
        sources=[PackedSource(source.page, source.platform.value, source.folder.value) for source in item.sources],
        count=item.count,
        since=item.since,
        trouble=None if item.trouble is None else packed_trouble(item.trouble),
        room=item.room,
        why=item.why,
        digest=item.digest,
        until=item.until,
        page=item.page,
        access=item.access,
    )
    return ENCODER.encode(packed).decode()


def unpack_notice(text: str, at: float) -> Notice:
    """The notice behind a text of `pack_notice`."""
    packed = NOTICE.decode(text)
    sources = tuple(Source(source.page, Platform(source.platform), Folder(source.folder)) for source in packed.sources)
    return Notice(
        kind=NoticeKind(packed.kind),
        sources=sources,
        at=at,
        since=packed.since,
        count=packed.count,
        trouble=None if packed.trouble is None else error_of(packed.trouble),
        room=packed.room,
        why=packed.why,
        digest=packed.digest,
        until=packed.until,
        page=packed.page,
        access=packed.access,
    )
