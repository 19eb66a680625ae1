"""Listing a large inbox over HTTP: err-inbox beside a bare loop and the two libraries that know the Graph."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.clients import CLIENTS
from benchmarks.runs import Figures, fresh, in_turn, table
from pageinbox.graph.asking import CORE_FIELDS, LATEST, MESSAGE_FIELDS, OPTIONAL_FIELDS
from pageinbox.graph.pages import MOST
from simulator.folders import PLATFORMS
from simulator.server import Simulator
from simulator.world import World

SEEDED = 6
"""Threads of the world for each that is listed, over both platforms and all folders: enough in either inbox."""

VERSION = "v24.0"
FIELDS = ",".join((*CORE_FIELDS, *OPTIONAL_FIELDS, f"messages.limit({LATEST}){{{','.join(MESSAGE_FIELDS)}}}"))
"""What all ask for, `MOST` a call, since err-inbox does; every run is checked to have done so."""


def measure(count: int = 10_000, rounds: int = 5, platforms: Sequence[str] = PLATFORMS) -> str:
    """The figures as Markdown, of inboxes with `count` conversations, a multiple of `MOST`."""
    world = World.seeded(1, time.time, conversations=SEEDED * count)
    for platform in platforms:
        for thread in world.conversations("acme", platform, "inbox")[count:]:
            world.delete(thread)
    with Simulator(world, rate_limit=False, instagram_fields="present") as graph:
        tables = [section(graph, platform, count, rounds) for platform in platforms]
    return "\n\n".join(tables)


def section(graph: Simulator, platform: str, count: int, rounds: int) -> str:
    """One platform's table and what to read from it."""
    page = graph.world.page("acme")
    ids = [thread.id for thread in graph.world.conversations(page, platform, "inbox")]
    if len(ids) != count:
        raise AssertionError(f"the world has {len(ids)} conversations")
    job = {
        "url": graph.url,
        "version": VERSION,
        "page": page.id,
        "token": page.token,
        "platform": platform,
        "fields": FIELDS,
        "limit": MOST,
        "count": count,
    }

    def run(name: str) -> Figures:
        graph.forget()
        got = fresh("clients", name, given=job)
        if got["ids"] != ids:
            raise AssertionError(f"{name} did not get every conversation in order")
        asked = [received.query for received in graph.requests if received.path.endswith("/conversations")]
        if {(query["fields"], query["limit"], query["platform"]) for query in asked} != {(FIELDS, str(MOST), platform)}:
            raise AssertionError(f"{name} asked for something else: {asked[0]}")
        figures: Figures = got["figures"]
        if figures["calls"] != len(graph.requests):
            raise AssertionError(f"{name} made {len(graph.requests)} calls")
        return figures

    found = in_turn(list(CLIENTS), rounds, run)
    base = found["bare requests"]
    head = ("", "CPU", "× bare", "CPU with start-up", "wall", "peak memory", "calls", "bytes")
    rows = [
        (
            name,
            f"{one['cpu'] * 1000:,.0f} ms",
            f"{one['cpu'] / base['cpu']:.2f}",
            f"{one['whole'] * 1000:,.0f} ms",
            f"{one['wall']:.2f} s",
            f"{one['memory']:.0f} MiB",
            f"{one['calls']:,.0f}",
            f"{one['bytes']:,.0f}",
        )
        for name, one in found.items()
    ]
    ours, sdk = found["err-inbox"]["cpu"], found["facebook-business"]["cpu"]
    return (
        f"**{count:,} {platform.title()} conversations**, {MOST} a call, median of {rounds} rounds:\n\n"
        f"{table(head, rows)}\n\n"
        f"Beside the bare loop: {ours / base['cpu']:.2f} × its CPU (to reach: at most 0.75). "
        f"Beside facebook-business: {sdk / ours:.1f} × less (to reach: at least 12)."
    )
