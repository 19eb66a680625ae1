"""What it takes to tell how a month went, of a ledger that knows very many conversations, and the room of an answer.

As `python -m benchmarks.statistics` it is the process that is asked: see `measure`.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import UTC
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import psycopg
from msgspec.structs import replace

from benchmarks.inboxes import batches, familiar
from benchmarks.runs import fresh, memory_now, peak_memory, table
from pageinbox.ledger.arrivals import arrived, begun
from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.schema import act, ms
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.statistics import Figuring
from pageinbox.ledger.waits import Waits
from pageinbox.model.act import ActKind, Ending
from pageinbox.model.conversation import Conversation
from pageinbox.model.hours import OpeningHours, Span
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.statistics import DAY, Part, Period
from simulator.page import Page
from simulator.thread import thread_id
from simulator.world import World
from tests.postgres import Postgres, Unavailable

NAMES = ("acme", "globex", "initech")
SOURCES = [Source(name, platform, Folder.INBOX) for name in NAMES for platform in Platform]
MONTH, TWO = 30.0 * DAY, 60.0 * DAY
CLAIMED = 4
"""Of so many answers one was claimed before."""

BATCH = 20_000


def measure(known: int = 1_000_000, answers: int = 200_000, rounds: int = 21, *, postgresql: bool = True) -> str:
    """The figures as Markdown: `answers` within 60 days, in some of `known` conversations, asked for `rounds` times.

    On PostgreSQL too, unless this machine has none or `postgresql` is off.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        places = {"SQLite": f"sqlite:///{Path(folder)}/ledger.sqlite"}
        with suppress(Unavailable):
            if postgresql:
                places["PostgreSQL"] = stack.enter_context(stack.enter_context(Postgres()).database())
        rows = []
        for database, url in places.items():
            fill(url, known, answers)
            found = fresh("statistics", url, str(rounds))
            lengths = (f"{found[name] * 1000:.0f} ms" for name in ("median", "longest", "cpu"))
            size = size_of_answers(url) / answers
            rows.append((database, *lengths, f"{found['memory']:.1f} MiB", f"{size:.1f}"))
    head = "", "30 days, median", "longest", "CPU", "memory more", "bytes an answer"
    return (
        f"{table(head, rows)}\n\n"
        f"{known:,} conversations known, {answers:,} of them answered within 60 days, one in {CLAIMED} of them claimed "
        f"before, on {len(NAMES)} Pages and both platforms; 30 days compared with the 30 before, asked for {rounds} "
        "times by a process of its own, whose CPU is given: the server's comes on top. To reach: below 1 s and 50 MiB, "
        "and at most 40 bytes an answer on SQLite."
    )


def fill(url: str, known: int, answers: int) -> None:
    """Make a ledger at `url` with so many conversations and answers, as looks would have left it."""
    now, world = float(int(time.time())), World(time.time, NAMES)
    pages = {name: world.page(name) for name in NAMES}
    ids = {name: page.id for name, page in pages.items()}
    lists = {source: crowd(pages[source.page], source, known // len(SOURCES), now) for source in SOURCES}
    familiar(url, ids, lists)
    with closing(open_ledger(url)) as ledger:
        sources = Sources(ledger, ids)
        hours = OpeningHours(tuple(Span(day, 9 * 60, 18 * 60) for day in range(5)), UTC)
        waits = Waits(ledger, sources, dict.fromkeys(NAMES, hours))
        for source in SOURCES:
            of_each = answers // len(SOURCES)
            for some in batches(crowd(pages[source.page], source, of_each, now), BATCH):
                answer_all(ledger, sources, waits, source, some, now)


def crowd(page: Page, source: Source, count: int, now: float) -> Iterator[Conversation]:
    """Conversations that began within 60 days, oldest first, and in which somebody waits."""
    for number in range(1, count + 1):
        at = now - TWO + (number - 1) * (TWO - DAY) // count
        id = thread_id(page, source.platform.value, number + NAMES.index(page.name) * 10_000_000)
        yield Conversation(id, at, source.platform, snippet="Still there?", waiting=True, wrote=at, waits=at)


def answer_all(
    ledger: Ledger, sources: Sources, waits: Waits, source: Source, waiting: Sequence[Conversation], now: float
) -> None:
    """Let the ledger find them, and that each was answered; some of them were claimed before that."""
    random, at = Random(int(waiting[0].updated)), ms(now)
    row = sources.row(source)
    with ledger.writing() as connection:
        begun(connection, row, ms(now - 2 * TWO))
        ids = sources.learn(connection, row, waiting, now=now)
        arrived(connection, row, waiting, at)
        waits.learn(connection, row, {ids[item.id]: item for item in waiting}, at)
        answered = {
            ids[item.id]: replace(item, waiting=False, answered=item.updated + 60 + int(random.expovariate(1 / 4000)))
            for item in waiting
        }
        waits.learn(connection, row, answered, at)
        claims = [
            {
                "conversation": row_id,
                "kind": ActKind.CLAIM.value,
                "who": f"U{row_id % 12}",
                "name": f"Colleague {row_id % 12}",
                "room": "#support",
                "at": ms(item.updated) + 30_000,
                "ended": ms(item.answered or now) + 40_000,
                "ending": Ending.ANSWERED.value,
            }
            for row_id, item in islice(answered.items(), 0, None, CLAIMED)
        ]
        in_bulk(connection, INSERTS[connection.dialect.name](act), claims)


def size_of_answers(url: str) -> float:
    """The bytes that all answers take in a ledger."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            asked = "SELECT sum(pgsize) FROM dbstat WHERE name = 'inbox_answer'"
            return float(file.execute(asked).fetchone()[0])
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_total_relation_size('inbox_answer')").fetchone()
        return float(row[0] if row else 0)


def asked(url: str, rounds: int) -> dict[str, float]:
    """How long it takes to tell how the last 30 days went, in seconds, and the MiB of memory that takes at most."""
    now, zone = time.time(), ZoneInfo("Europe/Rome")
    with closing(open_ledger(url)) as ledger:
        figuring = Figuring(ledger, Sources(ledger, {name: World(time.time, NAMES).page(name).id for name in NAMES}))
        usual = dict.fromkeys(SOURCES, math.inf)
        month, before = Period(now - MONTH, now), Period(now - 2 * MONTH, now - MONTH)
        figuring.statistics({}, month, before, zone)  # what is loaded once
        held, taken, worked = memory_now(), list[float](), list[float]()
        for _ in range(rounds):
            began, idle = time.perf_counter(), time.process_time()
            found = figuring.statistics(usual, month, before, zone)
            worked.append(time.process_time() - idle)
            taken.append(time.perf_counter() - began)
        if not found.all.now.answered or not found.all.before.answered or not found.parts[Part.PERSON]:
            raise AssertionError("nothing was found")
        more = peak_memory() - held
        return {"median": median(taken), "cpu": median(worked), "longest": max(taken), "memory": more}


if __name__ == "__main__":
    print(json.dumps(asked(sys.argv[1], int(sys.argv[2]))))
