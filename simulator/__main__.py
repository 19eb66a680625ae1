"""`python -m simulator`: serve a world until told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from threading import Event, Thread

from simulator.live import Live
from simulator.server import Simulator
from simulator.world import World


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit status."""
    options = _parser().parse_args(arguments)
    pages = [name for name in options.pages.split(",") if name]
    if options.demo:
        world = World.demo(time.time)
    else:
        world = World.seeded(options.seed, time.time, conversations=options.conversations, pages=pages)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(
        world,
        port=options.port,
        instagram_folder=options.instagram_folder,
        instagram_fields=options.instagram_fields or ("present" if options.demo else "absent"),
        rate_limit=not options.no_rate_limit,
    ) as simulator:
        served = ", ".join(f"{page.name} (id {page.id}, token {page.token})" for page in world.pages.values())
        print(f"Graph API simulator at {simulator.url} · Pages: {served} · all tokens are made up", flush=True)
        if options.live:
            live = Thread(target=Live(world, seed=options.seed).run, args=(stop,), name="live", daemon=True)
            live.start()
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A simulated Graph API on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8700, help="0 picks a free one (default: 8700)")
    parser.add_argument("--demo", action="store_true", help="serve the Page of the README instead of a generated world")
    parser.add_argument("--seed", type=int, default=1, help="the same seed always gives the same world (default: 1)")
    parser.add_argument("--conversations", type=int, default=60, help="how many, across all Pages (default: 60)")
    parser.add_argument("--pages", default="acme", help="names of the Pages, separated by commas (default: acme)")
    parser.add_argument("--live", action="store_true", help="let customers write and agents answer while it runs")
    parser.add_argument(
        "--instagram-folder",
        choices=("honour", "ignore", "empty", "error"),
        default="honour",
        help="what the parameter folder does on Instagram (default: honour)",
    )
    parser.add_argument(
        "--instagram-fields",
        choices=("absent", "present", "error"),
        help="what Instagram does with snippet, unread_count, ... (default: present with --demo, otherwise absent)",
    )
    parser.add_argument("--no-rate-limit", action="store_true", help="allow more than two calls a second")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
