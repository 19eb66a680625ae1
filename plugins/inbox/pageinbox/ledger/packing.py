"""What is to be shown later, as the ledger keeps it until it is said."""

from __future__ import annotations

import msgspec

from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import FieldUnknown, GraphError
from pageinbox.model.source import Folder, Platform, Source


def stored(error: GraphError) -> str:
    """An error as the ledger keeps it; see `revived`."""
    told = {"kind": type(error).__name__, "detail": error.detail, "code": error.code, "subcode": error.subcode,
            "retry_after": error.retry_after, "field": getattr(error, "field", None)}  # fmt: skip
    return msgspec.json.encode(told).decode()


def revived(text: str) -> GraphError:
    """The error behind what `stored` gave; a kind that is no longer known becomes a plain GraphError."""
    told = msgspec.json.decode(text)
    kinds = {kind.__name__: kind for kind in all_kinds(GraphError)}
    kind = kinds.get(told["kind"], GraphError)
    numbers = {"code": told["code"], "subcode": told["subcode"], "retry_after": told["retry_after"]}
    if kind is FieldUnknown:
        return FieldUnknown(told["field"], **numbers)
    return kind(told["detail"], **numbers)


def all_kinds(kind: type[GraphError]) -> list[type[GraphError]]:
    """A kind of error and every kind of it."""
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in all_kinds(below))]


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
    """The conversation behind a text of `pack_conversation`."""
    return CONVERSATION.decode(text)


def pack_notice(item: Notice) -> str:
    """A notice as text; its time is kept apart."""
    sources = [PackedSource(one.page, one.platform.value, one.folder.value) for one in item.sources]
    trouble = None if item.trouble is None else stored(item.trouble)
    return ENCODER.encode(PackedNotice(item.kind.value, sources, item.count, item.since, trouble)).decode()


def unpack_notice(text: str, at: float) -> Notice:
    """The notice behind a text of `pack_notice`."""
    told = NOTICE.decode(text)
    sources = tuple(Source(one.page, Platform(one.platform), Folder(one.folder)) for one in told.sources)
    trouble = None if told.trouble is None else revived(told.trouble)
    return Notice(NoticeKind(told.kind), sources, at, told.since, told.count, trouble)
