"""A post as Errbot's Markdown: for the text backend and every network without a module of its own.

Rows stand in a fenced block, where Markdown is inert, so that columns line up and nothing in them is markup.
Everything foreign is first made plain (:func:`plain`), and escaped where it stands outside the block.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from wcwidth import wcswidth

from pageinbox.post import Command, Foreign, Line, Link, Moment, Piece, Post
from pageinbox.words.english import moment

LIVE = re.compile(r"([\\`*_{}\[\]()#+\-.!|])")
BLANKS = re.compile(r"\s+")
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
JOINERS = frozenset("\u200c\u200d")
"""Left alone, between visible characters: Persian and emoji families are not legible without them."""

MARKS_MAX = 3


def plain(text: str, most: int) -> str:
    """Foreign text as one line of at most `most` visible characters.

    Control, format and bidirectional override characters are gone, so are combining marks piled on one letter, and
    words in a right-to-left script are set apart so that they do not turn the rest of the line around.
    """
    if len(text) <= most and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept: list[str] = []
    marks = 0
    for char in BLANKS.sub(" ", unicodedata.normalize("NFC", text[: most * 20])).strip():
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MARKS_MAX or (category in HIDDEN and not (char in JOINERS and kept and kept[-1] not in JOINERS)):
            continue
        kept.append(char)
    if len(kept) > most:
        kept = [*"".join(kept[: most - 1]).rstrip(), "…"]
    line = BLANKS.sub(" ", "".join(kept)).strip()
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in kept):
        return f"{ISOLATE}{line}{END_ISOLATE}"
    return line


def words_of(piece: Piece, prefix: str) -> str:
    """A piece as plain text, not escaped."""
    match piece:
        case Foreign():
            text = plain(piece.text, piece.most)
            return f"“{text}”" if piece.quoted else text
        case Moment():
            return moment(piece.at, piece.now)
        case Command():
            return prefix + piece.text
        case Link():
            return piece.url
        case str():
            return piece


def escape(text: str) -> str:
    """Text as Markdown that shows just that text, through Errbot's converters to text, terminal and HTML."""
    escaped = LIVE.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return f"&#{ord(escaped[0])};{escaped[1:]}" if escaped[:1] in (":", "~") else escaped


def render(post: Post, prefix: str = "!") -> str:
    """The post as Markdown; `prefix` is what commands begin with in this bot."""

    def inline(line: Line) -> str:
        return escape("".join(words_of(piece, prefix) for piece in line).strip())

    parts = [f"**{inline(post.headline)}**", *map(inline, post.lines)]
    if post.rows:
        parts.append(block(table(post.rows, lambda line: "".join(words_of(piece, prefix) for piece in line))))
    parts += map(inline, post.notes)
    return "\n\n".join(parts)


def block(lines: Sequence[str]) -> str:
    """Lines as a fenced block. The first is empty, since Errbot's text converters indent it by one."""
    return "\n".join(("```", "", *lines, "```"))


def table(rows: Sequence[Sequence[Line]], text_of: Callable[[Line], str]) -> list[str]:
    """Rows as lines with their cells below each other, two blanks between; numbers in the first cell to the right.

    Columns that are empty in every row are left out.
    """
    columns = [column for column in zip(*([text_of(cell) for cell in row] for row in rows), strict=True) if any(column)]
    for place, column in enumerate(columns):
        widths = [width(cell) for cell in column]
        most = max(widths)
        pads = [" " * (most - wide) for wide in widths]
        columns[place] = tuple(
            pad + cell if place == 0 and cell.isdecimal() else cell + pad
            for cell, pad in zip(column, pads, strict=True)
        )
    return [" " + "  ".join(row).rstrip() for row in zip(*columns, strict=True)]


def width(text: str) -> int:
    """The columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return max(0, wcswidth(text.replace(ISOLATE, "").replace(END_ISOLATE, "")))
