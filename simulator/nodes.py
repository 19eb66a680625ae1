"""How the Graph shows a conversation, a message, a Page and an Instagram account, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from simulator import attachments, parties
from simulator.errors import unknown_field
from simulator.escaping import escaped
from simulator.fields import Field
from simulator.page import Instagram, Page
from simulator.rules import Rules
from simulator.thread import Message, Thread, message_id

T = TypeVar("T")
Json = dict[str, object]

TASKS: Final = ("ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE")
DETAILED_MESSAGES: Final = 20  # the Graph says of older ones that they were deleted
_ABSENT: Final = object()
_BARE: Final = (Field("id"), Field("created_time"))

# Fields of a thread that are known only from Messenger; nobody has recorded what Instagram does with them.
_MESSENGER_ONLY: Final = frozenset(
    {"link", "snippet", "message_count", "unread_count", "can_reply", "is_subscribed", "senders",
     "former_participants", "scoped_thread_key", "folder", "name", "wallpaper", "linked_group"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """What a reply depends on besides the node itself.

    `messages` and `conversations` answer the edges of a thread and of a Page, which are lists with pages of their
    own. `address` gives the address of an edge, token included, from its path and a cursor.
    """

    rules: Rules
    messages: Callable[[Thread, Field], Json]
    conversations: Callable[[Page, Field], Json]
    address: Callable[[str, str], str]


@lru_cache(10_000)
def iso_time(at: float) -> str:
    """A time as in every recorded reply: ISO 8601 in UTC, with no colon in the offset."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def thread_rows(threads: Iterable[Thread], fields: tuple[Field, ...], view: View) -> list[Json]:
    """Conversations as the rows of a list; all of them must be on one platform."""
    return _rows(threads, _readers(fields, "UnifiedThread"), view)


def thread_node(thread: Thread, fields: tuple[Field, ...], view: View) -> Json:
    """One conversation as a node."""
    return thread_rows([thread], fields, view)[0]


def message_rows(thread: Thread, messages: Iterable[Message], fields: tuple[Field, ...], *, view: View) -> list[Json]:
    """Messages of one conversation; those too old for details show only their id and time."""
    readers, plain, bare = _message_readers(fields or _BARE)
    detailed = thread.messages[-DETAILED_MESSAGES:]
    oldest = detailed[0].number if detailed else 0
    rows = []
    for message in messages:
        mine = bare if message.number < oldest else readers if message.more else plain
        rows += _rows([(thread, message)], mine, view)
    return rows


def page_node(page: Page, fields: tuple[Field, ...], view: View) -> Json:
    """A Page as a node."""
    return _rows([page], _readers(fields or (Field("name"),), "Page"), view)[0]


def instagram_node(account: Instagram, fields: tuple[Field, ...], view: View) -> Json:
    """An Instagram account as a node."""
    return _rows([account], _readers(fields, "IGUser"), view)[0]


_Getter = Callable[[T, Field, View], object]
# The key in the reply, the field, and what reads its value from a node.
_Reader = tuple[str, Field, Callable[[Any, Field, View], object]]


@lru_cache(1000)
def _readers(fields: tuple[Field, ...], node_type: str) -> list[_Reader]:
    getters = _GETTERS[node_type]
    for field in fields:
        if field.name not in getters:
            raise unknown_field(field.name, node_type)
    readers: list[_Reader] = [(field.key, field, getters[field.name]) for field in fields]
    if all(key != "id" for key, _, _ in readers):
        readers.append(("id", Field("id"), getters["id"]))
    return readers


@lru_cache(1000)
def _message_readers(fields: tuple[Field, ...]) -> tuple[list[_Reader], list[_Reader], list[_Reader]]:
    """Those of a message, those of one that has nothing rare, and those of one that is too old for details."""
    readers = _readers(fields, "UnifiedMessage")
    plain = [reader for reader in readers if reader[1].name not in _RARE]
    return readers, plain, [reader for reader in readers if reader[1].name in ("id", "created_time")]


