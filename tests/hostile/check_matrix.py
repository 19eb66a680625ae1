"""What may arrive on Matrix, read strictly by the specification's rules for m.room.message and m.mentions.

They are at https://spec.matrix.org/v1.11/client-server-api/#mroommessage-msgtypes and #user-and-room-mentions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from pageinbox.model.post import Command, Mention, Name, Post, Reference
from tests.hostile.checks import check_characters, check_legible, check_unlinked, links, pieces, refuse, visible

ESCAPES = re.compile("&(?!(?:amp|lt|gt|quot|#x27);)")
BLOCK = re.compile("<(p|ol|ul|blockquote)[ >]")
APART = re.compile(r"[\s“”()]+")
MOST = 40_000
WITHIN = {
    "p": ("",),
    "ol": ("",),
    "ul": ("",),
    "blockquote": ("",),
    "strong": ("p", "li"),
    "br": ("p",),
    "li": ("ol", "ul"),
    "a": ("p", "li", "strong"),
    "code": ("p", "li", "strong"),
}
"""The tags that are ours, and in which others they may stand."""


class Html(HTMLParser):
    """A formatted_body, read as far as it has our tags in their places only."""

    def __init__(self, html: str, own: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.counts: dict[str, int] = {}
        self.led: list[str] = []
        self.code: list[str] = []
        self.shown: list[str] = []
        self.live: list[str] = []
        self._html, self._own = html, own
        if ESCAPES.search(html):
            refuse("an ampersand that is not escaped", html)
        self.feed(html if BLOCK.match(html) else f"<p>{html}</p>")  # one paragraph alone needs no tag
        self.close()
        if self.open:
            refuse(f"{self.open} without an end", html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (self.open or [""])[-1] not in WITHIN.get(tag, ()):
            refuse(f"<{tag}> within {self.open}", self._html)
        given = dict(attrs)
        if tag == "a" and set(given) == {"href"} and given["href"] in self._own:
            self.led.append(given["href"] or "")
        elif not (tag == "ol" and set(given) == {"start"} and re.fullmatch("[0-9]+", given["start"] or "")) and given:
            refuse(f"attributes {given} of <{tag}>", self._html)
        elif tag == "a":
            refuse("a link that is not ours", self._html)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag != "br":
            self.open.append(tag)
        if tag in ("p", "li", "br", "blockquote"):
            self.shown.append("\n")
            self.live.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        refuse(f"<{tag}/>", self._html)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            refuse(f"</{tag}>", self._html)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] in ("ol", "ul"):
            refuse("text outside of paragraphs", self._html)
        if self.open[-1] == "a":
            if self.open[-2:] == ["strong", "a"]:  # a name, of which there are as many as that stand out
                self.shown.append(data)
                self.live.append(data)
            elif data not in ("open", "open in Facebook"):
                refuse(f"a link called {data!r}", self._html)
        else:
            self.shown.append(data)
            self.live.append("" if self.open[-1] == "code" else data)  # clients make no links and calls of code
            if self.open[-1] == "code":
                self.code.append(data)

    def handle_comment(self, data: str) -> None:
        refuse("a comment", self._html)

    def handle_decl(self, decl: str) -> None:
        refuse("a declaration", self._html)

    def handle_pi(self, data: str) -> None:
        refuse("an instruction", self._html)

    def unknown_decl(self, data: str) -> None:
        refuse("a declaration", self._html)


def mentions(post: Post) -> dict[str, Any]:
    """Whom the first event of a post is to notify: those it mentions in its headline, and nobody else."""
    ids = [piece.id for piece in post.headline if isinstance(piece, Mention)]
    people = [id for id in ids if re.fullmatch(r"@[^\s:]+:\S+", id)]
    return ({"user_ids": people} if people else {}) | ({"room": True} if "room" in ids else {})


def without_pills(html: str, called: dict[str, Any]) -> str:
    """The HTML without the link for each of the people it notifies."""
    for person in called.get("user_ids", ()):
        pill = re.search(rf'<a href="https://matrix\.to/#/{re.escape(quote(person))}">(@[\w.]+)</a>', html)
        if not pill:
            refuse(f"no link for {person}", html)
        html = html.replace(pill[0], pill[1], 1)
    return html


def check_matrix(post: Post, contents: Sequence[Any]) -> None:
    """The contents of m.room.message events."""
    own, called = links(post), mentions(post)
    bodies: list[str] = []
    shown: list[str] = []
    live: list[str] = []
    counts: dict[str, int] = {}
    led: list[str] = []
    code: list[str] = []
    for content in contents:
        if len(json.dumps(content)) > MOST:
            refuse("too much", str(content))
        if set(content) != {"msgtype", "body", "format", "formatted_body", "m.mentions"}:
            refuse("an unknown field", str(content))
        if (content["msgtype"], content["format"]) != (
            "m.text" if post.alert else "m.notice",
            "org.matrix.custom.html",
        ):
            refuse("another kind", str(content))
        if content["m.mentions"] != called:
            refuse("a mention", str(content["m.mentions"]))
        html = Html(without_pills(content["formatted_body"], called), own)
        counts = {tag: counts.get(tag, 0) + html.counts.get(tag, 0) for tag in counts | html.counts}
        led += html.led
        code += html.code
        bodies.append(content["body"])
        shown.append("".join(html.shown))
        live += [said.replace("@room", "", "room" in called) for said in (content["body"], "".join(html.live))]
        called = {}
    for said in live:
        if "@room" in said.casefold():
            refuse("a call for everybody", said)
        check_unlinked(said, own)
    for said in (*bodies, *shown):
        check_characters(said)
    if led != own:
        refuse(f"links to {led}", str(own))
    lines = [line for line in (post.headline, *post.lines, *post.notes) if any(map(visible, line))]
    rows = [row for row in post.rows if any(visible(piece) for cell in row for piece in cell)]
    names = sum(isinstance(piece, Name) for piece in pieces(post))
    if counts.get("li", 0) != len(rows) or counts.get("strong", 0) > bool(post.rows) + names:
        refuse(f"{counts} instead of {len(rows)} rows and {names} names", str(shown))
    typed = sum(isinstance(piece, Command | Reference) for piece in pieces(post))
    ours = {word.rstrip(".,;:?!") for piece in pieces(post) if isinstance(piece, str) for word in APART.split(piece)}
    if not len(code) - sum(each in ours for each in code) <= typed <= len(code):  # of our own words, some are code too
        refuse(f"{code} as code instead of {typed}", str(shown))
    if "\n".join(bodies).count("\n") + 1 != max(1, len(lines) + len(rows)):
        refuse("more or fewer lines than the post has", str(bodies))
    check_legible(post, "\n".join(bodies))
    check_legible(post, "\n".join(shown))
