"""Which rooms are to be reminded of whom, and when: of who waits for long, and of windows that close."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from pageinbox.ledger.database import Ledger, Transaction
from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.packing import unpack_conversation
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.reminders import Wait, is_kept, knows, rows_of, wait_of, waits_now
from pageinbox.ledger.schema import seconds
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.watches import Watches
from pageinbox.model.act import Marks
from pageinbox.model.hours import OpeningHours
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Page, Source
from pageinbox.model.wait import HUMAN_AGENT, STANDARD
from pageinbox.model.watch import Muted, Watch
from pageinbox.tell.decide import length
from pageinbox.tell.group import GATHERING, told_together

EVERY, SOONEST = 60.0, 10.0
"""Seconds between two times at which who waits is gone through, at most and at least."""

SPACED = 600.0
"""Seconds between two messages of reminders of one kind in one room, but no longer than a sixth of the step: what comes
due meanwhile is one message."""


LATE = 300.0
"""Seconds after which a step has been missed, as in a time without looks: it is told behind what is new since."""


Step = tuple[ReminderKind, float, float, int]
"""A step of a wait: its kind and its moment, and what its `Reminder` counts from or to, and lasts."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose moment has come: for which watch, and the row of the wait that it is about."""

    watch: Watch
    reminder: Reminder
    moment: float
    row: Any

    @property
    def key(self) -> tuple[str, int]:
        """What the room hears of once, as long as the wait lasts."""
        return self.watch.room, self.reminder.number


class Thought(NamedTuple):
    """What was thought of a wait: nothing more comes due before a moment, nor any more of what is `done`."""

    until: float
    done: frozenset[tuple[str, int]]


NOTHING = Thought(-math.inf, frozenset())


