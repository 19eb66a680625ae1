"""A post on networks that can set its parts apart: each link once, and a customer's words by themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec

from pageinbox.chat.plain import plain
from pageinbox.model.post import Line, Link, Moment, Name, Post, Words

EDGES = " ,:·"
"""What stands between the parts of a line, and goes when they are set apart."""


class Leading(Name, frozen=True, gc=False):
    """A name that leads to the conversation."""

    url: str = ""


def with_leading_names(post: Post, most: float = math.inf) -> Post:
    """The same with names that lead where a row's, or the post's, only link does, and without that link.

    A link with an address of more than `most` characters stays.
    """
    if post.rows:
        return replace(post, rows=tuple(with_leading_name(row, most) for row in post.rows))
    headline, *lines = with_leading_name((post.headline, *post.lines), most)
    return replace(post, headline=headline, lines=tuple(lines))


def with_leading_name(lines: tuple[Line, ...], most: float) -> tuple[Line, ...]:
    """Lines or cells of which the first name leads where their only link does; as they are without such a name."""
    pieces = [piece for line in lines for piece in line]
    links = [piece for piece in pieces if isinstance(piece, Link)]
    name = next((piece for piece in pieces if isinstance(piece, Name) and plain(piece.text, piece.most)), None)
    if len(links) != 1 or name is None or len(links[0].url) > most:
        return lines
    leading = Leading(name.text, name.quoted, name.most, links[0].url)
    kept = ((leading if piece is name else piece for piece in line if piece is not links[0]) for line in lines)
    return tuple(map(tuple, kept))


def set_apart(line: Line) -> tuple[Line, Line, Line] | None:
    """A line that quotes a customer as three: who and where, their words, and all else; None for any other."""
    quotes = [piece for piece in line if isinstance(piece, Words) and piece.quoted]
    if not quotes:
        return None
    place = line.index(quotes[0])
    before = [(at, piece) for at, piece in enumerate(line[:place]) if isinstance(piece, Name | Moment)]
    at, last = before[0] if before else (place, None)
    begin = at + isinstance(last, Name)
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
