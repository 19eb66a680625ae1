"""What the conversations of a list tell together, by which each of them is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from pageinbox.graph.people import own_ids
from pageinbox.graph.values import count
from pageinbox.graph.wire import WireConversation, items_of
from pageinbox.model.source import Platform


class Common(NamedTuple):
    """What the conversations of a list of that `platform` tell together.

    `own` are the Page's ids and, with an @, its username; `certain` tells that none is missing. `named` tells that
    messages name their senders, `unread_known` that a missing `unread_count` means zero.
    """

    platform: Platform
    own: frozenset[str]
    certain: bool
    named: bool
    unread_known: bool

    def unread(self, item: WireConversation) -> int | None:
        """How many messages of a conversation are unread; None where Meta does not say."""
        return 0 if item.unread_count is None and self.unread_known else count(item.unread_count)


def common_to(items: Sequence[WireConversation], platform: Platform, known_ids: Collection[str]) -> Common:
    """What the conversations tell together; `known_ids` are what the Page is known by as far as that was asked for.

    `unread_count` is left out by Meta when nothing is unread (a client library's finding), so a missing one means zero
    on Messenger; on Instagram, where it is undocumented, only when another item of the same list has it.
    """
    own = own_ids(items, known_ids) if platform is Platform.INSTAGRAM else frozenset(known_ids)
    return Common(
        platform,
        own,
        platform is Platform.MESSENGER or len(own) > 1,
        any(message.sender is not None for item in items for message in items_of(item.messages)),
        any(item.unread_count is not None for item in items),
    )
