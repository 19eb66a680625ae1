"""``python -m simulator.terminal``: the demo, an Errbot in this terminal that reads a simulated Page.

The world is the small one of the README. While somebody sits at the terminal it lives: customers write and agents
answer. Piped commands find it as it began.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from simulator.live import Live
from simulator.server import Simulator
from simulator.world import World

CONFIG = Path(__file__).resolve().parent.parent / "config_template.py"


def serve() -> str:
    """Serve the demo's world from this process until it ends, and give the address."""
    world = World.demo(time.time)
    graph = Simulator(world, instagram_fields="present")
    graph.start()
    # Commands that are piped in get the same answers every time; whoever watches sees customers write.
    in_a_chat = os.environ.get("BOT_BACKEND", "").strip() not in ("", "Text")
    if in_a_chat or (sys.stdin is not None and sys.stdin.isatty()):
        Thread(target=Live(world).run, args=(Event(),), daemon=True).start()
    return graph.url


def main() -> int:
    """Run config_template.py as it is with nothing set, and leave nothing behind; gives Errbot's exit status."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("INBOX_", "BOT_"))}
    errbot = [sys.executable, "-m", "errbot.cli", "-c", str(CONFIG)]
    with tempfile.TemporaryDirectory(prefix="err-inbox-demo-") as folder:
        bot = subprocess.Popen(errbot, env=theirs | {"BOT_DATA_DIR": folder})
        signal.signal(signal.SIGTERM, lambda *_: bot.terminate())
        while True:
            # Ctrl-C reaches the bot too, which then ends by itself.
            with suppress(KeyboardInterrupt):
                return bot.wait()


if __name__ == "__main__":
    sys.exit(main())
