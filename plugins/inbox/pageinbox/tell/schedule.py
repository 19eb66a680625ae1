"""Which source is to be looked at next. Reads nothing and waits for nobody: it is told what happened, and asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pageinbox.model.backoff import Backoff
from pageinbox.model.errors import GraphError, ProofWrong, TokenDead
from pageinbox.model.source import Source

JITTER, EARLY = 0.1, 0.03
"""The shares by which a pause after trouble, and one after a good look, is shorter by chance, so that several bots and
Pages do not fall into step.

Never longer: whoever set an interval counts on hearing of a conversation within it.
"""

SPREAD = 0.5
"""That share where another list of the Page is due at the same moment, and one would wait for the other."""

BEGUN, LATEST = 60, 0.75
"""Lists that are looked at for the first time in each second, about half of what a bot can read, and the share of an
interval by which all of them are."""

LONGEST = 300.0
"""Seconds that trouble puts off a look at most (the interval, where that is longer): recovery is to be noticed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a look went: why it failed, and how many pieces of news and notices it queued.

    `slowness` is how many times the usual interval the Page's budget asks for, `rest` the seconds until the Page may be
    called again: whoever looked before would only wait for that. `again` is None when the source was
    looked at, else the seconds for which another bot has the right to. `stretch` is how many times the usual interval
    will do, since Meta tells of what changes.
    """

    trouble: GraphError | None = None
    new: int = 0
    slowness: float = 1.0
    rest: float = 0.0
    again: float | None = None
    stretch: float = 1.0


@dataclass(slots=True, eq=False)
class Plan:
    """When a source is due, when its latest look began, and how many looks have failed since the last good one.

    `hurried` is when it is to be looked at again, once the look under way has ended.
    """

    due: float
    began: float = -math.inf
    failures: int = 0
    hurried: float = math.inf


class Schedule:
    """When each source is due, and whose turn it is.

    `interval` are the seconds between the beginnings of two looks at one source at most, `clock` gives seconds that
    never go back, `random` gives 0 to 1. Of the Pages whose latest look failed `failing` are looked at at
    once at most: what hangs for many of them leaves readers for the others. Not for several threads at once.
    """

    def __init__(
        self, interval: float, clock: Callable[[], float], random: Callable[[], float], failing: float = math.inf
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._random = random
        self._failing = failing
        self._plans: dict[str, dict[Source, Plan]] = {}
        self._first: dict[str, float] = {}
        """When the first source of each Page is due, since there may be thousands, and each look asks."""
        self._free: dict[str, float] = {}
        """The Pages that are not being read, each with when it can be: when its first is due and it has rested."""
        self._reading: dict[str, dict[Source, Plan]] = {}
        """What is being read of each Page: one source, and those for which a long look at it was interrupted."""
        self._turns: dict[str, int] = {}
        self._turn = 0
        self._rested: dict[str, float] = {}
        """From when on a Page may be called again."""
        self._bad: set[str] = set()
        """The Pages whose latest look failed."""

    def want(self, sources: Iterable[Source]) -> None:
        """Look at these from now on: those that are new at once, or a few after the others; those known at their times.

        The first look at a list decides when all later ones are, so what begins in one heap would stay one.
        """
        now, before = self._clock(), self._plans
        self._plans, new = {}, list[tuple[int, Plan]]()
        for source in sources:
            plans = self._plans.setdefault(source.page, {})
            if (plan := before.get(source.page, {}).get(source)) is None:
                new.append((len(plans), plan := Plan(now)))
            plans[source] = plan
        # One list of each Page comes before the second one of any.
        for place, (_, plan) in enumerate(sorted(new, key=lambda each: each[0])):
            plan.due = now + min(place // BEGUN, LATEST * self._interval)
        self._first, self._free = {}, {}
        for page in self._plans:
            self._note(page)
        self._turns = {page: turn for page, turn in self._turns.items() if page in self._plans}
        self._rested = {page: at for page, at in self._rested.items() if page in self._plans}
        self._bad &= self._plans.keys()

    def take(self) -> Source | None:
        """A source to look at now, which `done` has to follow; None when there is none.

        Pages take turns, and a Page that is being read or rests is passed over. Of one Page it is the longest overdue.
        """
        now = self._clock()
        idle = self._idle()
        if min(idle.values(), default=math.inf) > now:
            return None  # as mostly
        ready = [page for page, at in idle.items() if at <= now]
        page = min(ready, key=lambda page: (self._turns.get(page, 0), self._first[page]))
        source = min(self._plans[page], key=lambda source: self._plans[page][source].due)
        self._begin(source)
        del self._free[page]
        self._turn += 1
        self._turns[page] = self._turn
        return source

    def interrupt(self, page: str, since: float) -> Source | None:
        """Another source of a Page that is being read, due at `since`, which `done` has to follow; None for none.

        A first look may take long as well, and a look that interrupts is interrupted by none.
        """
        reading, plans = self._reading.get(page, {}), self._plans.get(page, {})
        others = [source for source, plan in plans.items() if source not in reading and plan.began > -math.inf]
        source = min(others, key=lambda source: plans[source].due, default=None)
        if len(reading) != 1 or source is None or plans[source].due > since:
            return None
        self._begin(source)
        return source

    def done(self, source: Source, outcome: Outcome) -> None:
        """Note how the look went that `take` or `interrupt` gave away, and when the next one is due.

        A good one is followed after the interval, or earlier where it would have to wait for another one. Trouble
        doubles the pause each time, up to five minutes, and it is counted from its end: what hangs until it fails has
        not been left alone yet. A token that was refused is tried when its Page's budget probes it, and no sooner: a
        look in between would make no call. The first good one after trouble lets what else is in trouble of that Page
        be tried at once. What another bot looks at is tried when its right ends.
        """
        reading = self._reading[source.page]
        plan = reading.pop(source)
        if not reading:
            del self._reading[source.page]
        if source.page in self._plans:
            self._rested[source.page] = self._clock() + outcome.rest
            (self._bad.add if outcome.trouble else self._bad.discard)(source.page)
        usual = self._interval * max(outcome.slowness, outcome.stretch)
        hurried, plan.hurried = plan.hurried, math.inf
        if outcome.again is not None:
            # Late rather than early, when it would be in vain; and a clock that is wrong makes no storm.
            plan.due = self._clock() + max(outcome.again, JITTER * usual) * (1 + JITTER * self._random())
        elif outcome.trouble is None:
            if plan.failures:
                # Likely the others of this Page can be read again too, and rooms are told of it in one message.
                self.retry(source.page)
            plan.failures = 0
            plan.due = plan.began + usual * (1 - EARLY * self._random())
            if self._crowded(source, plan.due, outcome.rest):
                plan.due = plan.began + usual * (1 - SPREAD * self._random())
            plan.due = min(plan.due, hurried)
        else:
            plan.failures += 1
            backoff = Backoff(first=2 * usual, longest=max(usual, LONGEST), jitter=JITTER)
            pause = backoff.pause(plan.failures, self._random())
            left = outcome.trouble.retry_after
            if isinstance(outcome.trouble, TokenDead | ProofWrong) and left:
                plan.due = self._clock() + left
            else:
                plan.due = self._clock() + max(pause, min(left, LONGEST))
        if source.page in self._plans:
            self._note(source.page)

    def hurry(self, source: Source, after: float = 0.0, apart: float = 0.0) -> float | None:
        """Look in `after` seconds at a source that has changed, `apart` seconds after its latest look began at least.

        What is being read is read once more. Trouble is no reason to look sooner than it lets. Gives the seconds until
        the source would have been due, None for one that nobody wants looked at.
        """
        reading = self._reading.get(source.page, {}).get(source)
        if (plan := reading or self._plans.get(source.page, {}).get(source)) is None:
            return None
        left = max(0.0, plan.due - self._clock())
        at = max(self._clock() + after, plan.began + apart)
        if reading is not None:
            plan.hurried = min(plan.hurried, at)
        elif not plan.failures and at < plan.due:
            plan.due = at
            self._note(source.page)
        return left

    def retry(self, page: str) -> None:
        """Look at once at what is in trouble of a Page: something of it could be read just now."""
        for plan in self._plans.get(page, {}).values():
            if plan.failures:
                plan.due = min(plan.due, self._clock())
        if page in self._plans:
            self._note(page)

    def wait(self) -> float:
        """Seconds until `take` has something to give, as far as time alone decides; infinite when it does not."""
        return max(0.0, min(self._idle().values(), default=math.inf) - self._clock())

    def next_look(self, source: Source) -> float | None:
        """Seconds until a source is due, 0 while it is being read; None for one that nobody wants looked at."""
        plan = self._plans.get(source.page, {}).get(source)
        return None if plan is None else max(0.0, plan.due - self._clock())

    def _begin(self, source: Source) -> None:
        plan = self._plans[source.page][source]
        plan.began = self._clock()
        self._reading.setdefault(source.page, {})[source] = plan

    def _crowded(self, source: Source, due: float, rest: float) -> bool:
        """Whether another source of the Page is due within `rest` of that moment, although there is room for all."""
        others = [plan.due for other, plan in self._plans.get(source.page, {}).items() if other != source]
        return len(others) * rest < self._interval / 2 and any(abs(due - other) < rest for other in others)

    def _note(self, page: str) -> None:
        """One of its sources is due at another time, or it may be read again."""
        self._first[page] = min(plan.due for plan in self._plans[page].values())
        if page not in self._reading:
            self._free[page] = max(self._first[page], self._rested.get(page, -math.inf))

    def _idle(self) -> Mapping[str, float]:
        """The Pages that nothing but time keeps from being looked at, each with when that can be."""
        if len(self._bad & self._reading.keys()) < self._failing:
            return self._free
        return {page: at for page, at in self._free.items() if page not in self._bad}
