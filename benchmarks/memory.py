"""Whether a bot's memory settles: tens of thousands of looks, and thousands of commands in as many rooms.

Two processes: a Graph that takes next to nothing to serve (`benchmarks.stub`), where people who never did write now and
then, and a bot without threads, whose clock moves only when it waits for its next look.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import cycle
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.pages import LISTS, fill, settings_of
from benchmarks.runs import child, fresh, memory_now, table
from benchmarks.stub import Crowd
from pageinbox.model.source import Folder

STEPS = 10
"""Times the memory is looked at; the first one is what the last one is compared with."""

SAID = (
    "", "more", "spam page001", "show 1", "waiting", "more 50", "instagram page002", "mute 1 for 2h",
    "user 1602000000000001", "why 1", "status", "since 2h", "outbox", "pages", "unread spam", "text hello", "help",
    "whatever this is", "status page001",
)  # fmt: skip
"""What is said, one after the other; each two in a room of their own, so that one may go on from the other."""

IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where the ledger lies: how long the disk takes is not measured here."""

PATIENCE = 3600
"""Seconds until the bot counts as hung."""


class Clock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def measure(looks: int = 30_000, commands: int = 2_500, pages: int = 24, depth: int = 20, every: int = 10) -> str:
    """The figures as Markdown, of so many `looks` and `commands` all in all.

    `depth` are the conversations of each list at the beginning, and in every so many looks at it there is a new one.
    """
    crowd = Crowd(pages, depth, int(time.time()) - 60, 0.0, every)
    with TemporaryDirectory(dir=IN_MEMORY) as folder, child("stub", asdict(crowd)) as stub:
        assert stub.stdout
        ledger = f"sqlite:///{folder}/ledger.sqlite"
        fill(ledger, crowd)
        settings = settings_of(crowd, ledger, 60.0, tuple(Folder))
        settings["GRAPH_URL"] = f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        task = {"settings": settings, "ledger": ledger, "looks": looks // STEPS, "commands": commands // STEPS}
        steps = fresh("memory", given=task, patience=PATIENCE)
        stub.communicate("\n")
    rows = [
        (
            f"{looks // STEPS * number:,} looks, {commands // STEPS * number:,} commands",
            f"{step['memory']:.1f} MiB",
            f"{step['memory'] / steps[0]['memory']:.3f}",
            f"{step['blocks']:,}",
            f"{step['blocks'] / steps[0]['blocks']:.3f}",
        )
        for number, step in enumerate(steps, 1)
        if number in (1, STEPS // 2, STEPS)
    ]
    head = ("after", "memory", "× the first", "blocks of memory", "× the first")
    return (
        f"{table(head, rows)}\n\n"
        f"{pages * LISTS:,} lists of {pages} Pages, {looks // every:,} new conversations told, commands in "
        f"{commands // 2:,} rooms. To reach: at the end at most 1.1 × the first."
    )


def main() -> None:
    """The bot's process: prints what it holds after each step."""
    from benchmarks.lookers import Ear
    from pageinbox.settings.table import read
    from tests.bot import Bot

    task = json.load(sys.stdin)
    clock = Clock()
    bot = Bot(read(task["settings"], environment={}), task["ledger"], Ear(), clock, clock.wait)
    talk = said(bot)
    steps: list[dict[str, float]] = []
    for _ in range(STEPS):
        for number in range(task["looks"]):
            while not bot.look():
                bot.tell()
                clock.wait(bot.schedule.wait())
            if number * task["commands"] // task["looks"] > (number - 1) * task["commands"] // task["looks"]:
                next(talk)
        gc.collect()
        steps.append({"memory": memory_now(), "blocks": sys.getallocatedblocks()})
    bot.stop()
    json.dump(steps, sys.stdout)


def said(bot: Any) -> Iterator[None]:
    """Say one thing after the other, each two in a room of their own. Raises AssertionError where that fails."""
    for number, words in enumerate(cycle(SAID)):
        post = bot.commands.answer(f"#room-{number // 2}", words)
        if "went wrong on my side" in str(post):
            raise AssertionError(f"{words}: {post}")
        yield


if __name__ == "__main__":
    main()
