"""Which of the conversations that were read answer a question, and in which order they are shown."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import chain, islice

from pageinbox.model.answer import Group, Row
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import Look
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Source

SEARCHED = 200
"""Conversations of each source that are looked through for a filter."""

SEARCHED_SINCE = 500
"""The same for `since`, which stops by itself where it is far enough back."""


Found = tuple[Source, Conversation]
"""A conversation that is to be a row, and the list it was found in."""


def next_rows(query: InboxQuery, groups: Sequence[Group], before: Sequence[Row], ahead: int = 0) -> list[Found]:
    """What of the groups was not shown before: newest first, or the longest wait first.

    As many as are to be shown, and up to `ahead` of those that will come after them.

    Sources are read to different depths. What is older than the oldest one read of some source waits until that source
    has been read as far back, or its conversations would come out of order later. Of those that wait, the oldest is
    what is asked for, so they don't wait for that.
    """
    most = query.limit + ahead
    shown = {row.conversation.id for row in before}
    if all(group.known for group in groups):
        waiting = [unseen(group, shown) for group in groups]
        return list(islice(heapq.merge(*waiting, key=lambda pair: pair[1].waiting_since), most))
    new = chain.from_iterable(unseen(group, shown) for group in groups)
    if query.waiting:
        return heapq.nsmallest(most, new, key=lambda pair: pair[1].waiting_since)
    if len(groups) == 1:
        return list(islice(new, most))
    found = sorted(new, key=lambda pair: pair[1].updated, reverse=True)
    unfinished = [group.look for group in groups if not group.complete and group.look.trouble is None]
    oldest = [min(item.updated for item in look.conversations) for look in unfinished if look.conversations]
    reached = max(oldest, default=0.0)
    return [pair for pair in found if pair[1].updated >= reached][:most] or found[: query.limit]


def unseen(group: Group, shown: Set[str]) -> Iterator[Found]:
    """What of a group has none of the ids in `shown`."""
    return ((group.look.source, item) for item in group.matching if item.id not in shown)


def filtered(query: InboxQuery) -> bool:
    """Whether a question leaves out some of the conversations that were read."""
    return query.filters or query.since is not None or query.mark is not None


def matching(
    query: InboxQuery, conversations: Sequence[Conversation], until: float | None, now: float
) -> Sequence[Conversation]:
    """The conversations the question's filters let through at `now`, of those that changed at `until` or later."""
    if not filtered(query):
        return conversations
    return [
        conversation
        for conversation in conversations
        if (until is None or conversation.updated >= until)
        and not query.leaves_out(conversation)
        and query.is_late_enough(conversation, now)
    ]


def apart(looks: Sequence[Look]) -> list[Look]:
    """The looks, each conversation in one of them only, and in the inbox only where no folder has it.

    One that is moved is met in both, and a person's is met in the inbox whatever folder it is in.
    """
    met: set[str] = set()
    found: dict[Source, Look] = {}
    for look in sorted(looks, key=lambda look: look.source.folder is Folder.INBOX):
        own = [item for item in look.conversations if item.id not in met]
        found[look.source] = replace(look, conversations=own)
        met.update(item.id for item in look.conversations)
    return [found[look.source] for look in looks]


def older_than(look: Look, until: float | None) -> bool:
    """Whether a look goes back beyond `until`, so that what it did not read is older still."""
    return until is not None and bool(look.conversations) and look.conversations[-1].updated < until
