"""Conversations, messages and accounts as Meta writes them on the wire: every field may be missing."""

from __future__ import annotations

from typing import Any

import msgspec

Time = str | int | float | None
Number = int | float | str | bool | None


class WireSender(msgspec.Struct, gc=False):
    """Who wrote a message, where the conversation names its people anyway."""

    id: str | int | None = None


class WirePerson(WireSender, gc=False):
    """One end of a conversation; Messenger gives a name, Instagram a username."""

    name: str | None = None
    username: str | None = None


class WirePeople(msgspec.Struct, gc=False):
    data: list[WirePerson | None] | None = None


class WireAttachment(msgspec.Struct, gc=False):
    """A file in a message. Only its kind and its name are read: its address is short-lived and never shown."""

    name: str | None = None
    mime_type: str | None = None


class WireAttachments(msgspec.Struct, gc=False):
    data: list[WireAttachment | None] | None = None


class WireLatest(msgspec.Struct, rename={"sender": "from"}, gc=False):
    """The latest message of a conversation, as far as a list makes use of it."""

    sender: WireSender | None = None
    message: str | None = None
    sticker: str | None = None
    attachments: WireAttachments | None = None
    shares: dict[str, Any] | None = None


class WireMessage(WireLatest, rename={"sender": "from"}, gc=False):
    """One message of a thread."""

    id: str | int | None = None
    created_time: Time = None
    sender: WirePerson | None = None


class WireMessages(msgspec.Struct, gc=False):
    data: list[WireLatest | None] | None = None


class WireConversation(msgspec.Struct, gc=False):
    """One item of `/conversations`: every field may be missing, and Meta's types are not taken for granted."""

    id: str | int | None = None
    updated_time: Time = None
    participants: WirePeople | None = None
    messages: WireMessages | None = None
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
