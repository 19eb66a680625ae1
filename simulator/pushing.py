"""What Meta pushes to an app's webhook, signed, and all that can be wrong with it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.page import Page
from simulator.thread import Message, Thread, message_id
from simulator.world import World

SHAPES: Final = (
    "messaging",  # as apps get it that have the conversation
    "standby",  # while another app has it
    "changes",  # as Instagram Login has it, and the test button of an app's dashboard
    "conversations",  # a field of Pages: which conversation, and nothing else
    "unedited",  # as an edit that is none, which Instagram sends besides a message or instead
)

FAULTS: Final = (
    "",  # as it should be
    "twice",  # the same once more
    "late",  # only when `release` is called, the last first
    "lost",  # never
    "numbers",  # ids are numbers
    "crowded",  # with 999 other things that happened to other people
    "wrong signature",  # as an app signs it that is not the Page's
    "old signature",  # SHA-1 alone
    "no signature",
    "empty",  # no body at all
    "no json",
    "deep",  # a list within a list, a hundred thousand times
    "huge",  # five million bytes
    "foreign",  # about a Page that is none of the world's
)

Deliver = Callable[[bytes, Mapping[str, str]], object]
"""Posts a body with headers to the webhook."""


class Pushing:
    """Pushes every message of a world from now on, its Page's own too; `deliver` posts it.

    `shape` and `fault`, one of `SHAPES` and of `FAULTS`, can be changed at any time.
    """

    def __init__(self, world: World, deliver: Deliver, *, fault: str = "") -> None:
        self.shape, self.fault = "messaging", fault
        self._deliver = deliver
        self._late: list[tuple[bytes, Mapping[str, str]]] = []
        world.watchers.append(self._push)

    def release(self) -> None:
        """Deliver what is late."""
        late, self._late = self._late, []
        for body, headers in reversed(late):
            self._deliver(body, headers)

    def send(self, page: Page, body: Any, fault: str = "") -> None:
        """Push this for a Page."""
        content, headers = packed(page, body, fault)
        if fault == "late":
            self._late.append((content, headers))
        elif fault != "lost":
            for _ in range(2 if fault == "twice" else 1):
                self._deliver(content, headers)

    def _push(self, thread: Thread, message: Message) -> None:
        self.send(thread.page, pushed(thread, message, self.shape), self.fault)


def pushed(thread: Thread, message: Message, shape: str = "messaging") -> dict[str, Any]:
    """What is pushed of a message."""
    page = thread.page
    instagram = thread.platform == "instagram"
    account = page.instagram.id if instagram and page.instagram else page.id
    if shape == "conversations":
        value = {"page_id": int(page.id), "thread_id": thread.id, "thread_key": thread.id}
        happened: dict[str, Any] = {"changes": [{"field": "conversations", "value": value}]}
        return {"object": "page", "entry": [{"id": page.id, "time": int(message.at), **happened}]}
    event = event_of(thread, message, account)
    if shape == "unedited":
        shape, event = "messaging", {**event, "message_edit": {"mid": event.pop("message")["mid"], "num_edit": 0}}
    happened = {"changes": [{"field": "messages", "value": event}]} if shape == "changes" else {shape: [event]}
    entry = {"time": round(message.at * 1000), "id": account, **happened}
    return {"object": "instagram" if instagram else "page", "entry": [entry]}


def event_of(thread: Thread, message: Message, account: str) -> dict[str, Any]:
    """A message as the event that it is."""
    sides = ({"id": thread.person.id}, {"id": account})
    sender, recipient = sides[::-1] if message.from_page else sides
    body: dict[str, Any] = {"mid": message_id(thread, message)}
    if message.text:
        body["text"] = message.text
    if message.attachments:
        body["attachments"] = [{"type": "image", "payload": {"url": f"https://scontent.example/{file.name}"}}
                               for file in message.attachments]  # fmt: skip
    if message.from_page:
        body["is_echo"] = True
    return {"sender": sender, "recipient": recipient, "timestamp": round(message.at * 1000), "message": body}


def packed(page: Page, body: Any, fault: str = "") -> tuple[bytes, dict[str, str]]:
    """A push for a Page as the bytes and the headers that are posted."""
    if fault == "numbers":
        body = numbered(body)
    elif fault == "crowded":
        body = {**body, "entry": [*body["entry"], *(somebody(page, number) for number in range(999))]}
    elif fault == "foreign":
        body = {**body, "entry": [{**entry, "id": "987654321"} for entry in body["entry"]]}
    content = json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()  # with escapes, as Meta writes it
    content = {"empty": b"", "no json": b"<html>", "deep": b"[" * 100_000, "huge": content + b" " * 5_000_000}.get(
        fault, content
    )
    return content, {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        **signed(page, content, fault),
    }


def signed(page: Page, content: bytes, fault: str = "") -> dict[str, str]:
    """The headers with which Meta signs it."""
    secret = (page.app_secret + "x" * (fault == "wrong signature")).encode()
    old = {"X-Hub-Signature": "sha1=" + hmac.new(secret, content, hashlib.sha1).hexdigest()}
    if fault == "no signature":
        return {}
    if fault == "old signature":
        return old
    return {**old, "X-Hub-Signature-256": "sha256=" + hmac.new(secret, content, hashlib.sha256).hexdigest()}


def numbered(body: Any) -> Any:
    """The body with numbers for all ids that can be some, as Meta has sent them."""
    if isinstance(body, list):
        return [numbered(item) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        name: int(value) if name == "id" and isinstance(value, str) and value.isdecimal() else numbered(value)
        for name, value in body.items()
    }


def somebody(page: Page, number: int) -> dict[str, Any]:
    """One of the other things that happened: somebody read something."""
    event = {"sender": {"id": f"77{number:06}"}, "recipient": {"id": page.id}, "read": {"watermark": 1, "seq": number}}
    return {"id": page.id, "time": 1_795_000_000_000 + number, "messaging": [event]}
