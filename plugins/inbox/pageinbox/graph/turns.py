"""Whose turn it is in a conversation: since which message somebody waits, and which one was an answer before."""

from __future__ import annotations

from collections.abc import Sequence


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
