"""Whether a bot's memory settles: tens of thousands of looks, and thousands of commands in as many rooms.

Two processes: a Graph that takes next to nothing to serve (`benchmarks.stub`), where people who never did write now and
then, and a bot without threads, whose clock moves only when it waits for its next look.
"""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from tempfile import TemporaryDirectory

from benchmarks.memory_bot import STEPS
from benchmarks.pages import LISTS, fill, settings_of
from benchmarks.runs import ALLOCATOR, child, fresh, table
from benchmarks.stub import Crowd
from pageinbox.model.source import Folder

INTERVAL = 60.0
"""Seconds between two looks at a list, at most."""

IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where the ledger lies: how long the disk takes is not measured here."""

PATIENCE = 3600
"""Seconds until the bot counts as hung."""


def measure(looks: int = 30_000, commands: int = 2_500, pages: int = 24, depth: int = 20, every: int = 10) -> str:
    """The figures as Markdown, of so many `commands` all in all, and at least so many `looks` between them.

    `depth` are the conversations of each list at the beginning, and in every so many looks at it there is a new one.
    """
    crowd = Crowd(pages, depth, int(time.time()) - 60, 0.0, every)
    with TemporaryDirectory(dir=IN_MEMORY) as folder, child("stub", asdict(crowd)) as stub:
        assert stub.stdout
        ledger = f"sqlite:///{folder}/ledger.sqlite"
        fill(ledger, crowd)
        settings = settings_of(crowd, ledger, INTERVAL, tuple(Folder))
        settings["GRAPH_URL"] = f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        pause = INTERVAL * looks / (pages * LISTS) / commands
        task = {"settings": settings, "ledger": ledger, "commands": commands // STEPS, "pause": pause}
        steps = fresh("memory_bot", given=task, patience=PATIENCE, environment=ALLOCATOR)
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
