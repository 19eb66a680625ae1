"""The pieces of a line in Slack's Block Kit: text, links, channels, and whom a message notifies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

Element = dict[str, Any]
Block = dict[str, Any]
Style = dict[str, bool]

PLAIN: Style = {}
BOLD: Style = {"bold": True}
QUIET: Style = {"italic": True}
CODE: Style = {"code": True}

ELEMENT = 16
"""What an element counts for besides its text."""

CUT = "…"
HERE = "here"
"""The id of a `Mention` of everybody who is there; those of groups and people are Slack's own."""

GROUP, MEMBER = re.compile("S[A-Z0-9]{1,30}"), re.compile("[UW][A-Z0-9]{1,30}")
"""Slack's ids of what else can be mentioned."""


def text(words: str, style: Style = PLAIN) -> Element:
    return {"type": "text", "text": words} | styled(style)


def styled(style: Style) -> Element:
    return {"style": style} if style else {}


def mention(id: str) -> Element:
    """What notifies whom an id means; empty for an id that is none of Slack's."""
    if id == HERE:
        return {"type": "broadcast", "range": HERE}
    if GROUP.fullmatch(id):
        return {"type": "usergroup", "usergroup_id": id}
    return {"type": "user", "user_id": id} if MEMBER.fullmatch(id) else {}


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
    """What an element shows; of what only Slack knows by name, its id."""
    shown: str = live(element) or (element["text"] if "text" in element else f"#{element['channel_id']}")
    return shown


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
