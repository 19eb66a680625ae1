"""Loading and activating Inbox beside a one-line plugin, each in a fresh Errbot."""

from __future__ import annotations

import json
import sys
import time
from tempfile import TemporaryDirectory

from benchmarks.chat import write_one_liners
from benchmarks.runs import PLUGIN, Figures, errbot, fresh, in_turn, peak_memory, table

SETTINGS = {"PAGES": {"acme": {"ID": "200300400", "TOKEN": "not-a-token"}}}


def measure(rounds: int = 9) -> str:
    """The figures as Markdown."""

    def run(name: str) -> Figures:
        with TemporaryDirectory() as folder:
            write_one_liners(folder)
            figures: Figures = fresh("activation", name, str(PLUGIN) if name == "Inbox" else folder)
        return figures

    found = in_turn(["Inbox", "Ping"], rounds, run)
    rows = [
        (name, f"{one['load'] * 1000:.0f} ms", f"{one['activate'] * 1000:.1f} ms", f"{one['memory']:.1f} MiB")
        for name, one in found.items()
    ]
    more = sum(found["Inbox"][key] - found["Ping"][key] for key in ("load", "activate")) * 1000
    return (
        f"{table(('', 'find and import', 'activate', 'peak memory of the bot'), rows)}\n\n"
        f"Median of {rounds} fresh bots each. Inbox takes {more:.0f} ms more (to reach: at most 150)."
    )


def main(name: str, folder: str) -> None:
    """One bot's process: prints the seconds its plugin manager takes for the plugin in `folder`."""
    with errbot([], SETTINGS) as bot:
        plugins = bot.plugin_manager
        began = time.perf_counter()
        trouble = plugins.update_plugin_places(folder)
        loaded = time.perf_counter()
        plugins.activate_plugin(name)
        ended = time.perf_counter()
        if trouble or not plugins.plugins[name].is_activated:
            raise AssertionError(f"{name} is not active: {trouble}")
    json.dump({"load": loaded - began, "activate": ended - loaded, "memory": peak_memory()}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
