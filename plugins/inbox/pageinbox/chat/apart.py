"""A post on networks that can set its parts apart: each link once, and a customer's words by themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from pageinbox.chat.plain import plain
from pageinbox.model.post import Foreign, Line, Link, Moment, Name, Post, Reference, Words

EDGES = " ,:·"
"""What stands between the parts of a line, and goes when they are set apart."""


def named(post: Post) -> Post:
    """The same without links to where the name of somebody, as far as it can be seen, leads already."""
    cells = [cell for row in post.rows for cell in row]
    leads = {
        piece.url
        for line in (post.headline, *post.lines, *cells, *post.notes)
        for piece in line
        if isinstance(piece, Name) and plain(piece.text, piece.most)
    }

    def kept(line: Line) -> Line:
        return tuple(piece for piece in line if not (isinstance(piece, Link) and piece.url in leads))

    return replace(
        post,
        lines=tuple(map(kept, post.lines)),
        rows=tuple(tuple(map(kept, row)) for row in post.rows),
        notes=tuple(map(kept, post.notes)),
    )


def ordered(row: Sequence[Line]) -> list[Line]:
    """The cells of a row with the ref at its end.

    Where the row would then begin with right-to-left letters, which would turn all of it around, the ref stays.
    """
    last = sorted(row, key=lambda cell: len(cell) == 1 and isinstance(cell[0], Reference))
    return list(row) if turned(last) else last


def turned(row: Sequence[Line]) -> bool:
    """Whether the first letters in a row are of a right-to-left script."""
    for piece in (piece for cell in row for piece in cell):
        if not isinstance(piece, str | Foreign):
            return False  # a word of ours
        text = piece if isinstance(piece, str) else plain(piece.text, piece.most)
        for direction in map(unicodedata.bidirectional, text):
            if direction in ("L", "R", "AL"):
                return direction != "L"
    return False


def set_apart(line: Line) -> tuple[Line, Line, Line] | None:
    """A line that quotes a customer as three: who and where, their words, and all else; None for any other."""
    quotes = [piece for piece in line if isinstance(piece, Words) and piece.quoted]
    if not quotes:
        return None
    place = line.index(quotes[0])
    names = [at + 1 for at, piece in enumerate(line[:place]) if isinstance(piece, Name)]
    times = [at for at, piece in enumerate(line[:place]) if isinstance(piece, Moment)]
    begin = [*names, *times, place][0]
    rest = stripped((*stripped(line[begin:place]), *line[place + 1 :]))
    return stripped(line[:begin]), (msgspec.structs.replace(quotes[0], quoted=False),), rest


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
