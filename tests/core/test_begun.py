"""A command is begun although Errbot is changing its threads."""

from __future__ import annotations

from multiprocessing.pool import ThreadPool
from types import SimpleNamespace

import pytest

from pageinbox.chat.errbot.threads import LONGEST, begun


def closed() -> ThreadPool:
    """A pool of threads that takes no work any more."""
    pool = ThreadPool(1)
    pool.close()
    pool.join()
    return pool


def test_a_command_is_begun_once_there_are_threads_again() -> None:
    bot, done = SimpleNamespace(thread_pool=closed()), []
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            bot.thread_pool = ThreadPool(1)

    begun(bot, lambda: bot.thread_pool.apply_async(done.append, ["begun"]).wait(), sleep)
    assert (done, len(slept)) == (["begun"], 3)
    bot.thread_pool.close()
    bot.thread_pool.join()


def test_two_admins_commands_at_once_are_both_begun() -> None:
    # The one closes a pool, the other puts a new one in its place, and the first waits for that to end.
    old, new = closed(), ThreadPool(1)
    bot, begins = SimpleNamespace(thread_pool=old), 0

    def begin() -> None:
        nonlocal begins
        begins += 1
        if begins == 1:
            bot.thread_pool = new
            bot.thread_pool.join()

    with new:
        begun(bot, begin, pytest.fail)
        new.close()
        new.join()
    assert begins == 2


def test_threads_that_never_come_back_are_an_error_in_the_end() -> None:
    bot, slept = SimpleNamespace(thread_pool=closed()), []
    with pytest.raises(ValueError, match="Pool not running"):
        begun(bot, lambda: bot.thread_pool.apply_async(print).wait(), slept.append)
    assert LONGEST <= sum(slept) < LONGEST + 1


def test_any_other_error_is_raised_at_once() -> None:
    def begin() -> None:
        raise ValueError("a name that is no name")

    with pytest.raises(ValueError, match="no name"):
        begun(SimpleNamespace(), begin, pytest.fail)
