"""How a list was read last, so that what comes as it did then is not read again."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from pageinbox.model.conversation import Conversation


class Before:
    """How one list was read last.

    What came is not kept, being several times as large, but only a hash of what is read of it.
    """

    def __init__(self) -> None:
        self._read: tuple[Sequence[int], Sequence[Conversation]] = (), ()

    def read(self) -> dict[int, Conversation]:
        """What was read, by those hashes."""
        return dict(zip(*self._read, strict=True))

    def keep(self, read: Mapping[int, Conversation]) -> None:
        """This is how it was read last. A dict for each of thousands of lists would be several times as large."""
        self._read = array("q", read), tuple(read.values())
