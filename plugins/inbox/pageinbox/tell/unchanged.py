"""Whether a list comes just as it did when nothing was new in it, so that the ledger need not be asked again."""

from __future__ import annotations

from typing import NamedTuple

from pageinbox.graph.client import Slice
from pageinbox.ledger.sources import SourceRow


class Front(NamedTuple):
    """The first slice of a list, and what its source's row has of all that tells what to make of it."""

    complete: bool
    reached: int | None
    known: int
    disordered: bool
    conversations: int
    """Their hash: no customer's words are kept for it."""
    more: bool


class Unchanged:
    """Remembers the front of each list in which nothing was new, and behind which nothing had to be read.

    What a look makes of a front depends on the row of its source and on those of its conversations. Whoever learns,
    forgets or erases some of the latter changes the former too, also another bot, but for looks at other lists: these
    learn of newer messages, or forget what is idle there, and neither is news here. What they change else is found by a
    sweep, which asks all the same.
    """

    def __init__(self) -> None:
        self._fronts: dict[int, Front] = {}
        """By the source's row."""

    def same(self, row: SourceRow, part: Slice) -> bool:
        """Whether a front is what it was, and the ledger knows it."""
        return self._fronts.get(row.id) == front_of(row, part)

    def keep(self, row: SourceRow, part: Slice) -> None:
        """Remember a front that the ledger knows."""
        self._fronts[row.id] = front_of(row, part)


def front_of(row: SourceRow, part: Slice) -> Front:
    return Front(row.complete, row.reached, row.known, row.disordered, hash(tuple(part.conversations)), part.more)
