"""A post as Errbot's Markdown: for the text backend and every network without a module of its own.

Rows stand in a fenced block, where Markdown is inert, so that columns line up and nothing in them is markup.
Everything foreign is first made plain (:func:`plain`), and escaped where it stands outside the block.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from textwrap import wrap

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
"""Combining marks on one letter that a living script needs; more of them climb over the lines above."""

ESCAPED_MOST = 6
"""How many times longer a text can become by being escaped: ``&amp;``, and a little for what stands around it."""

CONTINUED = "…"
"""What a message begins with that goes on with the rows: Errbot strips the blanks before a block that comes first."""

SHORTEST, ENDLESS = 400, 1_000_000
"""The least room a message is given (IRC's is 510), and what stands for no limit."""


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


def messages(post: Post, prefix: str = "!", most: int | None = None) -> list[str]:
    """The post as Markdown, in as many messages as it takes to keep each within `most` characters.

    Each is whole by itself, with a fenced block of its own: Errbot cuts what is longer anywhere, and what stood behind
    a cut in the block would be Markdown again. `prefix` is what commands begin with in this bot.
    """
    most = max(most or ENDLESS, SHORTEST)
    done: list[str] = []
    filling: list[str] = []

    def room() -> int:
        return most - sum(len(paragraph) + 2 for paragraph in filling)

    def close() -> None:
        if filling:
            done.append("\n\n".join(filling))
            filling.clear()

    def inline(lines: Sequence[Line], mark: str = "") -> None:
        for line in lines:
            text = "".join(words_of(piece, prefix) for piece in line).strip()
            whole = len(escape(text)) + 2 * len(mark) <= most
            for part in [text] if whole else wrap(text, most // ESCAPED_MOST):
                paragraph = f"{mark}{escape(part)}{mark}"
                if len(paragraph) > room():
                    close()
                filling.append(paragraph)

    inline([post.headline], mark="**")
    inline(post.lines)
    rows = table(post.rows, lambda line: "".join(words_of(piece, prefix) for piece in line))
    while rows:
        free = room() - len(block([]))
        fitting = bisect_right(list(accumulate(len(row) + 1 for row in rows)), free)
        if not fitting and filling != [CONTINUED]:
            close()
            filling.append(CONTINUED)
            continue
        count = max(1, fitting)
        filling.append(block([row[: free - 1] for row in rows[:count]]))
        rows = rows[count:]
    inline(post.notes)
    close()
    return done


def render(post: Post, prefix: str = "!") -> str:
    """The post as one Markdown text, however long."""
    return "\n\n".join(messages(post, prefix))


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
