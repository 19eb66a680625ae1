"""From Errbot's messages to Matrix's events, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

from errbot.backends.base import Message
from errbot.rendering import md_escape

FALLBACK = re.compile(r"\A(?:>(?: .*)?\n)+\n?")
"""What older clients quote before a reply: Matrix client-server API v1.11, "Fallbacks for rich replies"."""

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
"""How some clients write in plain text what could be Markdown: `\\!inbox` (element-hq/element-x-android#1260)."""

PILL = re.compile(r"<a\s[^<>]{0,300}matrix\.to/#/([^\"'?<>]{1,300})(?=[\"'?>])[^<>]{0,300}>([^<]{1,300})</a>")
"""A mention in formatted text: whom it leads to, and what it is called there. No text takes long to search for it."""

LINK = re.compile(
    rf"\[[^\]]{{0,300}}\]\(https://matrix\.to/#/([^)\s]{{0,300}})\)|{PILL.pattern}|\"[^\"]{{0,300}}\" \(https://matrix\.to/#/([^)\s]{{0,300}})\)"
)
"""How some clients write a mention in the plain text: as a link in Markdown, in HTML, or in words."""

REPLIED = re.compile(r"\A\s*<mx-reply>.*?</mx-reply>", re.DOTALL)
"""What older clients quote before a reply in formatted text."""


def said(content: Mapping[str, Any]) -> str | None:
    """The text of a message that a person wrote; None for everything else, including edits and the notices of bots.

    An edit repeats what was said; a command must not run again because somebody corrected a typo.
    """
    body, shown = content.get("body"), content.get("formatted_body")
    if (
        content.get("msgtype") != "m.text"
        or not isinstance(body, str)
        or relation(content).get("rel_type") == "m.replace"
    ):
        return None
    if isinstance(shown, str) and "\\" not in shown:
        body = ESCAPED.sub(r"\1", body)
    replied = relation(content).get("m.in_reply_to")
    text = FALLBACK.sub("", body) if replied and not relation(content).get("is_falling_back") else body
    return by_id(text, REPLIED.sub("", shown) if isinstance(shown, str) else "")


def by_id(text: str, formatted: str) -> str:
    """The text with the ids of those whom it mentions, instead of the names or links that clients put there.

    `formatted` is the same as HTML, which is the one place where many clients tell who a name means.
    """
    at = 0
    for target, label in PILL.findall(formatted):
        person, name = unquote(target), unescape(label).strip()
        if (
            person.startswith("@")
            and name
            and (found := re.compile(rf"(?<!\w)@?{re.escape(name)}(?!\w)").search(text, at))
        ):
            text = text[: found.start()] + person + text[found.end() :]
            at = found.start() + len(person)
    return LINK.sub(linked, text)


def linked(link: re.Match[str]) -> str:
    """The person whom a link mentions, by id; what leads to a room or a message stays as it is."""
    person = unquote(link[1] or link[2] or link[4] or "")
    return person if person.startswith("@") else link[0]


def relation(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """How an event relates to others; empty if it does not."""
    found = content.get("m.relates_to")
    return found if isinstance(found, Mapping) else {}


def thread_of(content: Mapping[str, Any]) -> str:
    """The event that starts the thread a message is in; empty if it is not in one."""
    found = relation(content)
    root = found.get("event_id") if found.get("rel_type") == "m.thread" else ""
    return root if isinstance(root, str) else ""


def reply_to(content: Mapping[str, Any]) -> str:
    """The event a message is a reply to; empty if it is none, as in a thread without quoting anything."""
    found = relation(content)
    answered = {} if found.get("is_falling_back") is True else found.get("m.in_reply_to")
    event = answered.get("event_id") if isinstance(answered, Mapping) else ""
    return event if isinstance(event, str) else ""


def mentioned(content: Mapping[str, Any]) -> list[str]:
    """The ids of the people a message mentions on purpose."""
    found = content.get("m.mentions")
    people = found.get("user_ids") if isinstance(found, Mapping) else None
    return [person for person in people if isinstance(person, str)] if isinstance(people, list) else []


def addressed(content: Mapping[str, Any], text: str, own: str, name: str) -> str | None:
    """What the bot is told in a `text` that begins with a mention of it: `Bot: help` gives `help`. Else None.

    `own` is the bot's id, `name` the one that clients show. A mention is what m.mentions or, of older clients, a link
    in the HTML says is one; clients write it as that name, or as the id, which `by_id` makes of all else.
    """
    pill = rf"matrix\.to/#/{re.escape(own)}(?![\w.:-])"
    if own not in mentioned(content) and not re.search(pill, unquote(str(content.get("formatted_body")))):
        return None
    short = own[1:].partition(":")[0]
    names = [own, f"@{name}", name, f"@{short}", short]
    found = re.match(rf"({'|'.join(map(re.escape, names))})(?!\w)\s*[:,]?\s*", text, re.IGNORECASE)
    return text[found.end() :] if found else None


def in_thread(root: str, latest: str = "") -> dict[str, Any]:
    """The relation of a message in the thread that the event `root` starts; to old clients it is a reply.

    That is to the event `latest` of the thread, to `root` where none is named.
    """
    return {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": latest or root},
    }


def place(message: Message) -> dict[str, Any]:
    """What a message carries from Matrix: `room_id`, `event_id`, `thread`, `reply_to`, `sender`; empty if nothing."""
    found = message.extras.get("matrix")
    return found if isinstance(found, dict) else {}


def thread_for(message: Message, room: str) -> str:
    """The event whose thread our message goes into, in the room with this id; empty for none."""
    own = place(message)
    if "thread" in own or message.parent is None:
        return str(own.get("thread", ""))
    asked = place(message.parent)
    return str(asked.get("thread", "")) if asked.get("room_id") == room else ""


def card_text(card: Any) -> str:
    """A card as Markdown, with its image as a link."""
    title = f"[{md_escape(card.title)}]({card.link})" if card.link and card.title else card.title or card.link or ""
    parts = [
        f"**{card.summary}**" if card.summary else "",
        f"**{title}**" if title else "",
        card.body or "",
        f"[image]({card.image})" if card.image else "",
        "\n".join(f"**{name}:** {value}" for name, value in card.fields or ()),
    ]
    return "\n\n".join(part for part in parts if part)
