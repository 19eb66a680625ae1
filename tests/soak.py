"""The crash test of the core for as long as one cares to wait.

`python -m tests.soak [KILLS [SEED]]` or `make soak`. It goes through all kinds of chats on both databases, or on
SQLite alone where PostgreSQL can't be run, and ends with 0 when every thread was heard of as it should be.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

from tests.crash.campaign import Settles, campaign
from tests.postgres import Postgres, Unavailable

KILLS = 5000
ROUND = 100
"""Kills of one ledger; then a new one begins."""

CHATS: tuple[Settles, ...] = ("key", "history", None)


def soak(kills: int, seed: int) -> int:
    """Kill so often, tell how it goes, and give the exit status."""
    total: Counter[str] = Counter()
    began, done, wrong = time.monotonic(), 0, 0
    with ExitStack() as stack:
        databases = ["sqlite"]
        try:
            postgres = stack.enter_context(Postgres())
            databases.append("postgresql")
        except Unavailable as reason:
            print(f"Only on SQLite: there is not {reason}.")
        for settles, database in itertools.cycle(itertools.product(CHATS, databases)):
            if done >= kills:
                break
            number, seed = min(ROUND, kills - done), seed + 1
            with ExitStack() as one:
                folder = Path(one.enter_context(tempfile.TemporaryDirectory(prefix="err-inbox-soak-")))
                url = f"sqlite:///{folder}/ledger.sqlite"
                if database == "postgresql":
                    url = one.enter_context(postgres.database())
                try:
                    total += campaign(folder, url, settles, number, seed)
                except AssertionError as error:
                    wrong += 1
                    print(f"WRONG: {error}", *getattr(error, "__notes__", ()), sep="\n")
            done += number
            passed = time.monotonic() - began
            print(f"{done:,} of {kills:,} kills in {passed:,.0f} s, {database}, {settles or 'nothing'}", flush=True)
    phases = ", ".join(f"{number:,} {name}" for name, number in total.most_common())
    print(f"{'WRONG ' + str(wrong) + ' times' if wrong else 'All is well'} after {done:,} kills: {phases}.")
    return int(wrong > 0)


if __name__ == "__main__":
    chosen = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(soak(chosen[0] if chosen else KILLS, chosen[1] if chosen[1:] else SystemRandom().randrange(2**31)))
