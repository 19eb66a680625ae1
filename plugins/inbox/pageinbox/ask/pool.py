"""The threads that ask Meta for those who wait: few for all of them, and taking turns."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

THREADS = 12
"""Threads that ask at once. Fewer than the calls that may be under way, so that the poller is never without one."""

Job = Callable[[], object]


@dataclass(slots=True, order=True)
class Part:
    """A part of a question: jobs that one thread does, one after the other. `place` says when it is its turn.

    `number` tells parts apart that have the same place, `step` is how far back a part goes when one job is done.
    """

    place: int
    number: int
    step: int = field(compare=False)
    jobs: deque[Job] = field(compare=False)
    done: Future[None] = field(compare=False, default_factory=Future)


class Pool:
    """Does the parts of questions, in threads that end when there is nothing left to do.

    The first jobs of every question are done before later ones of any, so that a large one does not hold up the others;
    and the first job of every part before the second of any, so that a Page has its pause while others are read. The
    threads are daemons: one that hangs keeps no process from ending.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._lock = threading.Lock()
        self._most = threads
        self._running = 0
        self._numbers = itertools.count()
        self._waiting: list[Part] = []

    def do(self, parts: Sequence[Iterable[Job]], patience: float) -> None:
        """Do the parts of one question, and return when all are done or after `patience` seconds.

        What was not begun by then never is; what was goes on, and nobody waits for it. Raises what a job raises, and
        RuntimeError where the machine gives no thread at all.
        """
        asked = [Part(place, next(self._numbers), len(parts), deque(jobs)) for place, jobs in enumerate(parts)]
        try:
            with self._lock:
                for part in asked:
                    heapq.heappush(self._waiting, part)
                self._start(min(len(asked), self._most - self._running))
            wait([part.done for part in asked], patience)
        finally:
            with self._lock:
                for part in asked:
                    part.jobs.clear()
        for part in asked:
            if part.done.done():
                part.done.result()

    def _start(self, threads: int) -> None:
        for _ in range(threads):
            try:
                threading.Thread(target=self._work, name="inbox-ask", daemon=True).start()
            except RuntimeError:  # the machine gives no more
                if not self._running:
                    raise
                return
            self._running += 1

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                part = heapq.heappop(self._waiting)
                job = part.jobs.popleft() if part.jobs else None
            try:
                if job is not None:
                    job()
            except BaseException as error:
                part.done.set_exception(error)
                continue
            with self._lock:
                if part.jobs:
                    part.place += part.step
                    heapq.heappush(self._waiting, part)
                    continue
            part.done.set_result(None)
