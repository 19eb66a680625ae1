"""Looks of the poller at a quiet inbox, and at one with 10,000 new conversations, beside simpler ways to do it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.inboxes import acquaint, crowd, world_of
from benchmarks.listing import FIELDS, VERSION
from benchmarks.runs import Figures, fresh, in_turn, table
from pageinbox.graph.pages import FEWEST, MOST
from pageinbox.tell.sweeps import SWEEP_DEPTH
from simulator.server import Simulator
from simulator.thread import Thread

SIZES = (100, 10_000, 1_000_000)
LISTED = 10_000
"""The largest inbox that is listed whole at every look."""

PLATFORM = "messenger"


def limits(count: int) -> list[int]:
    """How many conversations each call of a look asks for that reads `count` of them."""
    return [FEWEST, *[MOST] * -(-max(0, count - FEWEST) // MOST)]


def run(
    graph: Simulator, name: str, known: Sequence[Thread], template: Path, calls: list[int], expected: list[int]
) -> Any:
    """What a fresh process tells of its looks; it works on a copy of the ledger `template`."""
    page = graph.world.page("acme")
    with TemporaryDirectory() as folder:
        ledger = shutil.copy(template, folder)
        graph.forget()
        task = {
            "url": graph.url,
            "version": VERSION,
            "page": page.id,
            "token": page.token,
            "platform": PLATFORM,
            "fields": FIELDS,
            "limits": calls,
            "known": [thread.id for thread in known] if name == "facebook-business" else [],
            "ledger": f"sqlite:///{ledger}",
            "expected": expected,
        }
        got = fresh("lookers", name, given=task)
    if sum(look["calls"] for look in got["looks"]) != len(graph.requests):
        raise AssertionError(f"{name} made {len(graph.requests)} calls")
    return got


def quiet(sizes: Sequence[int] = SIZES, looks: int = 21, naive_looks: int = 3) -> str:
    """The figures of looks that find nothing, as Markdown; `sizes` are how many conversations are known."""
    rows, sweeps, ours = [], [], []
    for size in sizes:
        newest = int(time.time()) - 60
        world = world_of(PLATFORM, size, newest)
        threads = world.conversations("acme", PLATFORM, "inbox")
        with TemporaryDirectory() as folder, Simulator(world, rate_limit=False) as graph:
            template = Path(folder, "ledger.sqlite")
            acquaint(f"sqlite:///{template}", world.page("acme"), PLATFORM, threads)
            first, *others = run(graph, "err-inbox", threads, template, [], [0] * (1 + looks))["looks"]
            sweeps.append((size, first))
            ours.append(medians(others))
            rows.append(quiet_row("err-inbox", size, ours[-1]))
            if size <= LISTED:
                found = run(graph, "facebook-business", threads, template, limits(size), [0] * naive_looks)["looks"]
                rows.append(quiet_row("facebook-business", size, medians(found)))
        del world, threads
    spread = max(one["bytes"] for one in ours) / min(one["bytes"] for one in ours) - 1
    swept = "; ".join(
        f"{size:,} known: {look['calls']:.0f} calls, {look['bytes']:,.0f} bytes, {look['cpu'] * 1000:,.0f} ms of CPU"
        for size, look in sweeps
    )
    return (
        f"{table(('', 'known', 'calls', 'bytes', 'CPU', 'wall'), rows)}\n\n"
        f"Calls of err-inbox: {max(one['calls'] for one in ours):.0f} a look at most (to reach: one for each source). "
        f"Bytes differ by {spread:.1%} between {sizes[0]:,} and {sizes[-1]:,} known (to reach: at most 5 %).\n\n"
        f"Once an hour, and after a start, a look goes on until {SWEEP_DEPTH:,} conversations are read, since one "
        f"that is moved into a folder keeps its place in time. {swept}."
    )


def quiet_row(name: str, size: int, one: Figures) -> tuple[str, ...]:
    times = (f"{one[key] * 1000:,.1f} ms" for key in ("cpu", "wall"))
    return name, f"{size:,}", f"{one['calls']:.0f}", f"{one['bytes']:,.0f}", *times


def medians(looks: Sequence[Figures]) -> Figures:
    return {key: median(one[key] for one in looks) for key in looks[0]}


def burst(new: int = 10_000, behind: int = 1_000, rounds: int = 5) -> str:
    """The figures of a look that finds `new` conversations before those it knows, as Markdown.

    `behind` are the known ones, at least as many as one call asks for.
    """
    newest = int(time.time()) - 60
    world = world_of(PLATFORM, behind, newest - new)
    page = world.page("acme")
    known = world.conversations(page, PLATFORM, "inbox")
    calls = limits(new)
    with TemporaryDirectory() as folder, Simulator(world, rate_limit=False) as graph:
        template = Path(folder, "ledger.sqlite")
        acquaint(f"sqlite:///{template}", page, PLATFORM, known)
        world.add_all(crowd(page, PLATFORM, new, newest=newest, first=behind + 1))
        # The last call of a look reaches what is known, and so does that of a loop with the same slices.
        expected = {"err-inbox": new, "requests and json.loads": sum(calls), "facebook-business": new}

        def one(name: str) -> Figures:
            got = run(graph, name, known, template, calls, [expected[name]])
            figures: Figures = got["looks"][0] | {"peak": got["end"]["memory"], "telling": got["end"]["telling"]}
            if got["end"]["messages"] > 1:
                raise AssertionError(f"the room was told in {got['end']['messages']} messages")
            return figures

        found = in_turn(list(expected), rounds, one)
    base, ours = found["requests and json.loads"], found["err-inbox"]
    rows = [
        (
            name,
            f"{one['cpu'] * 1000:,.0f} ms",
            f"{one['cpu'] / base['cpu']:.2f}",
            f"{one['wall']:.2f} s",
            f"{one['wall'] / base['wall']:.2f}",
            f"{one['memory']:.0f} MiB",
            f"{one['peak']:.0f} MiB",
            f"{one['calls']:.0f}",
            f"{one['bytes']:,.0f}",
        )
        for name, one in found.items()
    ]
    head = ("", "CPU", "× bare", "wall", "× bare", "memory of the look", "of the process", "calls", "bytes")
    return (
        f"{table(head, rows)}\n\n"
        f"Median of {rounds} rounds. The look takes {ours['cpu'] / base['cpu']:.2f} × the CPU and "
        f"{ours['wall'] / base['wall']:.2f} × the wall time of fetching and parsing (to reach: at most 2). "
        f"Telling the room afterwards, in one message, takes {ours['telling'] * 1000:,.0f} ms of CPU."
    )
