"""An event loop in a thread of its own. Other threads have work done in it, and none of them ever waits forever.

It is told to end by a flag, `Loop.ending`, and by cancelling what runs, again and again: a library may swallow
a cancellation, as `asyncio.wait_for` of Python 3.11 does when one arrives together with the result. Whatever still runs
after that is left behind in its thread, which does not keep the process alive.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from errbot_matrix.errors import Doubtful, Unreached

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds the loop gets to end before it is left behind."""

AGAIN = 0.5
"""Seconds after which whatever still runs is cancelled again."""

LOOK = 1.0
"""Seconds after which a thread that waits for its work checks that the loop still runs."""


class Loop:
    """Runs `main`, and the work of other threads. When `main` ends, so does everything else.

    `patience` is how many seconds `stop` waits.
    """

    _loop: asyncio.AbstractEventLoop

    def __init__(self, main: Callable[[], Coroutine[Any, Any, object]], *, patience: float = PATIENCE) -> None:
        self._main = main
        self._patience = patience
        self._thread = threading.Thread(target=self._serve, name="matrix", daemon=True)
        self._asked = asyncio.Event()
        self._left_behind = False
        self.ending = False
        """Whether the loop has been told to end. Whatever repeats itself in the loop has to check this."""

    def start(self) -> None:
        """Start the thread. Raises OSError when the system can't provide another event loop."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """End everything, and wait for that, `patience` seconds at most. Threads that wait in `run` get Doubtful."""
        self.ending = True
        if not self._thread.is_alive():
            return
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._asked.set)
        self._thread.join(self._patience)
        if self._thread.is_alive():
            self._left_behind = True
            log.error("The connection to Matrix has not ended in %g s; I am leaving it behind.", self._patience)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the loop do some work, and wait for its result or exception. For any thread but the loop's own.

        Raises Unreached when the loop is not running or is ending, Doubtful when it ends before the work does, and
        RuntimeError in the loop's own thread, which would wait for itself.
        """
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the event loop can't wait for itself")
        doing = self._hand_in(work)
        try:
            while not concurrent.futures.wait([doing], LOOK).done:
                if self._left_behind or not self._thread.is_alive():
                    raise Doubtful("I am shutting down.")
            return doing.result()
        except concurrent.futures.CancelledError:
            pass
        except KeyboardInterrupt:
            doing.cancel()
            raise
        raise Doubtful("I am shutting down.")

    def _hand_in(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        if self._thread.is_alive() and not self.ending:
            with suppress(RuntimeError):  # it has just ended
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise Unreached("I am not connected to the homeserver.")

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        main = asyncio.ensure_future(self._main())
        asked = asyncio.ensure_future(self._asked.wait())
        await asyncio.wait([main, asked], return_when=asyncio.FIRST_COMPLETED)
        self.ending = True
        while rest := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in rest:
                task.cancel()
            await asyncio.wait(rest, timeout=AGAIN)
        with suppress(asyncio.CancelledError):
            await main
