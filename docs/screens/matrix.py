"""The events of a room as Element shows them.

What a formatted_body may do is decided as Element decides it: of HTML only what the Client-Server API allows is left
("m.room.message msgtypes", https://spec.matrix.org/v1.11/client-server-api/#mroommessage-msgtypes), and what looks
like an address or a Matrix name becomes a link. A mistake of ours is so seen in the picture, and by the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any

from docs.screens.scenes import Turn
from pageinbox.chat.matrix import content as matrix

ROOM = "Support"
VOID = {"br", "hr", "img"}
TAGS = VOID | {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "blockquote", "pre", "code", "details", "summary"),
    *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("a", "span", "b", "strong", "i", "em", "u", "s", "del", "sup", "sub"),
}
ATTRIBUTES = {
    "a": {"href", "target"},
    "ol": {"start"},
    "img": {"width", "height", "alt", "title", "src"},
    "code": {"class"},
    "span": {"data-mx-bg-color", "data-mx-color", "data-mx-spoiler", "data-mx-maths"},
    "div": {"data-mx-maths"},
}
ADDRESSES = {
    "href": re.compile(r"(?:https?|ftp|mailto|magnet):", re.IGNORECASE),
    "src": re.compile("mxc://"),
    "class": re.compile(r"language-[\w-]+\Z"),
}
"""What an attribute has to begin with."""

SILENT = {"script", "style", "textarea", "option", "noscript", "title", "mx-reply"}
"""Tags that go with all that is in them."""

FOUND = re.compile(
    r"(?:https?|ftp)://[^\s<>]+|www\.[^\s<>]+|mailto:\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[@#!][\w.=/-]+:[\w-][\w.:-]*"
    r"|(?<![@\w.])(?:[\w-]+\.)+(?:com|org|net|de|io|it|uk|рф)\b(?:[:/?#][^\s<>]*)?|\blocalhost\b(?:[:/][^\s<>]*)?",
    re.IGNORECASE,
)
"""What Element makes a link of by itself: addresses, also without a scheme under a few well-known ends, and names."""


class Sanitised(HTMLParser):
    """Reads HTML; `left` is what Element leaves of it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.left: list[str] = []
        self._open: list[str] = []
        self._silent: list[str] = []
        self.feed(html)
        self.close()
        while self._open:
            self.left.append(f"</{self._open.pop()}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent.append(tag)
        if self._silent or tag not in TAGS:
            return
        given = {name: value or "" for name, value in attrs if name in ATTRIBUTES.get(tag, ())}
        kept = {name: value for name, value in given.items() if name not in ADDRESSES or ADDRESSES[name].match(value)}
        self.left.append("".join((f"<{tag}", *(f' {name}="{escape(value)}"' for name, value in kept.items()), ">")))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
        elif tag in self._open:
            while (closed := self._open.pop()) != tag:
                self.left.append(f"</{closed}>")
            self.left.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.left.append(escape(data) if {"a", "code", "pre"} & set(self._open) else linkified(data))


def sanitised(html: str) -> str:
    """What Element shows of a formatted_body."""
    return "".join(Sanitised(html).left)


def linkified(text: str) -> str:
    """Text as HTML, with the links that Element makes of it."""
    done, end = [], 0
    for found in FOUND.finditer(text):
        shown = escape(found[0])
        done += [escape(text[end : found.start()]), f'<a class="found" href="{shown}">{shown}</a>']
        end = found.end()
    return "".join((*done, escape(text[end:])))


def body(content: Mapping[str, Any]) -> str:
    """What an event's content shows, as HTML."""
    if content.get("format") != "org.matrix.custom.html":
        return linkified(content["body"])
    return sanitised(content["formatted_body"])


def timeline(turns: Iterable[Turn]) -> str:
    """The events of a room from top to bottom, as HTML."""
    return "".join(entry(turn, content) for turn in turns for content in said(turn))


def said(turn: Turn) -> list[matrix.Content]:
    """The contents of what the bot says, of an edited event the new one; of what a person typed, Element's own."""
    if isinstance(turn.said, str):
        return [{"msgtype": "m.text", "body": turn.said}]
    if not turn.told:
        return matrix.contents(turn.said)
    content = matrix.content(turn.said)
    return [matrix.edited(content, "$event")["m.new_content"] if turn.edited else content]


def entry(turn: Turn, content: Mapping[str, Any]) -> str:
    kind, name = ("person", "Sam") if isinstance(turn.said, str) else ("bot", "inbox")
    edited = '<div class="edited">(edited)</div>' if turn.edited else ""
    return (
        f'<article class="{content["msgtype"].removeprefix("m.")}"><div class="avatar {kind}"></div><div>'
        f'<header><b class="{kind}">{name}</b><time>{clock(turn.at)}</time></header>'
        f'<div class="said" dir="auto">{body(content)}</div>{edited}{summary(turn.thread)}</div></article>'
    )


def summary(thread: list[Turn]) -> str:
    """The button that leads into an event's thread, with the beginning of the last event in it."""
    if not thread:
        return ""
    many = "1 reply" if len(thread) == 1 else f"{len(thread)} replies"
    last = said(thread[-1])[0]["body"]
    return (
        f'<div class="summary"><b>{many}</b><div class="avatar bot"></div>'
        f'<span class="last" dir="auto">{escape(last)}</span></div>'
    )


def panel(turn: Turn) -> str:
    """A thread as it stands beside the timeline: the event it began with, and what followed."""
    first = Turn(turn.at, turn.said, turn.told, turn.edited)
    return f"<aside><h2>Thread</h2>{timeline([first, *turn.thread])}</aside>"


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M}"
