"""From the wire to the conversations and messages that the rest of the program knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from pageinbox.graph.wire import Number, Time, WireAttachment, WireConversation, WireLatest, WireMessage, WirePerson
from pageinbox.model.conversation import Conversation, Message, Unreadable
from pageinbox.model.source import Platform

LATEST = 1e11
"""Seconds since 1970 that are no time of a message any more (the year 5138), but milliseconds."""

MOST = 1_000_000
"""A higher count of messages is taken for a mistake: nobody could act on it, and it would fill the row with digits."""


class FieldError(ValueError):
    """A field of a conversation that cannot be understood; the text names the field and not its content."""


def seconds(value: Time, field: str) -> float:
    """A time of Meta's as seconds since 1970.

    Takes ISO 8601 with or without a colon in the zone (what every recorded reply holds) and, since the tutorial
    speaks of UNIX timestamps, numbers and digits in seconds or milliseconds. Raises `FieldError`.
    """
    try:
        if isinstance(value, str) and not value.isdecimal():
            moment = datetime.fromisoformat(value)
            number = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        else:
            number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise FieldError(f"{field} is not a time") from None
    if 0 < number < LATEST:
        return number
    if LATEST < number < 1000 * LATEST:
        return number / 1000
    raise FieldError(f"{field} is not a time")


def count(value: Number) -> int | None:
    """A count of Meta's as a whole number, or None when it is missing, no number or beyond belief."""
    if type(value) is int and 0 <= value <= MOST:
        return value  # as nearly always
    if value is None:
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return max(number, 0) if number <= MOST else None


def attachment_name(attachment: WireAttachment) -> str:
    """What a file is called in a summary, in square brackets."""
    kind = (attachment.mime_type or "").partition("/")[0]
    word = {"image": "photo", "video": "video", "audio": "voice message"}.get(kind, "file")
    return f"[{word} {attachment.name}]" if word == "file" and attachment.name else f"[{word}]"


def text_of(message: WireLatest) -> str:
    """A message's words, or the names of what it carries when it has none."""
    text = message.message or ""
    if message.sticker:
        return f"{text} [sticker]".strip()
    if message.attachments and message.attachments.data:
        return " ".join(filter(None, (text, *(attachment_name(item) for item in message.attachments.data if item))))
    return text or ("[shared post]" if message.shares else "")


def own_ids(items: Iterable[WireConversation], known: Collection[str]) -> frozenset[str]:
    """The ids under which the Page itself takes part in `items`.

    `known` holds the Page's id and, once it has been asked for, that of its Instagram account. Where the latter
    is missing it is told by being the one id in every conversation that names its people, if there are several.
    """
    seen: Counter[str] = Counter()
    conversations = 0
    for item in items:
        people = (item.participants and item.participants.data) or ()
        ids = {str(person.id) for person in people if person is not None and person.id is not None}
        if not ids.isdisjoint(known):
            return frozenset(known)
        seen.update(ids)
        conversations += bool(ids)
    always = [person_id for person_id, times in seen.items() if times == conversations > 1]
    return frozenset((*known, *always)) if len(always) == 1 else frozenset(known)


def person_of(people: Sequence[WirePerson | None], own: Collection[str]) -> WirePerson | None:
    """The first who is not the Page; None where it is not known who of several is the Page."""
    first, others, page_met = None, 0, False
    for person in people:
        if person is None:
            continue
        if str(person.id) in own:
            page_met = True
        else:
            first = first or person
            others += 1
    return first if page_met or others == 1 else None


def read_conversation(
    item: WireConversation, platform: Platform, own: Collection[str], *, unread_known: bool
) -> Conversation:
    """One wire item as a `Conversation`. Raises `FieldError` when its id or its time is unusable.

    `own` are the ids of the Page itself; `unread_known` tells that a missing `unread_count` means zero.
    """
    if item.id is None or item.id == "":
        raise FieldError("id is missing")
    if item.updated_time is None:
        raise FieldError("updated_time is missing")
    people = (item.participants.data if item.participants else None) or ()
    person = person_of(people, own)
    waiting = None
    snippet = item.snippet
    messages = item.messages.data if item.messages else None
    if messages and (last := messages[0]) is not None:
        if last.sender is not None and last.sender.id is not None and (person is not None or not people):
            waiting = str(last.sender.id) not in own
        snippet = text_of(last) or snippet
    return Conversation(
        str(item.id),
        seconds(item.updated_time, "updated_time"),
        platform,
        name=None if person is None else (person.username or person.name if platform == "instagram" else person.name),
        snippet=snippet,
        unread=0 if item.unread_count is None and unread_known else count(item.unread_count),
        message_count=count(item.message_count),
        waiting=waiting,
        meta_link=item.link,
    )


def read_conversations(
    items: Sequence[WireConversation], platform: Platform, known_ids: Collection[str]
) -> tuple[list[Conversation], list[Unreadable]]:
    """All wire items as conversations, in order, and those that had to be given up.

    `unread_count` is left out by Meta when nothing is unread (a client library's finding), so a missing one means
    zero on Messenger; on Instagram, where it is undocumented, only when another item of the same list has it.
    """
    own = own_ids(items, known_ids) if platform is Platform.INSTAGRAM else frozenset(known_ids)
    unread_known = any(item.unread_count is not None for item in items)
    good: list[Conversation] = []
    bad: list[Unreadable] = []
    for number, item in enumerate(items, 1):
        try:
            good.append(read_conversation(item, platform, own, unread_known=unread_known))
        except FieldError as error:
            bad.append(Unreadable(str(item.id or f"number {number}"), str(error)))
    return good, bad


def read_message(item: WireMessage, own: Collection[str]) -> Message:
    """One wire message as a `Message`; an unreadable time becomes None rather than losing the text."""
    sender = item.sender
    known = sender is not None and sender.id is not None
    try:
        created = seconds(item.created_time, "created_time")
    except FieldError:
        created = None
    return Message(
        str(item.id or ""),
        created,
        str(sender.id) in own if known and sender else None,
        name=(sender.username or sender.name) if sender else None,
        text=text_of(item),
    )
