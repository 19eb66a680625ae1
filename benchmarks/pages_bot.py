"""The bot that `pages` measures, in a process that loads nothing else: `python -m benchmarks.pages_bot`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.runs import PLUGIN, errbot, peak_memory

ASKED = ("spam", "status", "pages")
"""What is asked, behind `!inbox`. To the Graph, asking for a folder looks like a look at it."""

PAUSE = 2.0
"""Seconds between two looks at how far it is."""

ROUNDS = 3
"""Intervals that are waited for a look at every list, at most."""


def main() -> None:
    """The bot's process: prints how it went."""
    task = json.load(sys.stdin)
    with errbot([], task["settings"]) as bot:
        plugins = bot.plugin_manager
        began = time.perf_counter()
        trouble = plugins.update_plugin_places(str(PLUGIN))
        plugins.activate_plugin("Inbox")
        activated = time.perf_counter() - began
        inbox = plugins.plugins["Inbox"]
        if trouble or not inbox.is_activated:
            raise AssertionError(f"Inbox is not active: {trouble}")
        service = inbox.opening.service()
        service.watches.watches()
        ready = time.perf_counter() - began
        patience = ROUNDS * task["settings"]["POLL_INTERVAL"]
        wait_for_all(service, time.time(), patience)
        begun, cpu = time.time(), time.process_time()
        time.sleep(task["alone"])
        wait_for_all(service, begun, patience)
        asked, cpu = time.time(), time.process_time() - cpu
        took: dict[str, list[float]] = {words: [] for words in ASKED}
        message = bot.build_message("!inbox")
        message.frm = message.to = bot.build_identifier("gbin@localhost")
        for _ in range(task["rounds"]):
            for words in ASKED:
                before = time.perf_counter()
                inbox.inbox(message, words)
                took[words].append(time.perf_counter() - before)
                time.sleep(task["reading"])
        ended = time.time()
        figures = {"activated": activated, "ready": ready, "begun": begun, "asked": asked, "ended": ended, "cpu": cpu,
                   "took": took, "memory": peak_memory() * 1024 * 1024 / 1e6}  # fmt: skip
    json.dump(figures, sys.stdout)


def wait_for_all(service: Any, since: float, patience: float) -> None:
    """Wait until every list was looked at since then, or else until the patience has ended."""
    from sqlalchemy import func, select

    from pageinbox.ledger.schema import ms, source

    late = select(func.count()).where(source.c.wanted, func.coalesce(source.c.looked, 0) < ms(since))
    while time.time() < since + patience:
        with service.ledger.reading() as connection:
            if not connection.execute(late).scalar():
                return
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
