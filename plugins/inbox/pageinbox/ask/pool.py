"""The threads that ask Meta for those who wait: few for all of them, and taking turns."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

THREADS = 12
"""Threads that ask at once. Fewer than the calls that may be under way, so that the poller is never without one."""


class Pool:
    """Does the parts of questions, in threads that end when there is nothing left to do.

    The first part of every question is done before the second of any, so that a large one does not hold up the others.
    The threads are daemons: one that hangs keeps no process from ending.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._lock = threading.Lock()
        self._most = threads
        self._running = 0
        self._count = itertools.count()
        self._parts: list[tuple[int, int, Callable[[], object], Future[object]]] = []

    def do(self, parts: Sequence[Callable[[], object]], patience: float) -> None:
        """Do the parts of one question, and return when all are done or after `patience` seconds.

        What was not begun by then never is; what was goes on, and nobody waits for it. Raises what a part raises.
        """
        done: list[Future[object]] = [Future() for _ in parts]
        with self._lock:
            for place, (part, future) in enumerate(zip(parts, done, strict=True)):
                heapq.heappush(self._parts, (place, next(self._count), part, future))
            new = min(len(parts), self._most - self._running)
            self._running += new
        for _ in range(new):
            threading.Thread(target=self._work, name="inbox-ask", daemon=True).start()
        wait(done, patience)
        for future in done:
            if not future.cancel() and future.done():
                future.result()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._parts:
                    self._running -= 1
                    return
                _, _, part, future = heapq.heappop(self._parts)
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(part())
                except BaseException as error:
                    future.set_exception(error)
