"""A look that can be carried on: what was read of a list so far, and where it goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice

from pageinbox.graph.client import GraphClient, Slice
from pageinbox.graph.pages import slices
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError
from pageinbox.model.look import UPDATED, Look


@dataclass(slots=True)
class OpenLook:
    """A look with the cursor behind it; it is carried on in a copy, since whoever was given `look` keeps it.

    `began` is when its first slice was asked for, by the listing's timer; it is never kept longer than the ttl from
    then. `found` are its conversations by id, in Meta's order. `tried` is how many conversations were wanted in vain:
    Meta gave no cursor that leads on, or ever so short pages.
    """

    look: Look
    began: float
    after: str | None = None
    found: dict[str, Conversation] = field(default_factory=dict)
    tried: int = 0

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return self.look.size

    def reaches(self, want: int, until: float | None) -> bool:
        """Whether it holds `want` conversations, or all that changed at `until` or later, or all there are."""
        look = self.look
        if not look.more or look.trouble is not None or want <= self.tried or want <= len(self.found):
            return True
        return until is not None and bool(self.found) and next(reversed(self.found.values())).updated < until

    def copy(self) -> OpenLook:
        """The same look, to be carried on."""
        return OpenLook(self.look, self.began, self.after, found=dict(self.found))

    def add(self, part: Slice, now: float) -> None:
        """Put one more slice behind it; the time of the look is that of its first slice.

        What moved to the front meanwhile comes twice, and is kept once.
        """
        for conversation in part.conversations:
            self.found.setdefault(conversation.id, conversation)
        look = self.look
        unreadable = [*look.unreadable, *part.unreadable] if part.unreadable else look.unreadable
        self.look = replace(look, unreadable=unreadable, more=part.more, at=now if look.at is None else look.at)
        self.after = part.after

    def sort(self) -> None:
        """Put what was found into the look, newest first: Meta's order by all we know, but nowhere by promise."""
        self.look = replace(self.look, conversations=sorted(self.found.values(), key=UPDATED, reverse=True))


def read_on(
    known: OpenLook,
    client: GraphClient,
    user_id: str | None,
    *,
    want: int,
    until: float | None,
    clock: Callable[[], float],
    timer: Callable[[], float],
) -> OpenLook:
    """A look carried on, or begun, until it reaches far enough. A cursor that died begins it anew.

    `clock` tells seconds since 1970, `timer` seconds that never go back. What was read before trouble is kept, with the
    trouble. Raises a GraphError where nothing was.
    """
    source, look = known.look.source, known.copy()

    def restart() -> None:
        nonlocal look
        look = OpenLook(Look(source, more=True), timer())

    parts = slices(
        client,
        source,
        wanted=lambda: want - len(look.found),
        restart=restart,
        user_id=user_id,
        after=look.after,
    )
    try:
        # Pages may be short or empty and still have a next; a person does not wait for a hundred such.
        for part in islice(parts, 10 + want // 10):
            look.add(part, clock())
            if look.reaches(want, until):
                break
        else:
            look.tried = want if look.after else sys.maxsize
    except GraphError as error:
        if look.look.at is None:
            raise
        look.look = replace(look.look, trouble=error)
    look.sort()
    return look
