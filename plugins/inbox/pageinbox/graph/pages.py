"""Reading one list as far back as is needed, page by page. Nowhere else is a cursor followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from pageinbox.graph.client import GraphClient, Slice
from pageinbox.model.errors import CursorDead
from pageinbox.model.source import Folder, Source

FEWEST, MOST = 50, 200
"""Conversations asked for in one call. Meta is reported to give no more than 200, whatever the limit."""

RESTARTS = 3
"""How often the reading of a list begins anew because its cursor died, before that counts as trouble."""

EMPTY = 20
"""As many pages in a row with nothing new, each promising more, lead nowhere."""


SHORTEST = 20
"""Characters of what is taken for a token: all of Meta's are longer."""


class Stopped(Exception):
    """Whoever asked for the list is no longer there."""


def slices(
    client: GraphClient,
    source: Source,
    *,
    wanted: Callable[[], int],
    restart: Callable[[], object],
    user_id: str | None = None,
    after: str | None = None,
    background: bool = False,
    going: Callable[[], bool] = lambda: True,
) -> Iterator[Slice]:
    """One list, slice by slice, from its front or from the cursor `after`, for as long as the caller goes on.

    Each call asks for as many conversations as are then `wanted`, within `FEWEST` and `MOST`. `user_id` leaves only the
    conversations with that person. `background` work takes its turn after people's, and `going` tells before each call
    whether to go on.

    A cursor dies when what it points to moves away. The list then begins again at its front, and `restart` is called
    before its first slice. A list that promises more without leading on (no cursor, one that was met before or holds
    the token, which no address may, or `EMPTY` pages in a row with nothing new) ends there: its last slice has `more`,
    and None for `after`.

    Raises a `GraphError`, or `Stopped` when it is not to go on.
    """

    def before() -> None:
        if not going():
            raise Stopped

    folder = None if source.folder is Folder.INBOX else source.folder
    restarts, empty, met = RESTARTS, 0, {after}
    ids: set[str] = set()
    while True:
        limit = min(max(wanted(), FEWEST), MOST)
        try:
            part = client.conversations(
                source.platform,
                folder=folder,
                user_id=user_id,
                limit=limit,
                after=after,
                background=background,
                before=before,
            )
        except CursorDead:
            if not restarts:
                raise
            restarts, empty, after, met = restarts - 1, 0, None, {None}
            ids.clear()
            restart()
            continue
        known = len(ids)
        ids.update(conversation.id for conversation in part.conversations)
        empty = 0 if len(ids) > known or part.unreadable else empty + 1
        if part.after in met or empty == EMPTY or is_secret(part.after, client):
            part = msgspec.structs.replace(part, after=None)
        yield part
        if not part.more or part.after is None:
            return
        after = part.after
        met.add(after)


def is_secret(after: str | None, client: GraphClient) -> bool:
    """Whether a cursor holds the Page's token."""
    token = client.page.token.reveal()
    return after is not None and len(token) >= SHORTEST and token in after
