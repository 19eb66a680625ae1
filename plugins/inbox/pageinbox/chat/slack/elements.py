"""The pieces of a line in Slack's Block Kit: text, links, channels, and whom a message notifies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any

from pageinbox.model.post import Time
from pageinbox.words.english import clock, exact, same_day, short_zone

Element = dict[str, Any]
Block = dict[str, Any]
Style = dict[str, bool]

PLAIN: Style = {}
BOLD: Style = {"bold": True}
QUIET: Style = {"italic": True}
CODE: Style = {"code": True}

ELEMENT = 16
"""What an element counts for besides its text."""

ADDRESS_MOST = 2000
"""Characters of an address; a link to a longer one is left out, lest Slack refuse the whole message."""

CUT = "…"
HERE = "here"
"""The id of a `Mention` of everybody who is there; those of groups and people are Slack's own."""

GROUP, MEMBER = re.compile("S[A-Z0-9]{1,30}"), re.compile("[UW][A-Z0-9]{1,30}")
"""Slack's ids of what else can be mentioned."""


def text(words: str, style: Style = PLAIN) -> Element:
    return {"type": "text", "text": words} | styled(style)


def name(shown: str, url: str) -> Element:
    """Somebody's name, which leads to their conversation where there is an address."""
    return {"type": "link", "url": url, "text": shown} | styled(BOLD) if url else text(shown, BOLD)


def styled(style: Style) -> Element:
    return {"style": style} if style else {}


def mention(id: str) -> Element:
    """What notifies whom an id means; empty for an id that is none of Slack's."""
    if id == HERE:
        return {"type": "broadcast", "range": HERE}
    if GROUP.fullmatch(id):
        return {"type": "usergroup", "usergroup_id": id}
    return {"type": "user", "user_id": id} if MEMBER.fullmatch(id) else {}


def date(time: Time, zone: tzinfo, style: Style = PLAIN) -> Element:
    """A time in the zone of whoever reads it: https://docs.slack.dev/reference/block-kit/block-elements/date-element.

    It is in `zone` only where Slack can't show it.
    """
    today = not time.dated and same_day(time.at, time.now, zone)
    shown = "{time}" if today else "{date_short} {time}"
    fallback = clock(time.at, time.now, zone)
    if time.dated:
        fallback = f"{exact(time.at, time.now, zone)} {short_zone(time.at, zone)}"
    return {"type": "date", "timestamp": int(time.at), "format": shown, "fallback": fallback} | styled(style)


def live(element: Element) -> str:
    """What notifies the same in a text; empty for an element that notifies nobody."""
    match element:
        case {"type": "broadcast", "range": everybody}:
            return f"<!{everybody}>"
        case {"usergroup_id": group}:
            return f"<!subteam^{group}>"
        case {"user_id": person}:
            return f"<@{person}>"
    return ""


def words(element: Element) -> str:
    """What an element shows; of what only Slack knows by name, its id, and of a time what stands in for it."""
    match element["type"]:
        case "channel":
            return f"#{element['channel_id']}"
        case "date":
            return str(element["fallback"])
    return live(element) or str(element["text"])


def seen(line: Sequence[Element]) -> bool:
    """Whether there is anything to see in the line."""
    return any(words(element).strip() for element in line)


def merged(line: Iterable[Element]) -> list[Element]:
    """The same elements, with neighbours of one style as one."""
    found: list[Element] = []
    for element in line:
        last = found[-1] if found else {}
        if element["type"] == last.get("type") == "text" and element.get("style") == last.get("style"):
            found[-1] = last | {"text": last["text"] + element["text"]}
        else:
            found.append(element)
    return found


def cost(element: Element) -> int:
    """What an element takes of a limit."""
    shown: str = words(element) + element.get("url", "")
    return ELEMENT + len(shown) + sum(char > "\uffff" for char in shown)


def below(lines: Iterable[list[Element]]) -> list[Element]:
    """Lines one below the other."""
    return [element for number, line in enumerate(lines) for element in ([text("\n")] if number else []) + line]