class Reminders:
    """Queues what rooms are to be reminded of, once however many bots do so.

    `pages` are the Pages by name, `timer` gives seconds that never go back. `want` has a list looked at that a reminder
    waits for. When a room had its last reminders is not kept beyond this bot's life.
    """

    def __init__(
        self,
        ledger: Ledger,
        sources: Sources,
        watches: Watches,
        pages: Mapping[str, Page],
        *,
        timer: Callable[[], float],
        want: Callable[[Source], object],
    ) -> None:
        self._ledger = ledger
        self._sources = sources
        self._watches = watches
        self._pages = pages
        self._timer = timer
        self._want = want
        self._queue = Queue(ledger)
        self._turn = threading.Lock()
        self._again = -math.inf
        self._for: Sequence[Watch] = ()
        self._thought: dict[Wait, Thought] = {}
        """What was thought of all that wait, for these watches."""
        self._spaced: dict[tuple[str, ReminderKind], float] = {}

    def remind(self) -> float | None:
        """Queue what has come due. Gives the seconds until it is to be asked again: 0 where something was queued.

        None where no watch reminds, or another thread is at it. Raises LedgerError.
        """
        if not self._turn.acquire(blocking=False):
            return None
        try:
            if (pause := self._again - self._timer()) > 0:
                return pause
            watches = [watch for watch in self._watches.watches() if watch.spec.reminds]
            if not watches:
                return None
            due, pause = self._due(watches)
            queued = self._tell(due) if due else 0
            self._again = self._timer() + pause
            return 0.0 if queued else pause
        finally:
            self._turn.release()

    def _due(self, watches: Sequence[Watch]) -> tuple[list[Due], float]:
        """What has come due and was not thought of yet, and the seconds until something else may be."""
        if watches != self._for:
            self._for = watches
            self._thought = {wait: Thought(-math.inf, before.done) for wait, before in self._thought.items()}
        with self._ledger.reading() as connection:
            now = self._ledger.now(connection) / 1000
            waits = {wait: self._thought.get(wait, NOTHING) for wait in waits_now(connection, self._sources.ours)}
            # Of most nothing can have come due since.
            again = [wait for wait, before in waits.items() if before.until <= now]
            rows = rows_of(connection, again, self._sources.ours)
        quiet = {watch.number for watch in watches if watch.spec.quiet and watch.spec.quiet.until(now)}
        about: dict[int, tuple[list[Watch], OpeningHours | None]] = {}
        thought = {wait: before for wait, before in waits.items() if before.until > now}
        due, soonest = list[Due](), min([now + EVERY, *(before.until for before in thought.values())])
        for row in rows:
            wait = wait_of(row)
            before = waits[wait]
            if row.source not in about:
                about[row.source] = self._about(row, watches)
            its_watches, hours = about[row.source]
            passed, later = self._passed(row, its_watches, hours, now)
            soonest = min(soonest, later)
            new = [each for each in passed if each.key not in before.done]
            done = before.done.intersection(each.key for each in passed)
            thought[wait] = Thought(-math.inf if new else later, done)
            for each in new:
                if waits_for_look(row, each.reminder.kind, each.moment):
                    if (source := self._sources.named(row)) is not None:
                        self._want(source)
                elif each.reminder.kind is not ReminderKind.WAITING or each.watch.number not in quiet:
                    due.append(each)
        self._thought = thought
        return due, max(SOONEST, soonest - now)

    def _passed(
        self, row: Any, watches: Sequence[Watch], hours: OpeningHours | None, now: float
    ) -> tuple[list[Due], float]:
        """The last step of each kind that a wait has passed, by watch, and when the next one comes."""
        passed, later = list[Due](), math.inf
        for watch in watches:
            last: dict[ReminderKind, Step] = {}
            for step in steps_of(watch, row.since / 1000, row.wrote / 1000, hours):
                kind, moment, *_ = step
                if moment > now:
                    later = min(later, moment)
                elif moment > (watch.made or -math.inf) and (kind not in last or moment > last[kind][1]):
                    last[kind] = step
            passed += [Due(watch, Reminder(kind, of, lasts), moment, row) for kind, moment, of, lasts in last.values()]
        return passed, later

    def _about(self, row: Any, watches: Sequence[Watch]) -> tuple[list[Watch], OpeningHours | None]:
        """The watches that remind of what waits in the source of a row, and the hours of its Page."""
        source = self._sources.named(row)
        if source is None:
            return [], None
        page = self._pages[source.page]
        return [watch for watch in watches if source in watch.spec.sources([page])], page.open

    def _tell(self, due: Sequence[Due]) -> int:
        """Queue it, but for what the rooms know or do not want; gives how much was queued."""
        with self._ledger.writing() as transaction:
            now = self._ledger.now(transaction) / 1000
            muted = self._watches.mutes(now).keys()
            spaced: dict[tuple[str, ReminderKind], float] = {}
            # Whoever has it may give it back: then the room hears of the step after all.
            marks = marks_of(transaction, {each.row.conversation for each in due})
            due = [each for each in due if not taken_care_of(each, marks)]
            # A room hears of each step once, so those that may speak come first: a muted one silences no other.
            due.sort(key=lambda each: Muted(each.watch.room, watch=each.watch.number) in muted)
            queued = sum(self._queued(transaction, each, muted, spaced, now) for each in due)
        self._spaced |= spaced
        for each in due:
            before = self._thought[wait := wait_of(each.row)]
            self._thought[wait] = Thought(before.until, before.done | {each.key})
        return queued

    def _queued(
        self,
        transaction: Transaction,
        each: Due,
        muted: Collection[Muted],
        spaced: dict[tuple[str, ReminderKind], float],
        now: float,
    ) -> int:
        watch, row = each.watch, each.row
        if not is_kept(transaction, row.conversation):
            return 0
        item = unpack_conversation(row.body)
        item = msgspec.structs.replace(item, waiting=True, waits=row.since / 1000, at_least=bool(row.at_least))
        if watch.spec.leaves_out(item):
            return 0
        if knows(transaction, row.conversation, watch.room, each.reminder, each.moment):
            return 0
        silent = Muted(watch.room, watch=watch.number) in muted or Muted(watch.room, conversation=item.id) in muted
        key = watch.room, each.reminder.kind
        if not silent and key not in spaced:
            spaced[key] = self._next(key, each, now)
        quiet_until = watch.spec.quiet.until(now) if watch.spec.quiet else None
        return self._queue.remind(
            transaction,
            watch.room,
            item,
            each.reminder,
            row=row.conversation,
            source=row.source,
            watch=watch.number,
            found=now,
            due=None if silent else spaced[key],
            since=None if quiet_until is None else quiet_until - length(watch.spec.quiet),
            detail=watch.spec.detail,
        ) * (not silent)

    def _next(self, key: tuple[str, ReminderKind], each: Due, now: float) -> float:
        """When a room is told what has come due: with what it is to be told soon, or a while after the last."""
        soonest = told_together(now, len(self._pages), 2 * GATHERING) if now - each.moment > LATE else now
        pause, before = min(SPACED, each.reminder.step / 6), self._spaced.get(key, -math.inf)
        # Whatever the clock showed before.
        return min(before if before > now else max(soonest, before + pause), soonest + pause)


def taken_care_of(due: Due, marks: Mapping[int, Marks]) -> bool:
    """Whether nobody is to be reminded of a wait as long as these marks hold, by the rows of conversations."""
    held = marks.get(due.row.conversation, Marks())
    return due.reminder.kind is ReminderKind.WAITING and bool(held.claim or held.snooze or held.done)


def steps_of(watch: Watch, since: float, wrote: float, hours: OpeningHours | None) -> list[Step]:
    """The steps of a wait that a watch reminds of: its beginning, and when the customer wrote last."""
    spec = watch.spec
    found: list[Step] = [(ReminderKind.WAITING, reached(hours, since, step), since, step) for step in spec.waits]
    if spec.closes is not None:
        ends = wrote + STANDARD, wrote + HUMAN_AGENT
        found += [(ReminderKind.CLOSING, end - spec.closes, end, spec.closes) for end in ends]
    return found


@lru_cache(20_000)
def reached(hours: OpeningHours | None, since: float, step: int) -> float:
    """When somebody who waits since then has waited for `step` seconds in which the Page was open."""
    return since + step if hours is None else hours.after(since, step)


def waits_for_look(row: Any, kind: ReminderKind, moment: float) -> bool:
    """Whether a look has to tell first that nobody has answered meanwhile.

    Where the list can't be read, a window closes all the same.
    """
    looked = seconds(row.looked)
    if row.failing is not None and kind is ReminderKind.CLOSING:
        return False
    return looked is None or looked < moment
