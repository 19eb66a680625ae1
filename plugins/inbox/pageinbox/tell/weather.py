"""What the admins are told of tokens: that one ends or is dead, and that it is in order again; each thing once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pageinbox.graph.client import GraphClient
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.tokens import change, told
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.token import DAY, ENDED, SOON, STEPS, UNKNOWN, WORKS, End, TokenFacts, Told

PATIENCE = 60.0
"""Seconds for which it is waited until when a token holds that works again: it is asked about soon after a start."""

ASKING, AGAIN = 300.0, 5.0
"""Seconds for which it is waited until all tokens have been asked about, so that what ends together is told together;
and until that is seen to again."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the admins are told last of a token instead of something else, and what is said for it, None for nothing."""

    page: str
    access: bool
    before: Told | None
    after: Told | None
    notice: Notice | None


class Weather:
    """Tells the admins of tokens, by what Meta said of them to this bot.

    `ids` are the Pages' ids by their names. `asking` says for how many seconds tokens are being asked about, 0 while
    they are not, `watched` gives the names of Pages that somebody watches, `timer` gives seconds that never go back.
    """

    def __init__(
        self,
        ledger: Ledger,
        clients: Mapping[str, GraphClient],
        admins: Sequence[str],
        *,
        ids: Mapping[str, str],
        asking: Callable[[], float],
        watched: Callable[[], Collection[str]],
        timer: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._clients = clients
        self._admins = admins
        self._ids = ids
        self._asking = asking
        self._watched = watched
        self._timer = timer
        self._queue = Queue(ledger)
        self._turn = threading.Lock()
        self._heard: dict[str, TokenFacts] = {}
        """Meta's answers that were acted on: each kills or revives a token once, whatever other bots have heard."""
        self._thought: dict[tuple[str, bool], tuple[float, int | None]] = {}
        """Which ends, and which steps before them, were thought of: by Page, and whether it is of access alone."""
        self._waiting: dict[str, float] = {}
        """Since when it is waited until when a token holds that works again."""

    def tell(self) -> float | None:
        """Queue what has come due. Gives the seconds until something else may: 0 where something was queued.

        None where nothing will, or another thread is at it. Raises LedgerError.
        """
        if not self._admins or not self._turn.acquire(blocking=False):
            return None
        try:
            if 0 < self._asking() < ASKING:
                return AGAIN
            with self._ledger.reading() as connection:
                now, known = self._ledger.now(connection) / 1000, told(connection)
            facts = {name: client.token for name, client in self._clients.items()}
            firsts = self._firsts(facts)
            changes = [each for name in facts for each in self._changes(name, facts[name], known, firsts, now)]
            queued = self._tell(changes, now) if changes else 0
            self._heard = facts
            return 0.0 if queued else self._pause(firsts)
        except BaseException:
            self._thought.clear()  # nothing was noted
            raise
        finally:
            self._turn.release()

    def _tell(self, changes: Sequence[Change], now: float) -> int:
        """Note and queue it all at once, so that it is one message. Gives how much was queued."""
        queued = 0
        with self._ledger.writing() as transaction:
            for each in changes:
                mine = change(transaction, self._ids[each.page], each.access, each.before, each.after)
                if mine and each.notice is not None:
                    self._queue.notify(transaction, self._admins, each.notice, due=now)
                    queued += 1
        return queued

    def _firsts(self, facts: Mapping[str, TokenFacts]) -> dict[tuple[bool, int], float]:
        """The first end on each day (in UTC): all that end then are told of together."""
        firsts: dict[tuple[bool, int], float] = {}
        for known in facts.values():
            for end in ends_of(known):
                key = (end.access, int(end.at // DAY))
                firsts[key] = min(firsts.get(key, end.at), end.at)
        return firsts

    def _pause(self, firsts: Mapping[tuple[bool, int], float]) -> float | None:
        """Seconds until the next end comes a step nearer, or waiting is over."""
        now = min((client.now for client in self._clients.values()), default=0.0)
        moments = [at - days * DAY for at in firsts.values() for days in (*STEPS, 0)]
        left = [moment - now for moment in moments if moment > now]
        left += [PATIENCE - (self._timer() - since) for since in self._waiting.values()]
        return max(1.0, min(left)) if left else None

    def _changes(
        self,
        name: str,
        facts: TokenFacts,
        known: Mapping[tuple[str, bool], Told],
        firsts: Mapping[tuple[bool, int], float],
        at: float,
    ) -> Iterator[Change]:
        """What is to be told of the token of one Page; `at` is the ledger's time."""
        client, token = self._clients[name], known.get((self._ids[name], False))
        fresh = facts is not UNKNOWN and facts is not self._heard.get(name)
        if token is not None and token.step in (ENDED, WORKS):
            if self._is_back(name, token, facts, fresh and client.budget.refused is None):
                now = client.now
                said = facts if facts.valid else UNKNOWN
                yield Change(name, False, token, after_a_death(said, now), revived(name, token, said, at))
        elif facts.valid is False:
            if fresh and name not in self._watched():  # else looks find out, and tell
                notice = Notice(NoticeKind.TOKEN_DEAD, (), at, trouble=facts.refusal, page=name)
                yield Change(name, False, token, Told(facts.ends.token or (token and token.ends), ENDED), notice)
        elif facts is not UNKNOWN:
            yield from self._steps(name, facts, known, firsts, at)

    def _is_back(self, name: str, token: Told, facts: TokenFacts, alive: bool) -> bool:
        """Whether a token that was dead is to be told to work: by a look, or by a new answer of Meta's."""
        if token.step == ENDED:
            return alive and facts.valid is True
        since = self._waiting.setdefault(name, self._timer())
        if facts.valid is not True and self._timer() - since < PATIENCE:
            return False
        del self._waiting[name]
        return True

    def _steps(
        self,
        name: str,
        facts: TokenFacts,
        known: Mapping[tuple[str, bool], Told],
        firsts: Mapping[tuple[bool, int], float],
        at: float,
    ) -> Iterator[Change]:
        """What is to be told of a token that is in force: that an end comes nearer, or lies further off than it did."""
        now, ends, renewed = self._clients[name].now, {end.access: end for end in ends_of(facts)}, False
        for access in (False, True):
            before, end = known.get((self._ids[name], access)), ends.get(access)
            if end is None:
                if before is not None and is_off(before, facts, access):
                    yield Change(name, access, before, None, None if renewed else new(name, facts.ends.first, at))
                    renewed = True
                continue
            step = step_before(end, firsts[access, int(end.at // DAY)], now)
            if self._thought.get((name, access)) == (end.at, step):
                continue
            self._thought[name, access] = end.at, step
            after = None if step is None else Told(end.at, step)
            if before is not None and before.ends is not None and end.at > before.ends + DAY:
                notice = renewal(name, end, at) if access else new(name, facts.ends.first, at)
                yield Change(name, access, before, after, None if renewed else notice)
                renewed = True
            elif after is not None and (before is None or is_nearer(after, before)):
                notice = Notice(NoticeKind.TOKEN_ENDS, (), at, until=end.at, page=name, access=access)
                yield Change(name, access, before, after, notice)


def ends_of(facts: TokenFacts) -> list[End]:
    """The ends of a token in force: that of its access to data counts only where that comes first."""
    if facts.valid is False:
        return []
    token, access = facts.ends.token, facts.ends.access
    ends = [] if token is None else [End(token, False)]
    return ends + ([End(access, True)] if access is not None and (token is None or access < token) else [])


def step_before(end: End, first: float, now: float) -> int | None:
    """Which step of an end has come, None where none has; `first` is the first end of that day."""
    if end.at <= now:
        return ENDED if end.access and now - end.at <= SOON else None
    return next((days for days in STEPS if first - now <= days * DAY), None)


def is_nearer(after: Told, before: Told) -> bool:
    """Whether it is to be told, since it is a later step, or an end that comes sooner by a day or more."""
    assert after.ends is not None
    return after.step < before.step or (before.ends is not None and after.ends < before.ends - DAY)


def is_off(before: Told, facts: TokenFacts, access: bool) -> bool:
    """Whether an end that was told, and does not count any more, is known to lie further off."""
    end = facts.ends.access if access else facts.ends.token
    if end is None:
        return facts.endless and not access
    return before.ends is not None and end > before.ends + DAY


def new(name: str, end: End | None, at: float) -> Notice:
    """That a token is new, and how it ends first."""
    until, access = (None, False) if end is None else end
    return Notice(NoticeKind.TOKEN_NEW, (), at, until=until, page=name, access=access)


def renewal(name: str, end: End, at: float) -> Notice:
    """That a token may read people's data for longer."""
    return Notice(NoticeKind.ACCESS_RENEWED, (), at, until=end.at, page=name, access=True)


def revived(name: str, before: Told, facts: TokenFacts, at: float) -> Notice:
    """That a token is in order again, which was dead."""
    first, ends = facts.ends.first, facts.ends.token
    further = facts.endless or (ends is not None and before.ends is not None and ends > before.ends + DAY)
    if before.ends is not None and further:
        return new(name, first, at)
    until, access = (None, False) if first is None else first
    return Notice(NoticeKind.TOKEN_WORKS, (), at, until=until, page=name, access=access)


def after_a_death(facts: TokenFacts, now: float) -> Told | None:
    """What is told of the end of a token by telling that it is in order again, and until when."""
    if facts.ends.token is None:
        return None
    step = step_before(End(facts.ends.token, False), facts.ends.token, now)
    return None if step is None else Told(facts.ends.token, step)
