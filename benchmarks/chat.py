"""A warm ``!inbox`` through a real Errbot beside a one-line command of the same bot.

The bot is Errbot with its own test backend, in a process of its own: the message goes through Errbot's dispatch,
access rules, thread pool, templating, Markdown conversion and sending, as with any backend, while the clock runs from
the message put in to the answer come out. The Text backend cannot be measured: it sleeps half a second after each line.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs import PLUGIN, fresh, table
from simulator.server import Simulator
from simulator.world import World

WARM = "!inbox"
ONE_LINE = "!ping"
ONE_LINE_PLUGIN = """from errbot import BotPlugin, botcmd


class Ping(BotPlugin):
    @botcmd
    def ping(self, msg, args):
        return "pong"
"""
ONE_LINE_PLUG = """[Core]
Name = Ping
Module = ping

[Python]
Version = 3
"""


def write_one_line_plugin(folder: str) -> None:
    """Write the plugin to compare with; a second .plug in this repository would be loaded by who installs it."""
    Path(folder, "ping.py").write_text(ONE_LINE_PLUGIN, encoding="utf-8")
    Path(folder, "ping.plug").write_text(ONE_LINE_PLUG, encoding="utf-8")


def measure(rounds: int = 400) -> str:
    """The figures as Markdown."""
    world = World.demo(time.time)
    pages = {page.name: {"ID": page.id, "TOKEN": page.token} for page in world.pages.values()}
    with Simulator(world, instagram_fields="present") as graph:
        took = fresh("chat", str(rounds), given={"PAGES": pages, "CACHE_TTL": 3600, "GRAPH_URL": graph.url})
        asked = [(received.path, *sorted(received.query.items())) for received in graph.requests]
    if not asked or len(asked) != len(set(asked)):
        raise AssertionError("the warm command was not answered from the cache")
    rows = [
        (what, f"{took[name]:.2f} ms", f"{took[name] / took['ping']:.2f}")
        for what, name in (
            ("`!inbox`, 10 rows of two lists, from the cache", "inbox"),
            ("– of it from question to Markdown, ours", "ours"),
            ("– of it from Markdown to text, Errbot's", "rendering"),
            ("`!ping`, one line that returns a word", "ping"),
            ("– of it from Markdown to text, Errbot's", "pong"),
        )
    ]
    return (
        f"{table(('', 'time', '× one line'), rows)}\n\n"
        f"Median of {rounds} rounds. A warm `!inbox` takes {took['inbox'] / took['ping']:.2f} × the one line "
        "(to reach: at most 1.5)."
    )


def main(rounds: int) -> None:
    """The bot's process: prints the medians in milliseconds."""
    from errbot.backends.test import TestBot
    from errbot.rendering import text

    logging.disable(logging.WARNING)
    with TemporaryDirectory() as folder:
        write_one_line_plugin(folder)
        config = {"INBOX": json.load(sys.stdin), "AUTOINSTALL_DEPS": False}
        bot = TestBot([folder, str(PLUGIN)], logging.ERROR, config)
        bot.start()
        try:
            answer = said(bot, WARM)
            if "\n 10  " not in answer or said(bot, ONE_LINE) != "pong":
                raise AssertionError(f"the bot says {answer!r}")
            took = in_turn_here({"inbox": lambda: said(bot, WARM), "ping": lambda: said(bot, ONE_LINE)}, rounds)
            inbox, convert = bot.bot.plugin_manager.plugins["Inbox"], text().convert
            message = bot.bot.build_message(WARM)
            message.frm = message.to = bot.bot.build_identifier("gbin@localhost")
            body = "".join(inbox.inbox(message, ""))
            took |= in_turn_here(
                {
                    "ours": lambda: "".join(inbox.inbox(message, "")),
                    "rendering": lambda: convert(body),
                    "pong": lambda: convert("pong"),
                },
                rounds,
            )
        finally:
            bot.stop()
    json.dump(took, sys.stdout)


def said(bot: Any, line: str) -> str:
    """What the bot answers to a line."""
    bot.push_message(line)
    return str(bot.pop_message())


def in_turn_here(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median milliseconds of each work, measured in turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            taken[name].append((time.perf_counter() - began) * 1000)
    return {name: median(times) for name, times in taken.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]))