def _rows(nodes: Iterable[object], readers: Sequence[_Reader], view: View) -> list[Json]:
    rows = []
    for node in nodes:
        row: Json = {}
        for key, field, getter in readers:
            value = getter(node, field, view)
            if value is not _ABSENT:
                row[key] = value
        rows.append(row)
    return rows


# People


def _only(person: Json, field: Field) -> Json:
    """The fields of a person that are asked for in braces; the Graph always adds the id."""
    if not field.fields:
        return person
    for wanted in field.fields:
        if wanted.name not in ("id", "name", "email", "username"):
            raise unknown_field(wanted.name, "User")
    keys = {wanted.name for wanted in field.fields} | {"id"}
    return {key: value for key, value in person.items() if key in keys}


# Conversations


def _participants(thread: Thread, field: Field, view: View) -> object:
    people = parties.participants(thread, view.rules.deleted_people)
    return {"data": [_only(person, field) for person in people]}


def _senders(thread: Thread, field: Field, view: View) -> object:
    return {"data": [_only(person, field) for person in parties.senders(thread, view.rules.deleted_people)]}


def _snippet(thread: Thread, field: Field, view: View) -> object:
    if not thread.messages:
        return ""
    last = thread.messages[-1]
    if last.text:
        return last.text
    who = "You" if last.from_page else (thread.person.name or thread.person.username or "Someone")
    if last.sticker or "sticker" in last.more:
        return f"{who} sent a sticker."
    return f"{who} sent {'a photo' if _is_image(last) else 'an attachment'}."


def _is_image(message: Message) -> bool:
    return bool(message.attachments) and message.attachments[0].mime_type.startswith("image/")


def _link(thread: Thread, field: Field, view: View) -> object:
    # Neither the thread's number nor the person's, so that a client that builds links itself is found out.
    return f"/{thread.page.id}/inbox/{777_888_000 + 31 * thread.number}/?section=messages"


_THREAD: dict[str, _Getter[Thread]] = {
    "id": lambda thread, field, view: thread.id,
    "updated_time": lambda thread, field, view: iso_time(thread.updated),
    "participants": _participants,
    "messages": lambda thread, field, view: view.messages(thread, field),
    "link": _link,
    "snippet": _snippet,
    "message_count": lambda thread, field, view: len(thread.messages),
    "unread_count": lambda thread, field, view: thread.unread,
    "can_reply": lambda thread, field, view: thread.folder != "spam",
    "is_subscribed": lambda thread, field, view: True,
    "senders": _senders,
    "former_participants": lambda thread, field, view: {"data": []},
    "scoped_thread_key": lambda thread, field, view: thread.id,
    "folder": lambda thread, field, view: thread.folder,
    "is_owner": lambda thread, field, view: True if view.rules.routing else _ABSENT,
    # In the schema, but absent unless the thread is a group.
    "name": lambda thread, field, view: _ABSENT,
    "wallpaper": lambda thread, field, view: _ABSENT,
    "linked_group": lambda thread, field, view: _ABSENT,
}


def _guarded(name: str, getter: _Getter[Thread]) -> _Getter[Thread]:
    def get(thread: Thread, field: Field, view: View) -> object:
        if thread.platform == "instagram":
            # No recorded reply for Instagram ever had a link in it.
            if view.rules.instagram_fields == "absent" or (view.rules.instagram_fields == "present" and name == "link"):
                return _ABSENT
            if view.rules.instagram_fields == "error":
                raise unknown_field(name, "UnifiedThread")
        return getter(thread, field, view)

    return get


_THREAD |= {name: _guarded(name, _THREAD[name]) for name in _MESSENGER_ONLY}


def check_thread_fields(fields: tuple[Field, ...], platform: str, view: View) -> None:
    """Raise `Refused` for a field that this platform does not have, even if there is no thread to show it for."""
    for field in fields:
        absent = platform == "instagram" and view.rules.instagram_fields == "error" and field.name in _MESSENGER_ONLY
        if field.name not in _THREAD or absent:
            raise unknown_field(field.name, "UnifiedThread")


