"""The threads that look and tell: one that schedules, a few that read the Graph, two that speak to the chat."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable

from pageinbox.graph.gate import CALLS_AT_ONCE
from pageinbox.model.backoff import Backoff
from pageinbox.model.errors import Unavailable
from pageinbox.model.source import Source
from pageinbox.tell.schedule import Outcome, Schedule

FEWEST_READERS, MOST_READERS, TELLERS = 4, 4 * CALLS_AT_ONCE, 2
"""Threads that read, at least and at most, and threads that tell. A look of several calls mostly waits for the pauses
between them, so there are more readers than calls at once."""

MARGIN = 0.04
"""The share of an interval that is left for a look to wait its turn at the Page in, and to make its call."""

FAILING = CALLS_AT_ONCE // 2
"""Pages in trouble that are read at once, where there are many: the other half of the calls is left for the others."""

Look = Callable[[Source, Callable[[], bool]], Outcome]
"""One look at one source. The second argument tells whether the poller still runs: when it does not, the look makes no
further call and records nothing, since another one may be at work already."""

Tell = Callable[[], float | None]
"""Says at most one announcement, and gives the seconds until the next one is due: 0 for at once, None for none."""


class Run:
    """What the threads of one start share, under one lock.

    Each kind of them waits for something of its own: there may be a hundred that read, and all that wait for a thing
    wake up when it comes. A thread that hung while its run was stopped finds `over` set when it comes back, whatever
    was started since.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.lock = threading.RLock()
        self.due, self.work, self.telling, self.looked = (threading.Condition(self.lock) for _ in range(4))
        """Something to schedule, to read and to tell, and a look that was made."""
        self.handed: deque[Source] = deque()
        self.looks: Counter[Source] = Counter()
        """How often each source was looked at."""
        self.idle = 0
        self.changes = self.news = 0
        """How often the sources may have changed, and how often there may have been something to tell."""
        self.over = False

    def going(self) -> bool:
        return not self.over

    def end(self) -> None:
        """Nothing more is to be done."""
        with self.lock:
            self.over = True
            for change in (self.due, self.work, self.telling, self.looked):
                change.notify_all()


