"""A post for Matrix: the content of one or more m.room.message events.

Each holds the post twice: `body`, which reads well by itself, and `formatted_body` with only those tags of the Matrix
specification's list (Client-Server API, "m.room.message msgtypes") that are written here. Whatever is said is made
plain, free of links and escaped; addresses we vouch for are the only links.

In HTML a person's name stands out and leads to the conversation. What they wrote is a quote, where it stands in a line
and not in a row; then when, how it stands and the ref follow below it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from html import escape
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from pageinbox.chat.apart import Leading, set_apart, with_leading_names
from pageinbox.chat.errbot.content import words_of
from pageinbox.chat.plain import unlinked
from pageinbox.model.post import Command, Line, Link, Mention, Name, Piece, Post, Reference

Content = dict[str, Any]

MOST = 40_000
"""Bytes of one event's content. Events end at 65,536, and encryption makes four bytes of three."""

EDITABLE = MOST // 2 - 1_000
"""Bytes of a content that can be edited: an edit holds it twice, and says what it edits."""

LONGEST = 2_000
"""Characters of one line or row; no post of ours comes near."""

EVERYBODY = "room"
"""The id of a `Mention` of everybody in the room; those of people are Matrix's own."""

PERSON = re.compile(r"@[^\s:]{1,200}:\S{1,200}")

ROOM = re.compile("@(?=room)", re.IGNORECASE)
"""What calls everybody on clients and servers that do not know m.mentions yet."""


class Part(NamedTuple):
    """One line or row: what it is, as text and as HTML; `number` is what a row of a counted list begins with."""

    kind: str
    text: str
    html: str
    number: int | None = None

    @property
    def size(self) -> int:
        """Bytes it takes in a content, in the JSON with the most of them, and with the tags around it."""
        return len(json.dumps(self.text)) + len(json.dumps(self.html)) + 100


MORE = Part("note", "…", "…")


def content(post: Post, prefix: str = "!") -> Content:
    """The post as one event that can be edited; what does not fit is cut off, with a last line that says so.

    `prefix` is what commands begin with in this bot.
    """
    first, *rest = packed(parts(post, prefix), EDITABLE - MORE.size)
    said = event([*first, MORE] if rest else first, alert=post.alert)
    return said | {"m.mentions": mentions(post)}


def mentions(post: Post) -> Content:
    """Whom an event notifies: the people a post mentions in its headline, and the room."""
    ids = [piece.id for piece in post.headline if isinstance(piece, Mention)]
    people = list(filter(PERSON.fullmatch, ids))
    return ({"user_ids": people} if people else {}) | ({"room": True} if EVERYBODY in ids else {})


def contents(post: Post, prefix: str = "!") -> list[Content]:
    """The post as the events it takes to keep each within `MOST`; no line or row is torn apart."""
    first, *rest = (event(those, alert=post.alert) for those in packed(parts(post, prefix), MOST))
    return [first | {"m.mentions": mentions(post)}, *rest]


def in_thread(content: Content, root: str) -> Content:
    """The same in the thread that began with the event `root`; clients without threads show a reply to it."""
    relation = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": root}}
    return {**content, "m.relates_to": relation}


def in_reply(content: Content, event: str) -> Content:
    """The same as a reply to an event."""
    return {**content, "m.relates_to": {"m.in_reply_to": {"event_id": event}}}


def edited(content: Content, receipt: str) -> Content:
    """An event that lets the one with the id `receipt` be `content`; clients without edits show it with an asterisk.

    It is a notice whatever it edits, so that nobody is alerted again.
    """
    return {
        **content,
        "msgtype": "m.notice",
        "body": f"* {content['body']}",
        "formatted_body": f"* {content['formatted_body']}",
        "m.new_content": content,
        "m.relates_to": {"rel_type": "m.replace", "event_id": receipt},
    }


def parts(post: Post, prefix: str) -> Iterator[Part]:
    """What a post consists of, from top to bottom; in HTML an address that a name leads to stands nowhere else."""
    zone, shown = post.zone, with_leading_names(post)
    if post.rows:
        headline = part("head", post.headline, prefix, zone, bold=True)
        yield headline._replace(html=f"<strong>{headline.html}</strong>")
    else:
        yield from told(post.headline, shown.headline, prefix, zone)
    for line, less in zip(post.lines, shown.lines, strict=True):
        yield from told(line, less, prefix, zone)
    for row, without in zip(post.rows, shown.rows, strict=True):
        yield row_part(row, without, prefix, zone)
    for line in post.notes:
        yield part("note", line, prefix, zone)


def told(line: Line, shown: Line, prefix: str, zone: tzinfo) -> Iterator[Part]:
    """A line outside of rows, which in HTML is `shown`: one part, or three where somebody is quoted."""
    whole, apart = part("head", line, prefix, zone), set_apart(shown)
    if len(whole.text) >= LONGEST:
        yield whole
    elif apart is None:
        yield whole._replace(html=part("head", shown, prefix, zone).html)
    else:
        who, said, rest = (part("head", some, prefix, zone).html for some in apart)
        yield whole._replace(html=who)
        yield Part("quote", "", said)
        yield Part("context", "", rest)


