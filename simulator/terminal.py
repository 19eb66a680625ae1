"""`python -m simulator.terminal`: the demo, an Errbot in this terminal that reads a simulated Page.

It is the README's Page. While someone sits at the terminal, customers write and agents answer; for commands that are
piped in, nothing changes.
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

GREETING = """\
A bot reads the made-up Page acme here. Type, for example:

  !inbox                   both of its inboxes
  !inbox waiting           who is waiting for an answer, the longest first
  !inbox spam instagram    one folder
  !inbox show 1            the messages of the first conversation you were shown
  !inbox watch             hear about everybody who writes from now on
  !inbox help              everything else

Ctrl-D ends it.
"""

CONFIG = Path(__file__).resolve().parent.parent / "config_template.py"


def serve() -> str:
    """Serve the demo's world for as long as this process runs; returns the address."""
    world = World.demo(time.time)
    graph = Simulator(world, instagram_fields="present")
    graph.start()
    # Commands that are piped in always get the same answers; a person sees customers write.
    if sys.stdin is not None and sys.stdin.isatty():
        Thread(target=Live(world).run, args=(Event(),), daemon=True).start()
    return graph.url


def main() -> int:
    """Greet, run Errbot with config_template.py and nothing set, and leave nothing behind; returns its exit status."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("INBOX_", "BOT_"))}
    errbot = [sys.executable, "-m", "errbot.cli", "-c", str(CONFIG)]
    print(GREETING, flush=True)
    with tempfile.TemporaryDirectory(prefix="err-inbox-demo-") as folder:
        bot = subprocess.Popen(errbot, env=environment | {"BOT_DATA_DIR": folder})
        signal.signal(signal.SIGTERM, lambda *_: bot.terminate())
        while True:
            # Ctrl-C also reaches the bot, which then ends by itself.
            with suppress(KeyboardInterrupt):
                return bot.wait()


if __name__ == "__main__":
    sys.exit(main())
