"""Many Pages in one bot: whether each list is looked at in time, what that takes, and how quick answers are meanwhile.

Two processes: a Graph that takes next to nothing to serve (`benchmarks.stub`), and an Errbot with the plugin, which
looks with its own threads and production's pauses.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from itertools import pairwise
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.inboxes import familiar
from benchmarks.listing import VERSION
from benchmarks.pages_bot import ASKED, ROUNDS
from benchmarks.runs import ALLOCATOR, PATIENCE, child, fresh, table
from benchmarks.stub import Crowd, name_of
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Folder, Platform, Source
from simulator.page import Page
from simulator.thread import thread_id
from tests.postgres import Postgres, Unavailable

LATENCY = 0.05
"""Seconds that the Graph takes for a reply."""

LISTS = len(Platform) * len(Folder)
"""Lists of a Page."""


def measure(
    pages: int = 300,
    depth: int = 417,
    interval: float = 60.0,
    alone: float = 60.0,
    rounds: int = 5,
    reading: float = 3.0,
    folders: Sequence[Folder] = tuple(Folder),
    *,
    postgresql: bool = True,
) -> str:
    """The figures as Markdown.

    `depth` are the conversations known of each of the eight lists of a Page, `interval` is POLL_INTERVAL. The bot looks
    for `alone` seconds at least with nobody asking, until every list was looked at, and then while each of `ASKED` is
    asked `rounds` times, `reading` seconds apart. `folders` are watched. On PostgreSQL too, unless this machine has
    none or `postgresql` is off.
    """
    crowd = Crowd(pages, depth, int(time.time()) - 60, LATENCY)
    with ExitStack() as stack:
        ledgers = {"SQLite": f"sqlite:///{stack.enter_context(TemporaryDirectory())}/ledger.sqlite"}
        with suppress(Unavailable):
            if postgresql:
                ledgers["PostgreSQL"] = stack.enter_context(stack.enter_context(Postgres()).database())
        found = []
        for url in ledgers.values():
            fill(url, crowd)
            task = {"settings": settings_of(crowd, url, interval, folders), "alone": alone, "rounds": rounds,
                    "reading": reading}  # fmt: skip
            found.append(run(crowd, task, folders))
    rows = [(what, *(one[what] for one in found)) for what in found[0]]
    lists = pages * len(Platform) * len(folders)
    return (
        f"{table(('', *ledgers), rows)}\n\n"
        f"{pages:,} Pages, {lists:,} lists watched, {pages * LISTS * depth:,} conversations known, POLL_INTERVAL "
        f"{interval:.0f}; a reply of the Graph takes {LATENCY * 1000:.0f} ms. To reach: every list within "
        f"{interval:.0f} s, under half a core and 300 MB, answers within 2 s and activation within 3 s. "
        f"Looked with nobody asking for {alone:.0f} s, and then while each question was put {rounds} times."
    )


def fill(url: str, crowd: Crowd) -> None:
    """Make a ledger that knows every conversation of the crowd."""
    lists = {
        Source(page.name, platform, folder): conversations(page, platform, numbers, crowd.newest)
        for page, platform, folder, numbers in crowd.lists()
    }
    familiar(url, {page.name: page.id for page in crowd.owners()}, lists)


def conversations(page: Page, platform: Platform, numbers: range, newest: int) -> Iterator[Conversation]:
    """What the Graph tells of a list, as far as a ledger keeps it; oldest first."""
    for age in reversed(range(len(numbers))):
        yield Conversation(thread_id(page, platform, numbers[age]), newest - age, platform)


def settings_of(crowd: Crowd, ledger: str, interval: float, folders: Sequence[Folder]) -> dict[str, Any]:
    """The settings of a bot that watches each Page in a room of its own, but for the Graph's address."""
    owners = crowd.owners()
    return {
        "PAGES": {page.name: {"ID": page.id, "TOKEN": page.token} for page in owners},
        "DATABASE_URL": ledger,
        "GRAPH_VERSION": VERSION,
        "POLL_INTERVAL": interval,
        "WATCHES": [f"#{page.name} {folder} {page.name}" for page in owners for folder in folders],
    }


def run(crowd: Crowd, task: dict[str, Any], folders: Sequence[Folder]) -> dict[str, str]:
    """The figures of one bot, as they are shown; it watches these `folders`."""
    settings = task["settings"]
    with child("stub", asdict(crowd)) as stub:
        assert stub.stdout
        settings["GRAPH_URL"] = f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        patience = PATIENCE + 2 * ROUNDS * settings["POLL_INTERVAL"]
        told = fresh("pages_bot", given=task, patience=patience, environment=ALLOCATOR)
        looks: dict[str, list[float]] = json.loads(stub.communicate("\n", PATIENCE)[0])
    interval = settings["POLL_INTERVAL"]
    gaps = [
        longest_gap(
            looks.get(name_of(page.id, platform, folder), []),
            told["begun"],
            told["asked"] if folder in ASKED else told["ended"],
        )
        for page, platform, folder, _ in crowd.lists()
        if folder in folders
    ]
    made = sum(told["begun"] <= at < told["asked"] for times in looks.values() for at in times)
    seconds = told["asked"] - told["begun"]
    return {
        f"lists looked at within {interval:.0f} s": f"{sum(gap <= interval for gap in gaps) / len(gaps):.1%}",
        "longest time between two looks at a list": f"{max(gaps):.1f} s",
        "looks a second": f"{made / seconds:.1f}",
        "CPU, of one core": f"{told['cpu'] / seconds:.0%}",
        "CPU of a look": f"{told['cpu'] / made * 1000:.1f} ms",
        "peak memory of the bot": f"{told['memory']:.0f} MB",
        "activation": f"{told['activated']:.2f} s",
        "until it knows its watches": f"{told['ready']:.2f} s",
    } | {
        f"`!inbox {words}`, median and longest": f"{median(took) * 1000:,.1f} ms, {max(took) * 1000:,.1f} ms"
        for words, took in told["took"].items()
    }


def longest_gap(looks: Sequence[float], begun: float, until: float) -> float:
    """The longest time between two looks at a list, of those that ended between two moments."""
    before = max((at for at in looks if at <= begun), default=begun)
    moments = [before, *(at for at in looks if begun < at < until), until]
    return max(later - earlier for earlier, later in pairwise(moments))
