"""What is to be shown later, as the ledger keeps it until it is said."""

from __future__ import annotations

import msgspec

from pageinbox.conversation import Conversation
from pageinbox.errors import revived, stored
from pageinbox.news import Notice, NoticeKind
from pageinbox.source import Folder, Platform, Source


class PackedSource(msgspec.Struct, array_like=True):
    page: str
    platform: str
    folder: str


class PackedNotice(msgspec.Struct):
    """A notice without times, which have columns of their own."""

    kind: str
    sources: list[PackedSource]
    count: int = 0
    since: float | None = None
    trouble: str | None = None


CONVERSATION = msgspec.json.Decoder(Conversation)
NOTICE = msgspec.json.Decoder(PackedNotice)
ENCODER = msgspec.json.Encoder()


def pack_conversation(item: Conversation) -> str:
    """A conversation as text."""
    return ENCODER.encode(item).decode()


def unpack_conversation(text: str) -> Conversation:
    """The conversation behind a text of :func:`pack_conversation`."""
    return CONVERSATION.decode(text)


def pack_notice(item: Notice) -> str:
    """A notice as text; its time is kept apart."""
    sources = [PackedSource(one.page, one.platform.value, one.folder.value) for one in item.sources]
    trouble = None if item.trouble is None else stored(item.trouble)
    return ENCODER.encode(PackedNotice(item.kind.value, sources, item.count, item.since, trouble)).decode()


def unpack_notice(text: str, at: float) -> Notice:
    """The notice behind a text of :func:`pack_notice`."""
    told = NOTICE.decode(text)
    sources = tuple(Source(one.page, Platform(one.platform), Folder(one.folder)) for one in told.sources)
    trouble = None if told.trouble is None else revived(told.trouble)
    return Notice(NoticeKind(told.kind), sources, at, told.since, told.count, trouble)
