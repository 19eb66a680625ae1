"""What an announcement says when it is sent or edited, by the ledger as it stands then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pageinbox.ask.refs import Refs
from pageinbox.ledger.watches import Watches
from pageinbox.model.announcement import Announcement, NoticeKind
from pageinbox.model.post import Post
from pageinbox.model.watch import Detail, least
from pageinbox.settings.reading import Settings
from pageinbox.tell.digests import DigestWriter
from pageinbox.tell.ping import pings
from pageinbox.words.announcement import announcement


class AnnouncementWriter:
    """Writes announcements, those of digests by `digests`.

    `ceiling` gives how much of a conversation a room may see, `clock` tells seconds since 1970.
    """

    def __init__(
        self,
        digests: DigestWriter,
        watches: Watches,
        *,
        chosen: Settings,
        refs: Refs,
        ceiling: Callable[[str], Detail],
        clock: Callable[[], float],
    ) -> None:
        self._digests = digests
        self._watches = watches
        self._chosen = chosen
        self._refs = refs
        self._ceiling = ceiling
        self._clock = clock

    def told(self, item: Announcement) -> Post:
        """What an announcement says now. Raises LedgerError."""
        if item.notices and item.notices[0].kind is NoticeKind.DIGEST:
            return self._digests.told(item)
        ceiling = self._ceiling(item.room)
        news = tuple(replace(each, detail=least([ceiling, each.detail or ceiling])) for each in item.news)
        item = replace(item, news=news)
        sources = {each.conversation.id: each.source for each in news if each.conversation is not None}
        now = self._clock()
        watches = self._watches.watches() if item.news else []
        pinging = [watch for watch in watches if watch.spec.ping]
        plain = {watch.number for watch in watches if not watch.spec.buttons}
        muted = self._watches.mutes(now) if pinging else {}
        post = announcement(
            item,
            self._chosen.pages,
            lambda conversation: self._refs.give(sources[conversation.id], conversation.id),
            ceiling,
            now,
            pings(item, pinging, muted, list(self._chosen.pages.values()), now=now),
        )
        offers = () if any(each.watch in plain for each in news) else post.offers
        return replace(post, zone=self._chosen.timezone, offers=offers)