# Messages

_Sent = tuple[Thread, Message]


def _from(sent: _Sent, field: Field, view: View) -> object:
    sender = parties.sender(*sent, view.rules.deleted_people)
    return _ABSENT if sender is None else _only(sender, field)


def _to(sent: _Sent, field: Field, view: View) -> object:
    return {"data": [_only(person, field) for person in parties.receivers(*sent, view.rules.deleted_people)]}


def _tags(sent: _Sent, field: Field, view: View) -> object:
    thread, message = sent
    names = ["inbox", "sent", "source:web"] if message.from_page else ["inbox", "source:mobile"]
    behind = len(thread.messages) - thread.unread
    if not message.from_page and message.number <= behind:
        names.insert(1, "read")
    if message.automatic and view.rules.instant_reply_tag:
        names.append("pages_comm_instant_reply")
    return {"data": [{"name": name} for name in names]}


def _attachments(sent: _Sent, field: Field, view: View) -> object:
    shown = attachment_list(sent, view) if sent[1].attachments else _more("attachments")(sent, field, view)
    return shown if shown is _ABSENT else attachments.parts(shown, field)


def _shares(sent: _Sent, field: Field, view: View) -> object:
    shown = _more("shares")(sent, field, view)
    return shown if shown is _ABSENT else attachments.parts(shown, field)


def attachment_list(sent: tuple[Thread, Message], view: View, after: str = "") -> Json:
    """A message's files, as one page; its `next` leads to an empty page, as in recorded replies."""
    if after:
        return {"data": []}
    rows = [attachments.row(file, f"{sent[0].number}{n}") for n, file in enumerate(sent[1].attachments, 1)]
    cursor = escaped(str(len(rows) - 1))
    following = view.address(f"{message_id(*sent)}/attachments", cursor)
    return {"data": rows, "paging": {"cursors": {"before": escaped("0"), "after": cursor}, "next": following}}


def _more(name: str) -> _Getter[_Sent]:
    return lambda sent, field, view: sent[1].more.get(name, _ABSENT)


_RARE: Final = ("story", "reactions", "reply_to", "is_unsupported", "is_deleted", "generic_template")
_MESSAGE: dict[str, _Getter[_Sent]] = {
    "id": lambda sent, field, view: message_id(*sent),
    "created_time": lambda sent, field, view: iso_time(sent[1].at),
    "from": _from,
    "to": _to,
    "message": lambda sent, field, view: sent[1].text,
    "tags": _tags,
    "sticker": lambda sent, field, view: sent[1].sticker or sent[1].more.get("sticker", _ABSENT),
    "attachments": _attachments,
    "shares": _shares,
    "thread_id": lambda sent, field, view: sent[0].id,
} | {name: _more(name) for name in _RARE}


# Pages and accounts


def _linked(page: Page, field: Field, view: View) -> object:
    return instagram_node(page.instagram, field.fields, view) if page.instagram else _ABSENT


_PAGE: dict[str, _Getter[Page]] = {
    "id": lambda page, field, view: page.id,
    "name": lambda page, field, view: page.title,
    "username": lambda page, field, view: page.username,
    "link": lambda page, field, view: page.link,
    "category": lambda page, field, view: "Shopping & retail",
    "instagram_business_account": _linked,
    "connected_instagram_account": _linked,
    "conversations": lambda page, field, view: view.conversations(page, field),
    "access_token": lambda page, field, view: page.token,
    "tasks": lambda page, field, view: list(TASKS),
}

_INSTAGRAM: dict[str, _Getter[Instagram]] = {
    "id": lambda account, field, view: account.id,
    "username": lambda account, field, view: account.username,
    "name": lambda account, field, view: account.username.replace("_", " ").title(),
}

_GETTERS: dict[str, dict[str, _Getter[Any]]] = {
    "UnifiedThread": _THREAD,
    "UnifiedMessage": _MESSAGE,
    "Page": _PAGE,
    "IGUser": _INSTAGRAM,
}
