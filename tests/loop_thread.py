"""An event loop in a thread of its own, for servers that answer while a test goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

PATIENCE = 120  # seconds until work that does not end counts as hanging
Result = TypeVar("Result")


class LoopThread:
    """Runs the `loop` from its making until `close`."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Have the loop do some work, and wait for it. Raises what it raises, and TimeoutError where it hangs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def close(self) -> None:
        """End, and with the loop all that still goes on there."""
        self.run(end_the_others())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


async def end_the_others() -> None:
    """Cancel all tasks of the loop but this one."""
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
