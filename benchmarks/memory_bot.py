"""The bot that `memory` measures, in a process that loads nothing else: `python -m benchmarks.memory_bot`."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle

from benchmarks.lookers import Ear
from benchmarks.runs import memory_now
from pageinbox.settings.reading import read
from tests.bot import SAM, Bot

STEPS = 10
"""Times the memory is looked at; the first one is what the last one is compared with."""

SAID = (
    "", "more", "spam page001", "show 1", "waiting", "more 50", "instagram page002", "mute 1 for 2h",
    "user 1602000000{number:06}", "why 1", "status", "since 2h", "outbox", "pages", "unread spam", "text norway",
    "help", "whatever this is {number}", "status page001",
)  # fmt: skip
"""What is said, one after the other; each two in a room of their own, so that one may go on from the other.

A person who is asked about is another one each time, by the `number` of the command.
"""


class Clock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def main() -> None:
    """The bot's process: prints what it holds after each step."""
    task = json.load(sys.stdin)
    clock = Clock()
    bot = Bot(read(task["settings"], environment={}), task["ledger"], Ear(), clock, clock.wait)
    talk = said(bot)
    steps: list[dict[str, float]] = []
    for _ in range(STEPS):
        for _ in range(task["commands"]):
            bot.run(clock.now + task["pause"])
            next(talk)
        gc.collect()
        steps.append({"memory": memory_now(), "blocks": sys.getallocatedblocks()})
    bot.stop()
    json.dump(steps, sys.stdout)


def said(bot: Bot) -> Iterator[None]:
    """Say one thing after the other, each two in a room of their own. Raises AssertionError where that fails."""
    for number, line in enumerate(cycle(SAID)):
        words = line.format(number=number)
        post = bot.commands.answer(f"#room-{number // 2}", words, person=SAM)
        if "went wrong on my side" in str(post):
            raise AssertionError(f"{words}: {post}")
        yield


if __name__ == "__main__":
    main()
