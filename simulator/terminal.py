"""``python -m simulator.terminal``: the demo, a simulator and an Errbot that reads it, in this terminal.

The world is the small one of the README. While somebody sits at the terminal it lives: customers write and agents
answer. Piped commands find it as it began.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

from simulator.live import Live
from simulator.server import Simulator
from simulator.world import World

CONFIG = Path(__file__).resolve().parent.parent / "config_template.py"


def main() -> int:
    """Run until the terminal's input ends; gives Errbot's exit status."""
    world = World.demo(time.time)
    with (
        tempfile.TemporaryDirectory(prefix="err-inbox-demo-") as folder,
        Simulator(world, instagram_fields="present") as graph,
    ):
        ours = {"INBOX_GRAPH_URL": graph.url, "BOT_DATA_DIR": folder, "BOT_BACKEND": "Text"}
        theirs = {name: value for name, value in os.environ.items() if not name.startswith(("INBOX_", "BOT_"))}
        stop = Event()
        if sys.stdin.isatty():
            Thread(target=Live(world).run, args=(stop,), daemon=True).start()
        try:
            return subprocess.call([sys.executable, "-m", "errbot.cli", "-c", str(CONFIG)], env=theirs | ours)
        finally:
            stop.set()


if __name__ == "__main__":
    sys.exit(main())
