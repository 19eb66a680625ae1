"""A warm `!inbox` through a real Errbot, beside a one-line plugin that returns the same finished text.

The bot is Errbot with its own test backend, in a process of its own: the message goes through Errbot's dispatch,
access rules, thread pool, templating, Markdown conversion and sending, as with any backend, while the clock runs from
the message put in to the answer come out. The Text backend cannot be measured: it sleeps half a second after each line.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs import PLUGIN, errbot, fresh, said, table
from simulator.server import Simulator
from simulator.world import World

WARM, SAME, WORD = "!inbox", "!same", "!ping"
PLUGIN_OF_ONE_LINERS = """from errbot import BotPlugin, botcmd


class Ping(BotPlugin):
    @botcmd
    def same(self, msg, args):
        return {answer!r}

    @botcmd
    def ping(self, msg, args):
        return "pong"
"""
PLUG = """[Core]
Name = Ping
Module = ping

[Python]
Version = 3
"""


def write_one_liners(folder: str, answer: str = "") -> None:
    """Write the plugin to compare with; a second .plug in this repository would be loaded by whoever installs it.

    `answer` is what its command `same` returns.
    """
    Path(folder, "ping.py").write_text(PLUGIN_OF_ONE_LINERS.format(answer=answer), encoding="utf-8")
    Path(folder, "ping.plug").write_text(PLUG, encoding="utf-8")


def measure(rounds: int = 400) -> str:
    """The figures as Markdown."""
    world = World.demo(time.time)
    pages = {page.name: {"ID": page.id, "TOKEN": page.token} for page in world.pages.values()}
    with Simulator(world, instagram_fields="present") as graph:
        took = fresh("chat", str(rounds), given={"PAGES": pages, "CACHE_TTL": 3600, "GRAPH_URL": graph.url})
        asked = [(received.path, *sorted(received.query.items())) for received in graph.requests]
    if not asked or len(asked) != len(set(asked)):
        raise AssertionError("the warm command was not answered from the cache")
    (same, same_cpu), (ping, _) = took["same"], took["ping"]
    rows = [
        (
            what,
            f"{took[name][0]:.3f} ms",
            f"{took[name][0] / same:.2f}",
            f"{took[name][1]:.3f} ms",
            f"{took[name][1] / same_cpu:.2f}",
        )
        for what, name in (
            ("`!inbox`, 10 rows of two lists, from the cache", "inbox"),
            ("– of it from the message to the finished Markdown, ours", "ours"),
            ("`!same`, one line that returns that Markdown", "same"),
            ("– of it from Markdown to text, Errbot's", "rendering"),
            ("`!ping`, one line that returns a word", "ping"),
        )
    ]
    return (
        f"{table(('', 'time', '× the same text', 'CPU', '× the same text'), rows)}\n\n"
        f"Median of {rounds} rounds. A warm `!inbox` takes {took['inbox'][0] / same:.2f} × as long as the same text "
        f"from a one-line plugin, and {took['inbox'][1] / same_cpu:.2f} × its CPU (to reach: at most 1.3). Errbot "
        f"itself spends {ping:.3f} ms on a command, and {same - ping:.3f} ms more on a text of this length."
    )


class Ear:
    """Stands in for the bot behind a chat module, and only keeps what it is given to say last."""

    mode = "test"
    heard = ""

    def send_simple_reply(self, message: Any, text: str, private: bool, threaded: bool) -> None:
        self.heard = text


def main(rounds: int) -> None:
    """The bot's process: prints the medians in milliseconds."""
    with TemporaryDirectory() as folder, errbot([str(PLUGIN)], json.load(sys.stdin)) as bot:
        from pageinbox.chat.network import open_chat

        answer = said(bot, WARM)
        inbox, ear = bot.plugin_manager.plugins["Inbox"], Ear()
        message = bot.build_message(WARM)
        message.frm = message.to = bot.build_identifier("gbin@localhost")
        aloud, quietly = inbox.chat, open_chat(ear, bot.bot_config)
        inbox.chat = quietly
        inbox.inbox(message, "")
        markdown = ear.heard
        write_one_liners(folder, markdown)
        trouble = bot.plugin_manager.update_plugin_places(folder)
        bot.plugin_manager.activate_plugin("Ping")
        if "\n 10  " not in answer or trouble or said(bot, WORD) != "pong" or "\n 10  " not in said(bot, SAME):
            raise AssertionError(f"the bot says {answer!r} ({trouble})")

        def ours() -> None:
            inbox.chat = quietly
            inbox.inbox(message, "")
            inbox.chat = aloud

        inbox.chat = aloud
        # The parts take turns with the whole: by themselves they would find all they need in the processor's caches.
        took = in_turn_here(
            {
                "inbox": lambda: said(bot, WARM),
                "same": lambda: said(bot, SAME),
                "ping": lambda: said(bot, WORD),
                "ours": ours,
                "rendering": lambda: bot.md.convert(markdown),
            },
            rounds,
        )
    json.dump(took, sys.stdout)


def in_turn_here(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The median milliseconds of each work, of the clock and of this process's CPU, measured in turn."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began, cpu = time.perf_counter(), time.process_time()
            work()
            taken[name].append((time.perf_counter() - began, time.process_time() - cpu))
    return {name: [median(kind) * 1000 for kind in zip(*times, strict=True)] for name, times in taken.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]))
