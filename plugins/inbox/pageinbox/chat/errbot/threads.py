"""A command is begun although Errbot's threads take none just then.

Before an admin's command Errbot closes its pool of threads, waits until all in it are through and makes another one.
Whatever a backend tells it of meanwhile, from another thread, fails in `_process_command` and is lost without a word
(seen in Errbot 6.2.1, with CPython 3.11 to 3.13). slackv3 tells it of messages from ten threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

CHANGING = {"Pool not running", "Pool is still running"}
"""What a ThreadPool says that was closed, and one that somebody else has put in the place of the one that was."""

PAUSE, LONGEST = 0.05, 120
"""Seconds between two looks whether there is another pool, and until it is taken for one that never comes."""


def begun(bot: Any, begin: Callable[[], None], sleep: Callable[[float], object]) -> None:
    """Have Errbot begin a command by `begin`, which is called again if it was changing its threads.

    `begin` is to begin one command: what it did before it failed it does again. `sleep` waits for some seconds. Raises
    what `begin` raises, also where Errbot has no threads for `LONGEST`, or none any more since the bot ends.
    """
    waited = 0.0
    while True:
        pool = getattr(bot, "thread_pool", None)
        try:
            return begin()
        except ValueError as error:
            if str(error) not in CHANGING or waited >= LONGEST:
                raise
        while bot.thread_pool is pool and waited < LONGEST:
            if not threading.main_thread().is_alive():  # Python 3.12 starts no thread then
                raise RuntimeError("The bot ends.")
            sleep(PAUSE)
            waited += PAUSE