class Poller:
    """Looks at each source when it is due and tells what was queued, until it is stopped.

    `sources` gives what some watch needs; it is asked at the start, after `wake` and once an interval, since
    another bot may have changed it. Likewise `tell` is asked at least once an interval. `interval` are the seconds
    between two looks at one source, `clock` gives seconds that never go back, `random` gives 0 to 1. `pages` is how
    many there are: with a thread and a call for each, one that hangs delays no other; where they are too many for that,
    few of those in trouble are read at once.

    Whatever `sources`, `look` and `tell` raise ends no thread and is tried again later; who gives them tells of it.
    """

    def __init__(
        self,
        sources: Callable[[], Iterable[Source]],
        look: Look,
        tell: Tell,
        *,
        interval: float,
        clock: Callable[[], float],
        random: Callable[[], float],
        pages: int = 1,
    ) -> None:
        self._readers = min(max(pages, FEWEST_READERS), MOST_READERS)
        self._failing = FAILING if pages > CALLS_AT_ONCE else self._readers
        self._sources = sources
        self._look = look
        self._tell = tell
        self._interval = interval
        self._clock = clock
        self._random = random
        self._turning = threading.RLock()
        self._run: Run | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; nothing when it runs already. Every source is due at once."""
        with self._turning:
            if self._run is not None:
                return
            run = self._run = Run(Schedule(self._interval * (1 - MARGIN), self._clock, self._random, self._failing))
            work = [(self._schedule, "inbox-schedule")]
            work += [(self._read, f"inbox-look-{number}") for number in range(1, self._readers + 1)]
            work += [(self._speak, f"inbox-tell-{number}") for number in range(1, TELLERS + 1)]
            self._threads = []
            for job, name in work:
                thread = threading.Thread(target=job, args=(run,), name=name, daemon=True)
                thread.start()
                self._threads.append(thread)

    def wake(self) -> None:
        """Look at the watches and at the queue again: something was changed or queued."""
        if (run := self._run) is not None:
            with run.lock:
                run.changes += 1
                run.news += 1
                run.due.notify()
                run.telling.notify_all()

    def look(self, sources: Collection[Source], patience: float) -> None:
        """Have these looked at, whether due or not, and wait until they were, `patience` seconds at most.

        Where nothing runs, whoever calls looks, for as long as that takes.
        """
        if (run := self._run) is None:
            for source in self._sources():
                if source in sources:
                    self._look(source, lambda: True)
            return
        with run.lock:
            before = {source: run.looks[source] for source in sources}
            for page in {source.page for source in sources}:
                run.schedule.retry(page)
            self.wake()
            run.looked.wait_for(
                lambda: run.over or all(run.looks[one] > many for one, many in before.items()), patience
            )

    def interrupt(self, page: str) -> None:
        """Look at what else of a Page is due by now, within a look at it that takes several calls."""
        since = self._clock()
        while (run := self._run) is not None:
            with run.lock:
                source = run.schedule.interrupt(page, since)
            if source is None:
                return
            self._look_at(run, source)

    def stop(self, timeout: float = 2.0) -> bool:
        """End, and wait up to `timeout` seconds for the threads; False when some hang and were left behind.

        These end by themselves when what they wait for comes back, and what it brings is dropped.
        """
        with self._turning:
            run, self._run = self._run, None
            if run is None:
                return True
            run.end()
            until = time.monotonic() + timeout
            for thread in self._threads:
                thread.join(max(0.0, until - time.monotonic()))
            return not any(thread.is_alive() for thread in self._threads)

    def retry(self, page: str) -> None:
        """Look at once at what is in trouble of a Page: something of it could be read just now."""
        if (run := self._run) is not None:
            with run.lock:
                run.schedule.retry(page)
                run.due.notify()

    def hurry(self, source: Source, after: float, apart: float) -> float | None:
        """Look soon at a source that has changed; see `Schedule.hurry`. None when nobody wants that or nothing runs."""
        if (run := self._run) is None:
            return None
        with run.lock:
            before = run.schedule.wait()
            left = run.schedule.hurry(source, after, apart)
            if run.schedule.wait() < before:
                run.due.notify()
        return left

    def next_look(self, source: Source) -> float | None:
        """Seconds until a look at `source` is due, 0 while it is read; None when nobody wants one or nothing runs."""
        if (run := self._run) is None:
            return None
        with run.lock:
            return run.schedule.next_look(source)

    def _schedule(self, run: Run) -> None:
        seen, refresh = -1, self._clock()
        while run.going():
            if seen != run.changes or refresh <= self._clock():
                seen, refresh = run.changes, self._clock() + self._interval
                try:
                    sources: list[Source] | None = list(self._sources())
                except BaseException:
                    sources = None  # the old ones hold
                if sources is not None:
                    with run.lock:
                        run.schedule.want(sources)
            with run.lock:
                while run.idle > len(run.handed) and (source := run.schedule.take()) is not None:
                    run.handed.append(source)
                    run.work.notify()
                due = run.schedule.wait() if run.idle > len(run.handed) else self._interval
                pause = min(due, refresh - self._clock())
                if run.going() and seen == run.changes and pause > 0:
                    run.due.wait(pause)

    def _read(self, run: Run) -> None:
        while True:
            with run.lock:
                run.idle += 1
                run.due.notify()
                run.work.wait_for(lambda: run.over or run.handed)
                if run.over:
                    return
                source = run.handed.popleft()
                run.idle -= 1
            self._look_at(run, source)

    def _look_at(self, run: Run, source: Source) -> None:
        try:
            outcome = self._look(source, run.going)
        except BaseException:
            outcome = Outcome(Unavailable("an error in err-inbox itself"))
        with run.lock:
            run.schedule.done(source, outcome)
            run.looks[source] += 1
            run.looked.notify_all()
            if outcome.new:
                run.news += 1
                run.telling.notify_all()

    def _speak(self, run: Run) -> None:
        seen, due, failures = -1, self._clock(), 0
        backoff = Backoff(first=2.0, longest=self._interval)
        while True:
            with run.lock:
                while run.going() and seen == run.news and (left := due - self._clock()) > 0:
                    run.telling.wait(left)
                if run.over:
                    return
                if seen == run.news:
                    # The other one as well: this telling may take long, and there may be more than one thing to tell.
                    run.news += 1
                    run.telling.notify_all()
                seen = run.news
            pause: float | None
            try:
                pause = self._tell()
                failures = 0
            except BaseException:
                failures += 1
                pause = backoff.pause(failures)
            due = self._clock() + min(self._interval if pause is None else pause, self._interval)
