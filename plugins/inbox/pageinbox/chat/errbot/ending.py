"""SIGTERM ends Errbot as Ctrl-C does.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time

PATIENCE = 25.0
"""Seconds for an end: deploy/err-inbox.service has systemd kill what has not ended after 30, and that tells nothing."""

STDERR = 2  # the descriptor: a bot in the background may have no sys.stderr


def end_on_sigterm(patience: float = PATIENCE) -> bool:
    """Let SIGTERM end Errbot as Ctrl-C does: plugins deactivated, shelves closed, status 0. Tells whether it will.

    A bot that has not ended `patience` seconds later, since some thread is in the way, writes to standard error where
    each of its threads is, and ends at once with status 1. That loses nothing: the ledger takes any end.

    Errbot itself leaves SIGTERM to the system, which ends it at once. All its backends end on KeyboardInterrupt, and
    Python runs a signal's handler in the main thread, where they serve. Only there can a handler be installed, so this
    belongs in a plugin's `__init__`, which at a bot's start runs there with every backend; `activate` runs elsewhere
    with Slack's Socket Mode, and after `!plugin reload`. A handler, once there, stays through reloads; a plugin that is
    installed into a running bot has to wait for the next start. One of somebody else's, as `errbot --daemon` has one,
    is left alone.
    """
    main = threading.main_thread()
    if threading.current_thread() is main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        heard, told = os.pipe()
        os.set_blocking(told, False)
        signal.signal(signal.SIGTERM, end)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        threading.Thread(target=insist, args=(heard, main.ident, patience), name="inbox-sigterm", daemon=True).start()
    return signal.getsignal(signal.SIGTERM) is end


def end(number: int, frame: object) -> None:
    """Once: a second signal would interrupt the tidying up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def insist(heard: int, main: int, patience: float) -> None:
    """Wake the main thread until it has run the handler: it may be waiting for ever, and then Python sees no signal.

    slackv3's Events mode waits so, and so does the text backend for a line.
    """
    while signal.SIGTERM not in os.read(heard, 64):
        pass
    if signal.getsignal(signal.SIGTERM) in (end, signal.SIG_IGN):
        faulthandler.dump_traceback_later(patience, exit=True, file=STDERR)
    while signal.getsignal(signal.SIGTERM) is end:
        signal.pthread_kill(main, signal.SIGTERM)
        time.sleep(0.1)
