"""What one room may learn of another: that it is there, and no more, unless admins alone read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from pageinbox.model.post import Command, Line, Piece, Post, Room
from pageinbox.words.english import counted

ADMINS = "My admins can see it in a direct chat with me"


def unnamed(post: Post, sees: Callable[[str], bool]) -> Post:
    """A post in which no room is named that `sees` denies: whatever says something of rooms goes through here."""
    if not names_rooms((post.headline, *post.lines, *post.notes)) and not any_names_rooms(post.rows):
        return post  # as mostly

    def named(piece: Piece) -> Piece:
        return "another room" if isinstance(piece, Room) and not sees(piece.text) else piece

    def line(pieces: Line) -> Line:
        return tuple(map(named, pieces))

    return replace(
        post,
        headline=line(post.headline),
        lines=tuple(map(line, post.lines)),
        rows=tuple(tuple(map(line, row)) for row in post.rows),
        notes=tuple(map(line, post.notes)),
    )


def names_rooms(lines: Iterable[Line]) -> bool:
    """Whether some of these lines or cells name a room."""
    return Room in set(map(type, chain.from_iterable(lines)))


@lru_cache(20)  # a list that is asked for again mostly has the same rows
def any_names_rooms(rows: tuple[tuple[Line, ...], ...]) -> bool:
    """Whether some of these rows name a room."""
    return names_rooms(chain.from_iterable(rows))


def elsewhere(rooms: int, command: str, verb: tuple[str, str]) -> Line:
    """That something is to be told of so many other `rooms` too, and where: `2 other rooms can't be reached.`

    `verb` is what they do, of one and of several; `command` is what an admin can type.
    """
    return (f"{counted(rooms, 'other room')} {verb[rooms > 1]}. {ADMINS}: ", Command(command))
