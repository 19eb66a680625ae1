"""Reading one list as far back as is needed, and no further: newest first, until what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pageinbox.graph.client import GraphClient, Slice
from pageinbox.model.errors import CursorDead, Unavailable
from pageinbox.model.source import Folder, Source

FIRST, FURTHER = 50, 200
"""Conversations asked for by the first call of a look, and by each further one."""

RESTARTS = 3
"""How often a walk begins anew because its cursor died."""

EMPTY = 20
"""As many empty pages in a row, each promising more, are no list but trouble."""


class Stopped(Exception):
    """Whoever asked for the walk is no longer there."""


def slices(
    client: GraphClient,
    source: Source,
    going: Callable[[], bool],
    restart: Callable[[], None] = lambda: None,
    first: int = FIRST,
) -> Iterator[Slice]:
    """One list, slice by slice from its front, for as long as it is asked for more.

    A cursor that died, because what it pointed to moved away, begins it again: what was read comes twice then, and
    nothing is missed; `restart` hears of it. `going` tells whether to go on. Raises a GraphError, or Stopped.
    """
    folder = None if source.folder is Folder.INBOX else source.folder
    after, restarts, empty, limit = None, RESTARTS, 0, first
    while True:
        if not going():
            raise Stopped
        try:
            part = client.conversations(source.platform, folder=folder, limit=limit, after=after, background=True)
        except CursorDead:
            if not restarts:
                raise
            restarts, after, limit = restarts - 1, None, first
            restart()
            continue
        yield part
        if not part.more:
            return
        empty = 0 if part.conversations or part.unreadable else empty + 1
        if part.after is None or empty == EMPTY:
            raise Unavailable("the list says that there is more, but not where")
        after, limit = part.after, FURTHER
