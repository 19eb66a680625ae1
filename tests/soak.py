"""The crash test of the core, for as long as one cares to wait: `python -m tests.soak [NAME [LENGTH [SEED]]]`.

`kills` is one bot that is killed LENGTH times, with all kinds of chats on both databases, or on SQLite alone where
PostgreSQL can't be run. The others are several bots at once (see `tests.crash.fleet`) for LENGTH births. It ends with 0
when every thread was heard of as it should be.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

from tests.crash.campaign import Nursery, Settles, campaign
from tests.crash.fleet import SCENARIOS, Scenario, run
from tests.postgres import Postgres, Unavailable

KILLS, BIRTHS = 5000, 1000
ROUND = 100
"""Kills of one ledger; then a new one begins."""

CHATS: tuple[Settles, ...] = ("key", "history", None)


def soak(kills: int, seed: int) -> int:
    """Kill so often, tell how it goes, and give the exit status."""
    total: Counter[str] = Counter()
    began, done, wrong = time.monotonic(), 0, 0
    with ExitStack() as stack:
        nursery = stack.enter_context(Nursery())
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
                nursery.warm(folder, postgres if database == "postgresql" else None)
                try:
                    total += campaign(nursery, folder, url, settles, number, seed)
                except AssertionError as error:
                    wrong += 1
                    print(f"WRONG: {error}", *getattr(error, "__notes__", ()), sep="\n")
            done += number
            passed = time.monotonic() - began
            print(f"{done:,} of {kills:,} kills in {passed:,.0f} s, {database}, {settles or 'nothing'}", flush=True)
    phases = ", ".join(f"{number:,} {name}" for name, number in total.most_common())
    print(f"{'WRONG ' + str(wrong) + ' times' if wrong else 'All is well'} after {done:,} kills: {phases}.")
    return int(wrong > 0)


def fleet(name: str, births: int, seed: int) -> int:
    """Several bots at once; tell how it went, and give the exit status."""
    with tempfile.TemporaryDirectory(prefix="err-inbox-soak-") as folder, Nursery() as nursery:
        began = time.monotonic()
        try:
            print(f"{name}: {run(nursery, name, births, seed, Path(folder))}, in {time.monotonic() - began:,.0f} s")
        except Unavailable as reason:
            print(f"{name}: not run, there is not {reason}.")
        except AssertionError as error:
            print(f"{name}: WRONG: {error}", *getattr(error, "__notes__", ()), sep="\n")
            return 1
    return 0


def described(scenario: Scenario) -> str:
    """A scenario in a line."""
    clocks = ", ".join(f"{skew:g}" for skew in scenario.skews)
    return f"on {scenario.database}, clocks wrong by {clocks} s, Pages: {scenario.pages}. {scenario.trouble.__doc__}"


def main() -> int:
    listed = "\n".join(f"  {name}: {described(one)}" for name, one in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description=__doc__,
        epilog=f"names:\n  kills\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", default="kills", choices=["kills", *SCENARIOS], metavar="NAME")
    parser.add_argument("length", nargs="?", type=int, metavar="LENGTH", help=f"{KILLS:,} kills or {BIRTHS:,} births")
    parser.add_argument("seed", nargs="?", type=int, metavar="SEED", default=SystemRandom().randrange(2**31))
    chosen = parser.parse_args()
    if chosen.name == "kills":
        return soak(chosen.length or KILLS, chosen.seed)
    return fleet(chosen.name, chosen.length or BIRTHS, chosen.seed)


if __name__ == "__main__":
    sys.exit(main())
