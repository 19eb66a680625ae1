"""How much room a ledger takes for each conversation."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.inboxes import acquaint, batches, conversations, crowd, source_of
from benchmarks.runs import table
from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.edits import EDITABLE, Edits
from pageinbox.ledger.leases import Leases
from pageinbox.ledger.outbox import Outbox
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import NAMED
from pageinbox.model.conversation import Conversation
from pageinbox.model.watch import Watch, WatchSpec
from pageinbox.tell.decide import decide
from pageinbox.tell.group import GATHERING, choose
from simulator.folders import PLATFORMS
from simulator.thread import Thread
from simulator.world import World
from tests.postgres import Postgres, Unavailable

ROOM = "!EqYTVOPmRcbjKiLqZc:chat.example"
RELATIONS = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname LIKE 'inbox_%' AND relkind = 'r'"
WATCH = Watch(1, ROOM, WatchSpec())


Fill = Callable[[str, list[Thread], str], None]


def measure(count: int = 2_000, platforms: Sequence[str] = PLATFORMS, *, postgresql: bool = True) -> str:
    """The figures as Markdown, of ledgers with `count` conversations: telling them one by one takes a while.

    Those of PostgreSQL too, unless this machine has none or `postgresql` is off.
    """
    with ExitStack() as stack:
        server = None
        with suppress(Unavailable):
            server = stack.enter_context(Postgres()) if postgresql else None
        return sizes(server, count, platforms)


def sizes(server: Postgres | None, count: int, platforms: Sequence[str]) -> str:
    """The same, of PostgreSQL where there is a `server`."""
    page = World(time.time).page("acme")
    kinds: dict[str, Fill] = {
        "known, never announced": known,
        "each announced by itself": announced,
        "half each": half,
        "each announced, while it can be edited": young,
    }
    rows, taken, parts = [], [], []
    for platform in platforms:
        threads = crowd(page, platform, count, newest=int(time.time()) - 60)
        for what, fill in kinds.items():
            with TemporaryDirectory() as folder:
                empty, full = Path(folder, "empty.sqlite"), Path(folder, "full.sqlite")
                open_ledger(f"sqlite:///{empty}").close()
                fill(f"sqlite:///{full}", threads, platform)
                fixed = size_of(empty)
                size = (size_of(full) - fixed) / count
                if fill is not young:
                    taken.append(size)
                if fill is announced:
                    parts.append(f"{platform.title()}: {shares(full, count)}")
            beside = "" if server is None or fill is half else on_postgresql(server, fill, threads, platform)
            rows.append((f"{platform.title()}, {what}", f"{size:.0f}", beside))
    return (
        f"{table(('bytes for each conversation', 'SQLite', 'PostgreSQL'), rows)}\n\n"
        f"From {min(taken):.0f} to {max(taken):.0f} bytes on SQLite (to reach: at most 200), but for the few that were "
        f"announced in the last {EDITABLE / 86400:.0f} days; beside the "
        f"{fixed // 1024} KiB of an empty ledger; measured with {count:,} conversations. Where they go when each "
        f"is announced by itself: {'; '.join(parts)}."
    )


def known(url: str, threads: list[Thread], platform: str) -> None:
    """Met by a first look, which is quiet."""
    acquaint(url, threads[0].page, platform, threads)


def announced(url: str, threads: list[Thread], platform: str) -> None:
    """Learned by looks that found a few each, and told one by one, each with a receipt as long as Matrix's.

    They come a few at a time, and what they said is erased when it can't be edited any more.
    """
    acquaint(url, threads[0].page, platform, [])
    ledger = open_ledger(url)
    try:
        over_days(url, ledger, threads, platform)
    finally:
        ledger.close()


def over_days(url: str, ledger: Ledger, threads: list[Thread], platform: str) -> None:
    """Tell a few at a time, and erase what they said when it can't be edited any more."""
    few = max(NAMED, len(threads) // 100)
    with closing(open_ledger(url, clock=lambda: time.time() + EDITABLE + 60)) as later:
        edits = Edits(later, Sources(later, {}))
        for start in range(0, len(threads), few):
            tell(ledger, threads[start : start + few], platform)
            edits.fade()


def young(url: str, threads: list[Thread], platform: str) -> None:
    """The same, just told: what they said is kept for a while, so that it can be edited."""
    acquaint(url, threads[0].page, platform, [])
    ledger = open_ledger(url)
    try:
        tell(ledger, threads, platform)
    finally:
        ledger.close()


def half(url: str, threads: list[Thread], platform: str) -> None:
    """The older half is known, the newer half is announced."""
    middle = len(threads) // 2
    acquaint(url, threads[0].page, platform, threads[middle:])
    ledger = open_ledger(url)
    try:
        over_days(url, ledger, threads[:middle], platform)
    finally:
        ledger.close()


def tell(ledger: Ledger, threads: list[Thread], platform: str) -> None:
    """Learn, queue, claim and send, as `Poll` and `Delivery` do, and without waiting for the disk."""
    page, source = threads[0].page, source_of(platform)
    seen = Sources(ledger, {page.name: page.id})
    queue, outbox = Queue(ledger), Outbox(ledger, seen, choose, ahead=GATHERING)
    if ledger.engine.dialect.name == "sqlite":
        with ledger.reading() as connection:
            connection.exec_driver_sql("PRAGMA synchronous=OFF")  # of the one connection that is used over and over
    Leases(ledger, seen, 3600).take(source)
    place = seen.row(source)
    few: list[Conversation]
    for few in batches(conversations(threads, platform), NAMED):
        now = time.time()
        with ledger.writing() as connection:
            seen.fence(connection, place, known_more=len(few), looked=int(now * 1000))
            ids = seen.learn(connection, place, few, now=now)
            queue.add(connection, place, decide(few, [], [WATCH], (), now=now, away_since=None), ids=ids)
        while (claimed := outbox.claim()) is not None:
            item, _ = claimed
            if len(item.news) != 1:
                raise AssertionError("conversations were told together")
            outbox.sent(item, f"${item.number:x}".ljust(44, "x"))


def size_of(path: Path) -> int:
    """The bytes of a SQLite database once everything is in its one file."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


def shares(path: Path, count: int) -> str:
    """What the larger tables and indexes take for one conversation, the largest first."""
    with sqlite3.connect(path) as connection:
        try:
            found = connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC").fetchall()
        except sqlite3.OperationalError:
            return "this SQLite has no dbstat to tell"
    connection.close()
    return ", ".join(f"{name} {size / count:.0f}" for name, size in found if size / count >= 5)


def on_postgresql(server: Postgres, fill: Fill, threads: list[Thread], platform: str) -> str:
    """Bytes that each conversation takes in a PostgreSQL database from which the dead rows were cleared away."""
    taken = []
    for these in (threads[:1], threads):
        with server.database() as url:
            fill(url, these, platform)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM FULL")
                (size,) = connection.execute(RELATIONS).fetchone() or (0,)
                taken.append(int(size))
    return f"{(taken[1] - taken[0]) / len(threads):.0f}"
