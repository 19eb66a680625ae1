"""Block Kit as Slack shows it, as far as the plugin uses it: `rich_text` of texts, links, quotes and lists; buttons.

Whatever else comes is refused rather than left out of the picture. The reference is
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block; the measures are those of Slack in a browser.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from docs.screens.scenes import Turn
from pageinbox.chat.slack import content as slack
from pageinbox.model.post import Attachment, Post

ROOM = "# support"
CHANNELS = {"C01": "support"}
"""What channels are called; only Slack knows."""

STYLES = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}


class Unknown(Exception):
    """Something in a payload that this does not know how to show."""


def blocks(message: Mapping[str, Any], behind: str = "") -> str:
    """What a message shows, as HTML, and what stands right behind it. Raises Unknown."""
    shown = [block(one) for one in message["blocks"] if one["type"] != "actions"]
    shown[-1] += behind
    below = [actions(one) for one in message["blocks"] if one["type"] == "actions"]
    return "".join(f'<div class="block" dir="auto">{one}</div>' for one in [*shown, *below])


def actions(one: Mapping[str, Any]) -> str:
    """Buttons, and menus by what stands in them until something is chosen."""
    known(one, "actions", "elements")
    return " ".join(map(control, one["elements"]))


def control(element: Mapping[str, Any]) -> str:
    if element.get("type") == "button":
        known(element, "button", "text", "value", "action_id")
        return f"<button>{escape(element['text']['text'])}</button>"
    known(element, "static_select", "placeholder", "options", "option_groups", "action_id")
    return f'<button class="menu">{escape(element["placeholder"]["text"])}</button>'


def block(one: Mapping[str, Any]) -> str:
    known(one, "rich_text", "elements")
    return "".join(map(part_of, one["elements"]))


def part_of(part: Mapping[str, Any]) -> str:
    match part["type"]:
        case "rich_text_list":
            return listed(part)
        case "rich_text_quote":
            return f'<blockquote dir="auto">{section({**part, "type": "rich_text_section"})}</blockquote>'
    return section(part)


def listed(part: Mapping[str, Any]) -> str:
    """A list with dots, or with numbers that begin behind its offset."""
    known(part, "rich_text_list", "elements", "style", "offset")
    items = "".join(f'<li dir="auto">{section(item)}</li>' for item in part["elements"])
    match part["style"]:
        case "bullet":
            return f"<ul>{items}</ul>"
        case "ordered":
            return f'<ol start="{part.get("offset", 0) + 1}">{items}</ol>'
    raise Unknown(f"no list of style {part['style']}")


def section(part: Mapping[str, Any]) -> str:
    known(part, "rich_text_section", "elements")
    return "".join(element(piece) for piece in part["elements"])


def element(piece: Mapping[str, Any]) -> str:
    """A text or a time as it is, a link by its label, or the name of a channel, in its styles."""
    if piece.get("type") == "channel":
        known(piece, "channel", "channel_id", "style")
        if piece["channel_id"] not in CHANNELS:
            raise Unknown(f"no channel {piece['channel_id']}")
        shown = f'<span class="channel">#{escape(CHANNELS[piece["channel_id"]])}</span>'
    elif piece.get("type") == "link":
        known(piece, "link", "url", "text", "style")
        shown = f'<a href="{escape(piece["url"])}">{escape(piece["text"])}</a>'
    elif piece.get("type") == "date":
        known(piece, "date", "timestamp", "format", "fallback", "style")
        shown = escape(piece["fallback"])
    else:
        known(piece, "text", "text", "style")
        shown = escape(piece["text"])
    style = piece.get("style", {})
    if set(style) - STYLES.keys():
        raise Unknown(f"no style {style}")
    for name, tag in STYLES.items():
        if style.get(name):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def known(part: Mapping[str, Any], type: str, *fields: str) -> None:
    """Raises Unknown where a part is of another type or says more."""
    if part.get("type") != type or set(part) - {"type", *fields}:
        raise Unknown(f"no {type} of {', '.join(fields)}: {part}")


def timeline(turns: list[Turn]) -> str:
    """The messages of a channel from top to bottom, as HTML."""
    return "".join(entry(turn, message) for turn in turns for message in said(turn))


def said(turn: Turn) -> list[slack.Message]:
    """The payloads of what the bot says; of what a person typed, one as Slack would make it."""
    if isinstance(turn.said, str):
        text = {"type": "text", "text": turn.said}
        section = {"type": "rich_text_section", "elements": [text]}
        return [{"blocks": [{"type": "rich_text", "elements": [section]}], "text": turn.said}]
    return [slack.message(turn.said)] if turn.told else slack.messages(turn.said)


def entry(turn: Turn, message: Mapping[str, Any]) -> str:
    bot = not isinstance(turn.said, str)
    who = '<b>inbox</b><span class="app">App</span>' if bot else "<b>Sam</b>"
    edited = '<span class="edited"> (edited)</span>' if turn.edited else ""
    files = turn.said.attachments if isinstance(turn.said, Post) else ()
    return (
        f'<article><div class="avatar {"bot" if bot else "person"}"></div><div>'
        f'<header>{who}<time>{clock(turn.at)}</time></header><div class="said">{blocks(message, edited)}</div>'
        f"{replies(turn.thread)}</div></article>{''.join(map(shared, files))}"
    )


def shared(file: Attachment) -> str:
    """A picture, which is a message of its own; nobody says again who it is from."""
    if not file.is_picture:
        raise Unknown(f"no file of type {file.kind}")
    content = file.content if isinstance(file.content, bytes) else file.content()
    source = f"data:{file.kind};base64,{b64encode(content).decode()}"
    return f'<article class="file"><img src="{source}" alt="{escape(file.alt)}"></article>'


def replies(thread: list[Turn]) -> str:
    """The line that leads into a message's thread."""
    if not thread:
        return ""
    many = "1 reply" if len(thread) == 1 else f"{len(thread)} replies"
    return (
        f'<div class="replies"><div class="avatar bot"></div><b>{many}</b>'
        f"<span>Last reply today at {clock(thread[-1].at)}</span></div>"
    )


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%-I:%M %p}"
