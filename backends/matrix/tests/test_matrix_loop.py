"""The event loop ends whatever runs in it, and nobody waits for it forever."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from errbot_matrix.errors import Doubtful, Unreached
from errbot_matrix.loop import Loop

PATIENCE = 120


class Deaf:
    """Work that swallows a number of cancellations, as a library might, and ends at the next."""

    def __init__(self, swallows: int) -> None:
        self.swallowed = 0
        self.begun = threading.Event()
        self.ended = threading.Event()
        self._swallows = swallows

    async def work(self) -> None:
        self.begun.set()
        while self.swallowed < self._swallows:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            self.swallowed += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


class Waiting:
    """A thread that waits for some work."""

    def __init__(self, loop: Loop, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self.failure: Exception | None = None
        self._loop = loop
        self._work = work
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        try:
            self._loop.run(self._work())
        except Exception as error:
            self.failure = error

    def failed_with(self) -> Exception | None:
        """The exception it got, once it is done. Raises AssertionError when it keeps waiting."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it keeps waiting"
        return self.failure


def started(main: Callable[[], Coroutine[Any, Any, object]], **more: float) -> Loop:
    loop = Loop(main, **more)
    loop.start()
    return loop


def test_main_ends_though_it_swallows_cancellations() -> None:
    main = Deaf(2)
    loop = started(main.work, patience=PATIENCE)
    assert main.begun.wait(PATIENCE)
    loop.stop()
    assert main.ended.is_set()
    assert main.swallowed == 2


def test_work_ends_though_it_swallows_cancellations() -> None:
    work = Deaf(2)
    loop = started(asyncio.Event().wait, patience=PATIENCE)
    waiting = Waiting(loop, work.work)
    assert work.begun.wait(PATIENCE)
    loop.stop()
    assert work.ended.is_set()
    assert isinstance(waiting.failed_with(), Doubtful)


def test_what_repeats_itself_checks_the_flag() -> None:
    begun = threading.Event()

    async def main() -> None:
        while not loop.ending:
            begun.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    loop = Loop(main, patience=PATIENCE)
    loop.start()
    assert begun.wait(PATIENCE)
    loop.stop()
    with pytest.raises(Unreached):
        loop.run(asyncio.sleep(0))


def test_what_does_not_end_is_left_behind(caplog: pytest.LogCaptureFixture) -> None:
    begun, free = threading.Event(), threading.Event()

    async def stuck() -> None:
        begun.set()
        free.wait()

    loop = started(asyncio.Event().wait, patience=0.1)
    waiting = Waiting(loop, stuck)
    assert begun.wait(PATIENCE)
    with caplog.at_level(logging.ERROR):
        loop.stop()
    assert "leaving it behind" in caplog.text
    assert isinstance(waiting.failed_with(), Doubtful)
    with pytest.raises(Unreached):
        loop.run(asyncio.sleep(0))
    free.set()


def test_when_main_ends_so_does_everything() -> None:
    over = threading.Event()

    async def main() -> None:
        while not over.is_set():
            await asyncio.sleep(0)

    work = Deaf(1)
    loop = started(main)
    waiting = Waiting(loop, work.work)
    assert work.begun.wait(PATIENCE)
    over.set()
    assert isinstance(waiting.failed_with(), Doubtful)
    loop.stop()


def test_a_loop_that_was_never_started_can_be_stopped() -> None:
    loop = Loop(asyncio.Event().wait)
    with pytest.raises(Unreached):
        loop.run(asyncio.sleep(0))
    loop.stop()
