"""What is said to a command later than its answer, because it takes too long to be waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Later:
    """Does one thing in the background, and no other meanwhile.

    The thread is a daemon: one that hangs keeps no process from ending.
    """

    def __init__(self) -> None:
        self._free = threading.Lock()

    def do(self, work: Callable[[], object]) -> bool:
        """Begin the work, which must raise nothing; False while another is under way, or without threads."""

        def done() -> None:
            try:
                work()
            finally:
                self._free.release()

        if not self._free.acquire(blocking=False):
            return False
        try:
            threading.Thread(target=done, name="inbox-later", daemon=True).start()
        except RuntimeError:
            self._free.release()
            return False
        return True
