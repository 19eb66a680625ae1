"""Where the parts of a post go in Slack: a customer's words apart, when and what else below, and each link once."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from pageinbox.chat.slack.elements import PLAIN, QUIET, Style
from pageinbox.model.post import Line, Link, Name, Post, Reference, Words

Styled = tuple[Line, Style, bool]
"""A line, its style, and whether it is a quote."""

EDGES = " ,:·"
"""What stands between the parts of a line, and goes when they are set apart."""


def named(post: Post) -> Post:
    """The same without links to where the name of somebody leads already."""
    cells = [cell for row in post.rows for cell in row]
    leads = {
        piece.url
        for line in (post.headline, *post.lines, *cells, *post.notes)
        for piece in line
        if isinstance(piece, Name) and piece.url
    }

    def kept(line: Line) -> Line:
        return tuple(piece for piece in line if not (isinstance(piece, Link) and piece.url in leads))

    return replace(
        post,
        lines=tuple(map(kept, post.lines)),
        rows=tuple(tuple(map(kept, row)) for row in post.rows),
        notes=tuple(map(kept, post.notes)),
    )


def is_reference(cell: Line) -> bool:
    """Whether a cell is a ref, which comes last in its row."""
    return len(cell) == 1 and isinstance(cell[0], Reference)


def set_apart(line: Line) -> list[Styled]:
    """A line that quotes a customer as three: who and where, their words, and all else; any other as it is."""
    quotes = [piece for piece in line if isinstance(piece, Words) and piece.quoted]
    if not quotes:
        return [(line, PLAIN, False)]
    place = line.index(quotes[0])
    begin = next((at + 1 for at, piece in enumerate(line[:place]) if isinstance(piece, Name)), place)
    rest = stripped((*stripped(line[begin:place]), *line[place + 1 :]))
    words: Line = (msgspec.structs.replace(quotes[0], quoted=False),)
    return [(stripped(line[:begin]), PLAIN, False), (words, PLAIN, True), (rest, QUIET, False)]


def stripped(line: Line) -> Line:
    """A line without what stands between its parts at its ends."""
    pieces = list(line)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while pieces and isinstance(piece := pieces[end], str):
            if kept := strip(piece, EDGES):
                pieces[end] = kept
                break
            pieces.pop(end)
    return tuple(pieces)
