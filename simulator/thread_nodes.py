"""How the Graph shows a conversation, field by field."""

from __future__ import annotations

from typing import Final

from simulator import parties
from simulator.errors import unknown_field
from simulator.fields import Field
from simulator.nodes import ABSENT, Getter, Json, NodeType, View, iso_time, readers_of, rows_of
from simulator.thread import Message, Thread


def thread_node(thread: Thread, fields: tuple[Field, ...], view: View) -> Json:
    """One conversation, as a node or as the row of a list."""
    return rows_of([thread], readers_of(fields, _THREAD), view)[0]


def _participants(thread: Thread, field: Field, view: View) -> object:
    people = parties.participants(thread, view.rules.deleted_people)
    return {"data": [parties.only(person, field) for person in people]}


def _senders(thread: Thread, field: Field, view: View) -> object:
    return {"data": [parties.only(person, field) for person in parties.senders(thread, view.rules.deleted_people)]}


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


_ON_BOTH: Final[dict[str, Getter[Thread]]] = {
    "id": lambda thread, field, view: thread.id,
    "updated_time": lambda thread, field, view: iso_time(thread.updated),
    "participants": _participants,
    "messages": lambda thread, field, view: view.messages(thread, field),
    "is_owner": lambda thread, field, view: True if view.rules.routing else ABSENT,
}

# Known only from Messenger; nobody has recorded what Instagram does with them.
_ON_MESSENGER: Final[dict[str, Getter[Thread]]] = {
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
    # In the schema, but absent unless the thread is a group.
    "name": lambda thread, field, view: ABSENT,
    "wallpaper": lambda thread, field, view: ABSENT,
    "linked_group": lambda thread, field, view: ABSENT,
}


def _guarded(name: str, getter: Getter[Thread]) -> Getter[Thread]:
    def get(thread: Thread, field: Field, view: View) -> object:
        if thread.platform == "instagram":
            # No recorded reply for Instagram ever had a link in it.
            if view.rules.instagram_fields == "absent" or (view.rules.instagram_fields == "present" and name == "link"):
                return ABSENT
            if view.rules.instagram_fields == "error":
                raise unknown_field(name, _THREAD.name)
        return getter(thread, field, view)

    return get


_THREAD: Final[NodeType[Thread]] = NodeType(
    "UnifiedThread", _ON_BOTH | {name: _guarded(name, getter) for name, getter in _ON_MESSENGER.items()}
)


def check_thread_fields(fields: tuple[Field, ...], platform: str, view: View) -> None:
    """Raise `Refused` for a field that this platform does not have, even if there is no thread to show it for."""
    for field in fields:
        absent = platform == "instagram" and view.rules.instagram_fields == "error" and field.name in _ON_MESSENGER
        if field.name not in _THREAD.getters or absent:
            raise unknown_field(field.name, _THREAD.name)
