"""Conversations, messages and accounts as Meta writes them on the wire: every field may be missing."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from pageinbox.graph.mending import MOST_WITHIN, NULL, mended

Time = str | int | float | None
Number = int | float | str | bool | None
Flag = bool | str | int | None


LONGEST = 20_000
"""Characters of a message that are read; people can write no more in one."""

LONGEST_ID, LONGEST_NAME, LONGEST_LINK = 500, 200, 2000
"""Characters beyond which an id or a link is taken for a mistake, and those of a name that are read."""

T = TypeVar("T")


class Edge(msgspec.Struct, Generic[T], omit_defaults=True, gc=False):
    """What the Graph puts around a list."""

    data: list[T | None] | None = None


Items = Edge[T] | list[T | None] | None
"""A list as it may come: within its edge, bare, or not at all."""


def items_of(given: Items[T]) -> list[T]:
    """What is in a list."""
    within = given.data if isinstance(given, Edge) else given
    if not within:
        return []
    if len(within) <= MOST_WITHIN and None not in within:
        return within  # type: ignore[return-value]  # mypy learns nothing from `in`; nearly always so
    return [item for item in within[:MOST_WITHIN] if item is not None]


def said_in(message: WireMessage) -> str:
    """The words of a message, as many as are read."""
    return message.message[:LONGEST] if message.message else ""


def people_in(given: msgspec.Raw) -> list[WirePerson]:
    """Who is in a list that was not decoded yet."""
    return items_of(mended(given, PEOPLE, DECODE_PEOPLE))


def tags_of(message: WireMessage) -> set[str]:
    """The names of a message's tags."""
    tags = mended(message.tags, Any)
    within = tags.get("data") if isinstance(tags, dict) else tags
    names = [tag.get("name") if isinstance(tag, dict) else tag for tag in (within if isinstance(within, list) else ())]
    return {name for name in names if isinstance(name, str)}


def is_set(flag: Flag) -> bool:
    """Whether a flag is on; Meta has sent the text "true" for one."""
    return flag.lower() in ("true", "1") if isinstance(flag, str) else bool(flag)


class WirePerson(msgspec.Struct, omit_defaults=True, gc=False):
    """One end of a conversation; Messenger gives a name, Instagram a username."""

    id: str | int | None = None
    name: str | None = None
    username: str | None = None


PEOPLE = Edge[WirePerson] | list[WirePerson | None] | None
DECODE_PEOPLE = msgspec.json.Decoder(PEOPLE)


class WireImage(msgspec.Struct, omit_defaults=True, gc=False):
    animated_gif_url: str | None = None
    render_as_sticker: Flag = None


class WireAttachment(msgspec.Struct, omit_defaults=True, gc=False):
    """A file in a message. Only what it is and its name are read: its address is short-lived and never shown.

    On Instagram there mostly is no `mime_type`. `type` and `payload` are what webhooks have instead.
    """

    name: str | None = None
    mime_type: str | None = None
    image_data: WireImage | None = None
    video_data: Any = None
    file_url: str | None = None
    generic_template: Any = None
    type: str | None = None
    payload: Any = None


class WireShare(msgspec.Struct, omit_defaults=True, gc=False):
    """A post, a product or a place that was passed on."""

    type: str | None = None
    link: str | None = None
    name: str | None = None
    template: Any = None


class WireMessage(msgspec.Struct, rename={"sender": "from"}, omit_defaults=True, gc=False):
    """One message of a conversation. What is seldom asked for is decoded when it is."""

    id: str | int | None = None
    created_time: Time = None
    sender: WirePerson | None = None
    to: msgspec.Raw = NULL
    message: str | None = None
    tags: msgspec.Raw = NULL
    sticker: str | None = None
    attachments: Items[WireAttachment] = None
    shares: Items[WireShare] = None
    story: Any = None
    reactions: Any = None
    generic_template: Any = None
    is_unsupported: Flag = None
    is_deleted: Flag = None


class WireConversation(msgspec.Struct, omit_defaults=True, gc=False):
    """One item of `/conversations`: every field may be missing, and Meta's types are not taken for granted."""

    id: str | int | None = None
    updated_time: Time = None
    participants: Items[WirePerson] = None
    senders: msgspec.Raw = NULL
    messages: Items[WireMessage] = None
    snippet: str | None = None
    link: str | None = None
    unread_count: Number = None
    message_count: Number = None


class WireAccount(msgspec.Struct):
    id: str | int | None = None
    username: str | None = None


class WireIdentity(msgspec.Struct):
    name: str | None = None
    instagram_business_account: WireAccount | None = None
