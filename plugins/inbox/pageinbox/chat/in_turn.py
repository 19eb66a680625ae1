"""Work that nobody waits for, done in the order it came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class InTurn:
    """Does what it is given, one after the other, in a thread that ends when nothing is left.

    Of more than `most` that wait, the oldest are dropped. The work must raise nothing. The thread is a daemon: one that
    hangs keeps no process from ending.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], object]] = deque(maxlen=most)
        self._running = False

    def do(self, work: Callable[[], object]) -> None:
        """Do it after all that was given before. Raises RuntimeError where the machine gives no thread."""
        with self._lock:
            self._waiting.append(work)
            if not self._running:
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
                self._running = True

    def _work(self) -> None:
        while (work := self._next()) is not None:
            work()

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            self._running = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None
