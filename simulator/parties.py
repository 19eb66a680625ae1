"""The two ends of a conversation as the Graph shows them, also when the person's account has been deleted."""

from __future__ import annotations

from simulator.errors import unknown_field
from simulator.fields import Field
from simulator.rules import DeletedPeople
from simulator.thread import Message, Thread

Json = dict[str, object]


def business(thread: Thread) -> Json:
    """The Page, on Instagram by its account."""
    page = thread.page
    if thread.platform == "instagram" and page.instagram:
        return {"username": page.instagram.username, "id": page.instagram.id}
    return {"name": page.title, "email": f"{page.id}@facebook.com", "id": page.id}


def customer(thread: Thread) -> Json:
    """The person, with the name that is shared."""
    person = thread.person
    if thread.platform == "messenger":
        return _on_messenger(person.id, person.name)
    return {**({} if person.username is None else {"username": person.username}), "id": person.id}


def participants(thread: Thread, deleted: DeletedPeople) -> list[Json]:
    """Who takes part."""
    people = [customer(thread), business(thread)]
    if thread.deleted:
        people = {"from": people[1:], "senders": [], "nowhere": [_nameless(thread), people[1]]}[deleted]
    return people[::-1] if thread.platform == "instagram" else people


def senders(thread: Thread, deleted: DeletedPeople) -> list[Json]:
    """Who wrote."""
    if thread.deleted and deleted != "senders":
        return [business(thread)]
    return [customer(thread)]


def sender(thread: Thread, message: Message, deleted: DeletedPeople) -> Json | None:
    """Who wrote a message; None where the Graph leaves that out."""
    if message.from_page:
        if message.staff:
            return _on_messenger(f"{thread.person.id}9", message.staff)
        return business(thread)
    if not thread.deleted:
        return customer(thread)
    if deleted == "from":
        return _anybody(thread)
    return {"id": thread.person.id} if deleted == "senders" else None


def receivers(thread: Thread, message: Message, deleted: DeletedPeople) -> list[Json]:
    """Whom a message was sent to."""
    if not message.from_page:
        return [business(thread)]
    if thread.deleted:
        return [_anybody(thread)] if deleted == "from" else []
    return [customer(thread)]


def only(person: Json, field: Field) -> Json:
    """The fields of a person that are asked for in braces; the Graph always adds the id."""
    if not field.fields:
        return person
    for wanted in field.fields:
        if wanted.name not in ("id", "name", "email", "username"):
            raise unknown_field(wanted.name, "User")
    keys = {wanted.name for wanted in field.fields} | {"id"}
    return {key: value for key, value in person.items() if key in keys}


def _anybody(thread: Thread) -> Json:
    return _on_messenger(thread.person.id, "Facebook User") if thread.platform == "messenger" else customer(thread)


def _on_messenger(id: str, name: str | None) -> Json:
    return {**({} if name is None else {"name": name}), "email": f"{id}@facebook.com", "id": id}


def _nameless(thread: Thread) -> Json:
    return {"name" if thread.platform == "messenger" else "username": "", "id": thread.person.id}
