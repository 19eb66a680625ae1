"""Whose turn it is in a conversation: since which message somebody waits, and which one was an answer before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

KEPT = 200
"""Courses of conversations that are remembered: there are few, with as few messages as a list has of each."""


class Turns(NamedTuple):
    """The numbers of three messages, None for none: the one somebody waits since, the first of the answer before that,
    and the first of what was answered then.

    Where the Page wrote before them, `waits_certain` and `asked_certain` tell that they were the first.
    """

    waits: int | None
    answered: int | None
    asked: int | None
    waits_certain: bool
    asked_certain: bool


@lru_cache(KEPT)
def turns_of(from_page: tuple[bool | None, ...], last: int, nothing: tuple[bool, ...]) -> Turns:
    """Whose turn it was, from now back to the answer before the last; of messages as in `turns`."""
    waits, answered, certain = turns(from_page, last, nothing)
    if answered is None:
        return Turns(waits, None, None, certain, False)
    asked, _, sure = turns(from_page, answered + 1, nothing)
    return Turns(waits, answered, asked, certain, sure)


def turns(from_page: Sequence[bool | None], last: int, nothing: Sequence[bool]) -> tuple[int | None, int | None, bool]:
    """The numbers of the message that somebody waits since and of the latest answer's first one, None for neither.

    Messages are newest first; `from_page` tells of each whether it is the Page's, `nothing` whether it was taken
    back, or is the Page's and nobody wrote it, and `last` is the newest of the others. The third value says that
    whoever waits is known since then for certain: an answer was met before.
    """
    waits, number = None, last
    while number < len(from_page) and (nothing[number] or from_page[number] is False):
        waits = waits if nothing[number] else number
        number += 1
    if number == len(from_page) or not from_page[number]:
        return waits, None, False
    first = number
    while first + 1 < len(from_page) and from_page[first + 1]:
        first += 1
    while first > number and nothing[first]:
        first -= 1
    return waits, first, True
