"""What is told of marks that end without anybody of the team: their time is up, or the customer wrote again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from pageinbox.ledger.acts import Acts
from pageinbox.ledger.database import Ledger, Transaction
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.watches import Watches
from pageinbox.model.act import ActKind, Ending, Held
from pageinbox.model.conversation import Conversation
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Page
from pageinbox.model.watch import Detail, Muted, Watch, least
from pageinbox.tell.decide import speaks_from

AFTER = 5.0
"""Seconds after whoever had it in which a room is told that a claim is recalled."""


class Lapses:
    """Ends the marks of a ledger whose time is up, and tells of all that ended by themselves.

    A room hears of it as its watches have it: not in their quiet hours, and no more of the customer than they show.
    `pages` are the Pages by name, `ceiling` gives what a room may see at most.
    """

    def __init__(
        self,
        ledger: Ledger,
        acts: Acts,
        watches: Watches,
        pages: Mapping[str, Page],
        ceiling: Callable[[str], Detail] = lambda room: Detail.SNIPPET,
    ) -> None:
        self._ceiling = ceiling
        self._ledger = ledger
        self._acts = acts
        self._watches = watches
        self._pages = pages
        self._queue = Queue(ledger)

    def end(self) -> float | None:
        """End those whose time is up, and queue what is to be said. Gives the seconds until the next, None for none.

        Where any ended it is 0, since what was queued may be due at once. Raises LedgerError.
        """
        if (pause := self._acts.wait()) != 0:
            return pause
        for held in self._acts.due():
            with self._ledger.writing() as connection:
                if self._acts.lapse(connection, held) is Ending.RAN_OUT:
                    self._tell(connection, held)
        return 0.0

    def _tell(self, connection: Transaction, held: Held) -> None:
        """A snooze is told where it was made; a claim whoever has it first, then the room, or those that know of it.

        Muted watches do not keep from anybody what came of their own act; a muted conversation is told to them alone.
        """
        mark, now = held.act, self._ledger.now(connection) / 1000
        every, muted = self._watches.watches(), self._watches.mutes(now).keys()
        rooms = [mark.room]
        if mark.kind is ActKind.CLAIM and mark.room == mark.by.id:
            rooms = [mark.room, *self._acts.rooms_told(connection, held.row)]
        elif mark.kind is ActKind.CLAIM:
            rooms = [mark.by.id, mark.room]
        kind = ReminderKind.AWAKE if mark.kind is ActKind.SNOOZE else ReminderKind.RECALLED
        for room in dict.fromkeys(rooms):
            first = kind is ReminderKind.AWAKE or room == mark.by.id
            silent = Muted(room, conversation=held.conversation.id) in muted and room != mark.by.id
            if not silent and (first or speaking(room, every, muted)):
                due = now if first else now + AFTER
                self._remind(connection, room, held, held.conversation, kind, every=every, now=now, due=due)

    def wrote_again(
        self,
        connection: Transaction,
        woken: Sequence[tuple[Held, Conversation]],
        *,
        every: Sequence[Watch],
        watches: Sequence[Watch],
        muted: Collection[Muted],
        new: Collection[tuple[str, str]],
        now: float,
    ) -> set[tuple[str, str]]:
        """Queue that customers wrote again in what was done or snoozed; gives the rooms and ids of conversations.

        What was snoozed is told where that was, what was done wherever it was told or is watched: `every` are the
        watches in force, `watches` those of them that are about the list. What is `new` to a room is told as that.
        """
        told: set[tuple[str, str]] = set()
        for held, item in woken:
            rooms, kind = [held.act.room], ReminderKind.AWAKE
            if held.act.kind is ActKind.DONE:
                watching = {watch.room for watch in every}
                knowing = [room for room in self._acts.rooms_told(connection, held.row) if room in watching]
                wanting = [watch.room for watch in watches if not watch.spec.leaves_out(item)]
                rooms, kind = [*knowing, *wanting] or rooms, ReminderKind.AGAIN
            for room in dict.fromkeys(rooms):
                if Muted(room, conversation=item.id) in muted or (room, item.id) in new:
                    continue
                if kind is ReminderKind.AGAIN and not speaking(room, every, muted):
                    continue
                self._remind(connection, room, held, item, kind, every=every, now=now, due=now)
                told.add((room, item.id))
        return told

    def _remind(
        self,
        connection: Transaction,
        room: str,
        held: Held,
        item: Conversation,
        kind: ReminderKind,
        *,
        every: Sequence[Watch],
        now: float,
        due: float,
    ) -> None:
        own = [watch for watch in every if watch.room == room]
        page = self._pages[held.source.page]
        about = [watch for watch in own if held.source in watch.spec.sources([page])]
        levels = [watch.spec.detail for watch in about or own if watch.spec.detail is not None]
        if room == held.act.by.id != held.act.room:  # else a claim in a room would bring what that may not see
            levels.append(self._ceiling(held.act.room))
        reminder = Reminder(kind, since=held.act.at, by=held.act.by.name)
        self._queue.remind(
            connection,
            room,
            item,
            reminder,
            row=held.row,
            source=held.place,
            watch=0,
            found=now,
            due=max(due, speaks_from(own, now)) if own else due,
            detail=least(levels) if levels else None,
        )


def speaking(room: str, every: Sequence[Watch], muted: Collection[Muted]) -> bool:
    """Whether a room has no watches, or one that is not muted."""
    own = [watch for watch in every if watch.room == room]
    return not own or any(Muted(room, watch=watch.number) not in muted for watch in own)
