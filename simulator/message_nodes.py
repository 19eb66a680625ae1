"""How the Graph shows a message, field by field."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from simulator import attachments, parties
from simulator.escaping import escaped
from simulator.fields import Field
from simulator.nodes import ABSENT, Getter, Json, NodeType, Reader, View, iso_time, readers_of, rows_of
from simulator.thread import Message, Thread, message_id

DETAILED_MESSAGES: Final = 20  # the Graph says of older ones that they were deleted
_BARE: Final = (Field("id"), Field("created_time"))

_Sent = tuple[Thread, Message]


def message_rows(thread: Thread, messages: Iterable[Message], fields: tuple[Field, ...], *, view: View) -> list[Json]:
    """Messages of one conversation; those too old for details show only their id and time."""
    readers, plain, bare = _message_readers(fields or _BARE)
    detailed = thread.messages[-DETAILED_MESSAGES:]
    oldest = detailed[0].number if detailed else 0
    rows = []
    for message in messages:
        mine = bare if message.number < oldest else readers if message.more else plain
        rows += rows_of([(thread, message)], mine, view)
    return rows


@lru_cache(1000)
def _message_readers(fields: tuple[Field, ...]) -> tuple[list[Reader], list[Reader], list[Reader]]:
    """Those of a message, those of one that has nothing rare, and those of one that is too old for details."""
    readers = readers_of(fields, _MESSAGE)
    plain = [reader for reader in readers if reader[1].name not in _RARE]
    return readers, plain, [reader for reader in readers if reader[1].name in ("id", "created_time")]


def _from(sent: _Sent, field: Field, view: View) -> object:
    sender = parties.sender(*sent, view.rules.deleted_people)
    return ABSENT if sender is None else parties.only(sender, field)


def _to(sent: _Sent, field: Field, view: View) -> object:
    return {"data": [parties.only(person, field) for person in parties.receivers(*sent, view.rules.deleted_people)]}


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
    return shown if shown is ABSENT else attachments.parts(shown, field)


def _shares(sent: _Sent, field: Field, view: View) -> object:
    shown = _more("shares")(sent, field, view)
    return shown if shown is ABSENT else attachments.parts(shown, field)


def attachment_list(sent: tuple[Thread, Message], view: View, after: str = "") -> Json:
    """A message's files, as one page; its `next` leads to an empty page, as in recorded replies."""
    if after:
        return {"data": []}
    rows = [attachments.row(file, f"{sent[0].number}{n}") for n, file in enumerate(sent[1].attachments, 1)]
    cursor = escaped(str(len(rows) - 1))
    following = view.address(f"{message_id(*sent)}/attachments", cursor)
    return {"data": rows, "paging": {"cursors": {"before": escaped("0"), "after": cursor}, "next": following}}


def _more(name: str) -> Getter[_Sent]:
    return lambda sent, field, view: sent[1].more.get(name, ABSENT)


_RARE: Final = ("story", "reactions", "reply_to", "is_unsupported", "is_deleted", "generic_template")
_MESSAGE: NodeType[_Sent] = NodeType(
    "UnifiedMessage",
    {
        "id": lambda sent, field, view: message_id(*sent),
        "created_time": lambda sent, field, view: iso_time(sent[1].at),
        "from": _from,
        "to": _to,
        "message": lambda sent, field, view: sent[1].text,
        "tags": _tags,
        "sticker": lambda sent, field, view: sent[1].sticker or sent[1].more.get("sticker", ABSENT),
        "attachments": _attachments,
        "shares": _shares,
        "thread_id": lambda sent, field, view: sent[0].id,
    }
    | {name: _more(name) for name in _RARE},
)
