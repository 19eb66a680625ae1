"""What a look found is learned, and queued to be told, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pageinbox.ask.listing import Listing
from pageinbox.ledger.acts import Acts
from pageinbox.ledger.arrivals import arrived, begun, unseen
from pageinbox.ledger.codes import OLDER, THERE
from pageinbox.ledger.database import Ledger, Transaction
from pageinbox.ledger.following import Following
from pageinbox.ledger.leases import lease_of
from pageinbox.ledger.pushes import compared
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.quiet import Quiet
from pageinbox.ledger.schema import ms, seconds
from pageinbox.ledger.sources import SourceRow, Sources
from pageinbox.ledger.waits import Waits
from pageinbox.ledger.watches import Watches
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import UPDATED
from pageinbox.model.push import Brought
from pageinbox.model.selection import Folded
from pageinbox.model.source import Source
from pageinbox.model.watch import Every, Watch
from pageinbox.tell.decide import decide, speaks_from
from pageinbox.tell.found import Found
from pageinbox.tell.group import told_together
from pageinbox.tell.lapses import Lapses
from pageinbox.tell.pace import Pace
from pageinbox.tell.push import Heard
from pageinbox.tell.trouble import Troubles
from pageinbox.tell.visible import Visible

AWAY_LOOKS, AWAY = 3, 300.0
"""Intervals, and seconds: after a longer time without a good look, what is found is told as missed meanwhile."""


def away_after(listing: Listing, source: Source, interval: float) -> float:
    """After how many seconds without a good look nobody looks as often as usual at a list."""
    return max(AWAY_LOOKS * interval * listing.clients[source.page].budget.slowness(), AWAY)


def waits_since(row: SourceRow, found: Found, at: int) -> int | None:
    """Since when it is known of all in a list who waits there, once a good look at it was kept `at`; None for not."""
    if found.told is False:
        return None
    return at if row.waits is None and found.whole else row.waits


class Keep:
    """Keeps what looks found, for the watches of a ledger.

    `pace` tells how often each list is looked at, `latest` the time, in milliseconds since 1970, that no change is
    later than; `admins` are rooms or people that hear of trouble too.
    """

    def __init__(
        self,
        ledger: Ledger,
        listing: Listing,
        watches: Watches,
        *,
        sources: Sources,
        waits: Waits,
        following: Following,
        acts: Acts,
        pace: Pace,
        latest: Callable[[], int],
        admins: Sequence[str],
    ) -> None:
        self._ledger = ledger
        self._listing = listing
        self._watches = watches
        self._sources = sources
        self._waits = waits
        self._following = following
        self._acts = acts
        pages = {name: client.page for name, client in listing.clients.items()}
        self._lapses = Lapses(ledger, acts, watches, pages)
        self._pace = pace
        self._latest = latest
        self._pages = len(listing.clients)
        self._queue = Queue(ledger)
        self._quiet = Quiet(ledger)
        self._troubles = Troubles(sources, self._queue, admins, pages=self._pages)
        self._visible = Visible(self._queue)

    def quietly(self, transaction: Transaction, row: SourceRow, there: Sequence[Conversation]) -> None:
        """Learn what was there before a first look, oldest first: only in what the team has marked is anything news."""
        now = (at := self._ledger.now(transaction)) / 1000
        ids = self._sources.learn(transaction, row, there, now=now, quiet=THERE)
        self._waits.learn(transaction, row, {ids[item.id]: item for item in there}, at)
        self._following.hold(transaction, [*ids.values()])
        if woken := self._acts.went_on(transaction, ids, there, now):
            every, muted = self._watches.watches(), self._watches.mutes(now).keys()
            watches = self._about(row.source, every)
            self._lapses.wrote_again(transaction, woken, every=every, watches=watches, muted=muted, new=(), now=now)

    def keep_quiet(self, row: SourceRow, found: Found, heard: Heard) -> bool:
        """Note a look that found nothing; whether that was all there is to keep of it. Raises LedgerError."""
        swept = found.back_to is not None or bool(found.unchanged)
        ordinary = row.complete and row.failing is None and row.looked is not None and not self._put_back(row)
        if found.trouble is not None or swept or not (found.quiet and ordinary) or heard.brought != Brought():
            return False
        if waits_since(row, found, at=0) != row.waits:
            return False
        away = ms(self._usual_break(row))
        at = self._quiet.note(row, self._met(row, found), lease=lease_of(heard.interval), away=away)
        if at is None:
            return False
        found.kept = at
        return True

    def keep(
        self, transaction: Transaction, row: SourceRow, found: Found, texts: Mapping[str, Folded], heard: Heard
    ) -> int:
        """Learn and queue what was found in the source of `row`, and note how the look went, all at once.

        `texts` are those of what was found, folded; `heard` is how it compares with what Meta had pushed. Gives how
        much was queued. Raises LeaseLost.
        """
        now = (at := self._ledger.now(transaction)) / 1000
        found.kept = at
        # Newest first as they come; those of one second stay in Meta's order, which is all there is to go by.
        new, again, older = (sorted(reversed(items), key=UPDATED) for items in (found.new, found.again, found.older))
        interval = heard.interval if found.trouble is None else self._pace.usual
        changed: dict[str, object] = {"lease_until": at + lease_of(interval)}
        if found.trouble is None:
            changed |= {"looked": at, "complete": True, "waits": waits_since(row, found, at), **self._met(row, found)}
            if not row.complete:
                changed["begun"] = at
        self._sources.fence(transaction, row, known_more=len(new) + len(older), **changed)
        visible = self._sources.learn(transaction, row, older, now=now, quiet=OLDER)
        ids = self._sources.learn(transaction, row, [*new, *again, *found.replied, *found.healed], now=now)
        compared(transaction, row, heard.brought, at)
        arrived(transaction, row, [item for item in new if item.id not in found.moved_from], at)
        self._learn_waits(transaction, row, found, visible | ids, at)
        away = self._is_away(row, at)
        if away and row.looked is not None and found.trouble is None:
            unseen(transaction, row.id, row.looked, at)
        if found.trouble is None and not row.complete:
            begun(transaction, row, at)
        changes = new or again or older or found.healed
        if not changes and found.trouble is None and row.complete and row.failing is None:
            return 0  # as mostly, so that nobody's watches are read for it
        # Within the transaction, so that a watch that ends meanwhile does not speak once more.
        every, muted = self._watches.watches(), self._watches.mutes(now).keys()
        watches = self._about(row.source, every)
        telling = [watch for watch in watches if watch.spec.every is not Every.NOTHING]
        decisions = decide(
            new,
            again,
            telling,
            muted,
            now=now,
            away_since=seconds(row.looked) if away else None,
            moved_from=found.moved_from,
            texts=texts,
            pages=self._pages,
        )
        self._following.hold(transaction, [*visible.values(), *ids.values()])
        woken = self._acts.went_on(transaction, visible | ids, [*new, *again, *older], now)
        fresh = {(each.room, each.conversation.id) for each in decisions if each.due is not None and not each.again}
        reminded = self._lapses.wrote_again(
            transaction, woken, every=every, watches=watches, muted=muted, new=fresh, now=now
        )
        decisions = [each for each in decisions if (each.room, each.conversation.id) not in reminded]
        self._queue.add(transaction, row, decisions, ids=ids)
        queued = sum(decision.due is not None for decision in decisions) + len(reminded)
        followed = [*again, *found.moved, *found.healed]
        queued += self._following.follow(transaction, ids, followed, watches=every, about=watches, muted=muted, now=now)
        if found.trouble is not None:
            queued += self._troubles.met(
                transaction, row, found.trouble, now=now, watches=lambda source: self._about(source, every)
            )
        else:
            queued += self._troubles.over(transaction, row, now=now, watches=watches)
        for room in dict.fromkeys(watch.room for watch in telling):
            own = [watch for watch in telling if watch.room == room]
            queued += self._visible.tell(
                transaction, row.source, older, own, muted, now=now, since=seconds(row.looked), texts=texts
            )
            if found.trouble is None and not row.complete:
                there = Notice(NoticeKind.LEARNED, (row.source,), now, count=found.there)
                self._queue.notify(transaction, [room], there, due=told_together(speaks_from(own, now), self._pages))
                queued += 1
        return queued

    def _learn_waits(
        self, transaction: Transaction, row: SourceRow, found: Found, ids: Mapping[str, int], at: int
    ) -> None:
        """Note who waits and who was answered, and who has left the list. A look that finds nothing asks nothing."""
        met = (*found.new, *found.again, *found.older, *found.replied, *found.healed)
        self._waits.learn(transaction, row, {ids[item.id]: item for item in met} | found.unchanged, at)
        if found.trouble is None and found.back_to is not None:
            self._waits.leave(transaction, row, found.trail.seen, found.back_to, at)

    def _met(self, row: SourceRow, found: Found) -> dict[str, object]:
        """What a good look changes in its source's row, whatever it found."""
        return {
            "disordered": not found.trail.ordered,
            "reached": found.reached(row.reached or 0, self._latest()),
            "quiet_until": found.quiet_until,
            "forgotten": row.forgotten,
        }

    def _is_away(self, row: SourceRow, at: int) -> bool:
        """Whether nobody has looked at a source for longer than usual. `at` is now, in milliseconds."""
        if not row.complete or row.looked is None:
            return False
        return self._put_back(row) or (at - row.looked) / 1000 > self._usual_break(row)

    def _put_back(self, row: SourceRow) -> bool:
        """Whether the ledger was put back from a copy since the latest good look that it knows of."""
        return self._ledger.restored is not None and (row.looked or 0) <= self._ledger.restored

    def _usual_break(self, row: SourceRow) -> float:
        """The seconds without a good look after which nobody looks as often as usual."""
        return away_after(self._listing, row.source, self._pace.lasting(row.source, row.looked))

    def _about(self, source: Source, watches: Sequence[Watch]) -> list[Watch]:
        """Those of the watches that are about a source."""
        page = self._listing.clients[source.page].page
        return [watch for watch in watches if source in watch.spec.sources([page])]
