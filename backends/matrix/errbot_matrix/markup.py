"""Errbot's Markdown as the content of Matrix messages.

`formatted_body` holds only what the Matrix client-server API (v1.11, m.room.message, "Recommended HTML") allows:
raw HTML in the Markdown is shown as text, an image becomes a link, and links lead only to the web or to mail. `body`
reads well on its own. A single newline is a line break, as plugin authors expect.
"""

from __future__ import annotations

import json
import re
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from markdown import Markdown  # type: ignore[import-untyped]

EVENT_MAX = 45_000
"""Bytes in one content. An event may have 65,536 with all that servers add, and encryption adds a third."""

SCHEMES = ("http", "https", "mailto")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | {"blockquote", "hr", "ol", "p", "pre", "table", "ul"}
INLINE = frozenset({"a", "b", "br", "code", "del", "em", "i", "s", "strong", "sub", "sup", "u"})
TAGS = BLOCKS | INLINE | {"caption", "li", "tbody", "td", "th", "thead", "tr"}
PLAIN = frozenset({"p", "br"})
"""Tags that even a text without formatting needs."""

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
SLOW = 1000
"""This many brackets or backticks take the Markdown converter a fifth of a second; ten times as many, half a minute."""


def contents(text: str) -> list[dict[str, Any]]:
    """The contents of as many notices as the text takes, none over EVENT_MAX; an empty text takes none."""
    if not text.strip():
        return []
    one = content(text)
    if len(text) < 2 or len(json.dumps(one, ensure_ascii=False).encode()) <= EVENT_MAX:
        return [one]
    return [each for piece in pieces(text, (len(text) + 1) // 2) for each in contents(piece)]


def content(text: str) -> dict[str, Any]:
    """The text as the content of one notice, which mentions nobody."""
    text = CONTROLS.sub("", text.replace("\r\n", "\n").expandtabs(4))
    notice: dict[str, Any] = {"msgtype": "m.notice", "m.mentions": {}}
    if text.count("[") > SLOW or text.count("`") > SLOW:
        return {**notice, "body": text}
    try:
        page = Page(html(text))
    except RecursionError:  # nobody expects formatting from a text nested a hundred deep
        return {**notice, "body": text}
    notice["body"] = page.text
    if page.tags - PLAIN:
        lone = page.html.count("<p>") == 1 and not page.tags & (BLOCKS - {"p"})
        shown = page.html.removeprefix("<p>").removesuffix("</p>") if lone else page.html
        notice |= {"format": "org.matrix.custom.html", "formatted_body": shown}
    return notice


def html(text: str) -> str:
    """The HTML of a Markdown text, by a new converter, since a converter keeps state from one text to the next."""
    converter = Markdown(extensions=["attr_list", "fenced_code", "nl2br", "tables"])
    converter.preprocessors.deregister("html_block")
    converter.parser.blockprocessors.deregister("reference")  # it would swallow lines such as "[1]: x"
    converter.parser.blockprocessors["olist"].LAZY_OL = False  # a list that starts at 3 says so
    converter.inlinePatterns.deregister("html")
    made: str = converter.convert(text)
    return made


def pieces(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` characters, cut between lines; a fence that is cut is closed and reopened.

    A line longer than that is cut anywhere. The few characters of a fence may come on top.
    """
    found: list[str] = []
    lines: list[str] = []
    size = 0
    fence = ""

    def cut() -> None:
        nonlocal lines, size
        if any(line.strip() for line in lines):
            found.append("\n".join([*lines, closing(fence)] if fence else lines))
        lines, size = [fence] if fence else [], 0

    for whole in text.split("\n"):
        for line in [whole[at : at + most] for at in range(0, len(whole), most)] or [""]:
            if size + len(line) + 1 > most and size:
                cut()
            lines.append(line)
            size += len(line) + 1
        fence = fenced(whole, fence)
    if fence:
        fence = ""  # left open by the text itself
    cut()
    return found


def fenced(line: str, fence: str) -> str:
    """The line that opens the fence we are in after `line`, or empty. `fence` is the same for the line before."""
    mark = FENCE.match(line)
    if not mark:
        return fence
    if not fence:
        return line
    closes = line.strip() == mark[1] and mark[1].startswith(closing(fence))
    return "" if closes else fence


def closing(fence: str) -> str:
    """What closes the fence that this line opens."""
    mark = FENCE.match(fence)
    return mark[1] if mark else ""


class Page(HTMLParser):
    """HTML, read once: `html` is the part that Matrix allows, `text` the same as plain text, `tags` the tags in it."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self._html: list[str] = []
        self._text: list[str] = [""]
        self._open: list[str] = []
        self._numbers: list[int] = []
        self._links: list[tuple[str, int]] = []
        self.feed(source)
        self.close()
        self.html = "".join(self._html)
        self.text = self._text[0].strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.handle_starttag("a", [("href", given.get("src"))])
            self.handle_data(given.get("alt") or "image")
            self.handle_endtag("a")
        if tag not in TAGS or (tag == "a" and not href(given)):
            return
        self.tags.add(tag)
        self._html.append(f"<{tag}{attributes(tag, given)}>")
        if tag in ("br", "hr"):
            self._say("\n" if tag == "br" else "\n———\n")
            return
        if tag in BLOCKS and not (self._open and self._open[-1] == "li" and self._text[-1].endswith(("• ", ". "))):
            self._apart("li" not in self._open or tag == "pre")
        self._open.append(tag)
        match tag:
            case "blockquote":
                self._text.append("")
            case "ul":
                self._numbers.append(-1)
            case "ol":
                self._numbers.append(int(given["start"]) if given.get("start", "").isdigit() else 1)
            case "li":
                self._apart(False)
                number = self._numbers[-1] if self._numbers else -1
                self._say("  " * (len(self._numbers) - 1) + ("• " if number < 0 else f"{number}. "))
                if number >= 0:
                    self._numbers[-1] += 1
            case "tr":
                self._apart(False)
            case "td" | "th" if not self._text[-1].endswith("\n") and self._text[-1]:
                self._say(" | ")
            case "a":
                self._links.append((href(given), len(self._text[-1])))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        self._open.reverse()
        self._open.remove(tag)
        self._open.reverse()
        self._html.append(f"</{tag}>")
        match tag:
            case "blockquote":
                quoted = self._text.pop().strip("\n")
                self._say("\n".join(f"> {line}".rstrip() for line in quoted.split("\n")))
            case "ul" | "ol":
                self._numbers.pop()
            case "a":
                address, start = self._links.pop()
                if self._text[-1][start:] not in (address, address.removeprefix("mailto:")):
                    self._say(f" ({address})")
        if tag in BLOCKS:
            self._apart("li" not in self._open)

    def handle_data(self, data: str) -> None:
        if "pre" not in self._open:
            if not data.strip() and "\n" in data:
                return
            data = data.lstrip("\n") if self._html and self._html[-1] == "<br>" else data
            data = data.replace("\n", " ")
        self._html.append(escape(data, quote=False))
        self._say(data)

    def _say(self, text: str) -> None:
        self._text[-1] += text

    def _apart(self, far: bool) -> None:
        """Start a new line, after an empty one if `far`."""
        said = self._text[-1]
        if said:
            wanted = 2 if far else 1
            self._text[-1] += "\n" * max(0, wanted - (len(said) - len(said.rstrip("\n"))))


def attributes(tag: str, given: dict[str, str]) -> str:
    """The allowed attributes of a tag, as HTML."""
    match tag:
        case "a":
            return f' href="{escape(href(given))}"'
        case "ol" if given.get("start", "").isdigit():
            return f' start="{int(given["start"])}"'
        case "code":
            languages = [name for name in given.get("class", "").split() if re.fullmatch(r"language-[\w+#-]+", name)]
            return f' class="{escape(languages[0])}"' if languages else ""
    return ""


def href(given: dict[str, str]) -> str:
    """The address of a link, if it may be followed; else empty."""
    address = given.get("href", "")
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return ""
    return address if scheme in SCHEMES else ""


def escaped(text: str) -> str:
    """Markdown that says exactly this plain text, on one line."""
    line = " ".join(CONTROLS.sub("", text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_{}\[\]()>#+\-.!|])", r"\\\1", line)