def row_part(row: Sequence[Line], shown: Sequence[Line], prefix: str, zone: tzinfo) -> Part:
    """A row, which in HTML is `shown`, with the ref at its end."""
    texts = [cell.text for cell in (part("row", cell, prefix, zone) for cell in row) if cell.text]
    refs_last = sorted(shown, key=lambda cell: len(cell) == 1 and isinstance(cell[0], Reference))
    htmls = [html for cell in refs_last if (html := part("row", cell, prefix, zone, "open").html)]
    number = int(texts[0]) if texts and re.fullmatch("[0-9]{1,9}", texts[0]) else None
    return kept_short(Part("row", " · ".join(texts), " · ".join(htmls if number is None else htmls[1:]), number))


def part(
    kind: str, line: Line, prefix: str, zone: tzinfo, link: str = "open in Facebook", *, bold: bool = False
) -> Part:
    """A line; `zone` is that of its times, `link` what its links are called in HTML.

    In one that is `bold` anyhow names are like other words.
    """
    texts = [text_of(piece, prefix, zone) for piece in line]
    htmls = [
        escape(text) if bold and isinstance(piece, Name) else html_of(piece, text, prefix, zone, link)
        for piece, text in zip(line, texts, strict=True)
    ]
    return kept_short(Part(kind, "".join(texts).strip(), "".join(htmls).strip()))


def kept_short(part: Part) -> Part:
    if len(part.text) <= LONGEST:
        return part
    text = part.text[: LONGEST - 1] + "…"
    return part._replace(text=text, html=escape(text), number=None)


def text_of(piece: Piece, prefix: str, zone: tzinfo) -> str:
    if isinstance(piece, Mention) and piece.id == EVERYBODY:
        return "@room"
    words = words_of(piece, prefix, zone)
    return words if isinstance(piece, Link) else ROOM.sub("＠", unlinked(words))


def html_of(piece: Piece, text: str, prefix: str, zone: tzinfo, link: str) -> str:
    match piece:
        case Command():  # to be copied as it is, and clients make no links there
            return f"<code>{escape(words_of(piece, prefix, zone))}</code>"
        case Reference():
            return f"<code>{escape(text)}</code>"
        case Leading():
            return f"<strong>{anchor(piece.url, text)}</strong>"
        case Name() if text:
            return f"<strong>{escape(text)}</strong>"
        case Link():
            return anchor(piece.url, link)
        case Mention() if PERSON.fullmatch(piece.id):
            return anchor(f"https://matrix.to/#/{quote(piece.id)}", text)
        case str():
            return re.sub(r"[^\s“”()]+", lambda match: copyable(match[0]), words_of(piece, prefix, zone))
    return escape(text)


def copyable(word: str) -> str:
    """A word of ours: code where clients would make a link of it, since a path or a setting is to be copied."""
    core = word.rstrip(".,;:?!")
    if core == unlinked(core):
        return escape(ROOM.sub("＠", word))
    return f"<code>{escape(core)}</code>{escape(word.removeprefix(core))}"


def anchor(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def packed(parts: Iterable[Part], most: int) -> Iterator[list[Part]]:
    """The parts in their order, as many together as fit into `most` bytes; at least one list."""
    those: list[Part] = []
    size = EMPTY
    for part in parts:
        if not part.text and not part.html:
            continue
        if those and size + part.size > most:
            yield those
            those, size = [], EMPTY
        those.append(part)
        size += part.size
    yield those


def event(those: Sequence[Part], *, alert: bool = False) -> Content:
    """The content of one event, which mentions nobody.

    It is a notice, which other bots do not answer and every account's push rules silence; an `alert` is a text.
    """
    shown = [part for part in those if part.html]
    blocks = [(kind, list(same)) for kind, same in groupby(shown, lambda part: part.kind)]
    lone = len(blocks) == 1 and blocks[0][0] != "row"
    return {
        "msgtype": "m.text" if alert else "m.notice",
        "body": "\n".join(part.text for part in those if part.text),
        "format": "org.matrix.custom.html",
        "formatted_body": lines(shown) if lone else "".join(block(kind, same) for kind, same in blocks),
        "m.mentions": {},
    }


EMPTY = len(json.dumps(event([]))) + 500
"""Bytes of a content without text, and of what else may stand in it: the thread it belongs in, the backend's key."""


def block(kind: str, those: Sequence[Part]) -> str:
    """Parts of one kind as HTML; rows that are counted one by one as a list that goes on counting."""
    if kind == "quote":
        return f"<blockquote>{lines(those)}</blockquote>"
    if kind != "row":
        return f"<p>{lines(those)}</p>"
    begin = those[0].number
    numbers = [part.number for part in those]
    if begin is not None and numbers == list(range(begin, begin + len(those))):
        items = "".join(f"<li>{part.html}</li>" for part in those)
        return f'<ol start="{begin}">{items}</ol>'
    counted = "".join(f"<li>{numbered(part)}</li>" for part in those)
    return f"<ul>{counted}</ul>"


def lines(those: Sequence[Part]) -> str:
    return "<br>".join(part.html for part in those)


def numbered(part: Part) -> str:
    return part.html if part.number is None else " · ".join(filter(None, (str(part.number), part.html)))
