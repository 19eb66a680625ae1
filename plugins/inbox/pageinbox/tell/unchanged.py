"""Whether a list comes just as it did when nothing was new in it, so that the ledger need not be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from pageinbox.graph.client import Slice
from pageinbox.ledger.sources import SourceRow
from pageinbox.model.conversation import Conversation


class Front(NamedTuple):
    """The first slice of a list, and how far its source was known then."""

    row: SourceRow
    conversations: Sequence[Conversation]
    more: bool


class Unchanged:
    """Remembers the front of each list in which nothing was new, and behind which nothing had to be read.

    What a look makes of a front depends on the row of its source and on those of its conversations. Whoever changes the
    latter changes the former too, also another bot, but for looks at other lists: these learn of newer messages, or
    forget what is idle there, and neither is news here. What they change else is found by a sweep, which asks all the
    same.
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
    # Every look changes these two, whatever it finds.
    return Front(msgspec.structs.replace(row, looked=None, quiet_until=None), part.conversations, part.more)
