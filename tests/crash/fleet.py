"""Several bots at once on one ledger, in processes and with clocks of their own, while something goes wrong."""

from __future__ import annotations

import math
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pageinbox.model.history import State
from tests.crash.campaign import Nursery, Settles
from tests.crash.census import Census, count
from tests.crash.child import Order
from tests.crash.storm import TOLD, Storm
from tests.crash.verdict import REPEAT, announced, nothing_quiet, once_each, received
from tests.postgres import Postgres
from tests.recording import Mode, Recording

GAP = 0.5
"""Seconds between two births, on average; now and then there are many at once."""

LATENCY = 0.3
"""Seconds that a message is on its way to the chat, and as long the answer: time for others to meddle with it."""

STOPPED = 120.0
"""Seconds for which a bot is stopped: twice as long as it takes to be taken for dead."""

PATIENCE = 600.0
"""Seconds until what is waited for counts as never to come."""

CHECK = 0.2

ROOM_LEFT = 4096
"""Bytes that a file may have when the disk is full."""


@dataclass
class Fleet:
    """The bots that run now: what each was told to do, and its process. `server` has the ledger, unless it is a file.

    What goes wrong does so every `often` seconds.
    """

    chance: Random
    often: float
    server: Postgres | None
    nursery: Nursery
    orders: list[Order] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)

    def add(self, order: Order) -> None:
        self.orders.append(order)
        self.pids.append(self.nursery.start(order))

    def replace(self, number: int) -> None:
        """SIGKILL, and a new life with the same clock."""
        self.nursery.kill(self.pids[number])
        self.pids[number] = self.nursery.start(self.orders[number])


Trouble = Callable[[Fleet], Generator[float, None, None]]
"""Something that goes wrong; each step gives the seconds until the next, and it is over when it is closed."""


def nothing(fleet: Fleet) -> Generator[float, None, None]:
    """All is well."""
    while True:
        yield math.inf


def stopped(fleet: Fleet) -> Generator[float, None, None]:
    """One bot after the other hangs, for as long as others take it for dead, and goes on."""
    while True:
        yield fleet.often
        pid = fleet.chance.choice(fleet.pids)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield STOPPED
        finally:
            os.kill(pid, signal.SIGCONT)


def killed(fleet: Fleet) -> Generator[float, None, None]:
    """One bot after the other is killed, and another takes its place."""
    while True:
        yield fleet.often
        fleet.replace(fleet.chance.randrange(len(fleet.pids)))


def database_dies(fleet: Fleet) -> Generator[float, None, None]:
    """PostgreSQL crashes, and comes back."""
    assert fleet.server
    while True:
        yield fleet.often
        fleet.server.die()
        try:
            yield fleet.often / 4
        finally:
            fleet.server.start()


def disk_full(fleet: Fleet) -> Generator[float, None, None]:
    """No process can make a file longer, and later it can."""
    while True:
        yield fleet.often
        limit(fleet, ROOM_LEFT)
        try:
            yield fleet.often / 4
        finally:
            limit(fleet, resource.RLIM_INFINITY)


def limit(fleet: Fleet, length: int) -> None:
    for pid in fleet.pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (length, resource.RLIM_INFINITY))


def busy(fleet: Fleet) -> Generator[float, None, None]:
    """Twice as much else wants to run as there are processors."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(2 * len(os.sched_getaffinity(0)))]
    try:
        while True:
            yield math.inf
    finally:
        for other in others:
            other.kill()
            other.wait()


@dataclass(frozen=True)
class Scenario:
    """Bots by how many seconds the clock of each is wrong, and what goes wrong besides.

    `interval` are the seconds between two looks.
    """

    skews: tuple[float, ...]
    trouble: Trouble = nothing
    pages: int = 1
    interval: float = 1.0
    database: str = "postgresql"
    settles: Settles = "history"


SCENARIOS = {
    "two-bots": Scenario((0.0, 0.05)),
    "three-bots": Scenario((0.0, 1.0, -1.0), killed),
    "ten-minutes": Scenario((0.0, 600.0, -600.0), killed),
    "one-file": Scenario((0.0, 0.0, 0.0), killed, database="sqlite"),
    "stopped": Scenario((0.0, 0.05, 0.0), stopped),
    "database-dies": Scenario((0.0, 1.0), database_dies),
    "disk-full": Scenario((0.0, 0.0), disk_full, database="sqlite"),
    "many-pages": Scenario((0.0, 0.0), pages=64, interval=20.0),
    "busy": Scenario((0.0, 0.05), busy),
}


def run(nursery: Nursery, name: str, births: int, seed: int, folder: Path, often: float = 15.0) -> str:
    """Let so many threads come to life in one of the SCENARIOS; what goes wrong does so every `often` seconds.

    Gives what happened, in a line. Raises AssertionError, with the seed, where a thread was never told of, or twice
    without a mark, and Unavailable where it takes PostgreSQL and there is none.
    """
    scenario, chance, pause = SCENARIOS[name], Random(seed), threading.Event()
    pages = ["acme", *(f"page{number}" for number in range(2, scenario.pages + 1))]
    with ExitStack() as stack:
        server = stack.enter_context(Postgres()) if scenario.database == "postgresql" else None
        url = server.url if server else f"sqlite:///{folder}/ledger.sqlite"
        nursery.warm(folder, server)
        mode: Mode = "keyed" if scenario.settles == "key" else "plain"
        chat = stack.enter_context(Recording(folder / "journal", mode, latency=LATENCY))
        storm = stack.enter_context(Storm(chance, pages=pages))
        fleet = Fleet(chance, often, server, nursery)
        (complaints := folder / "complaints.txt").write_text("")
        try:
            inbox = storm.inbox(proofs=False)
            for skew in scenario.skews:
                order = Order(
                    url,
                    chat.url,
                    scenario.settles,
                    inbox,
                    scenario.interval,
                    0.0,
                    seed=chance.randrange(2**32),
                    complaints=str(complaints),
                    skew=skew,
                )
                fleet.add(order)
            wait_for(lambda: count(url).learned == set(TOLD), pause)
            storm.watched = storm.learned = set(TOLD)
            with closing(scenario.trouble(fleet)) as trouble:
                due = time.monotonic() + next(trouble)
                while len(storm.born) < births:
                    for _ in range(8 if chance.random() < 0.02 else 1):
                        storm.birth()
                    pause.wait(chance.uniform(0, 2 * GAP))
                    if time.monotonic() >= due:
                        due = time.monotonic() + next(trouble)
            last = storm.clock()
            wait_for(lambda: over(count(url), last), pause)
            for pid in fleet.pids:
                nursery.kill(pid)
            return verdict(storm, chat, count(url))
        except BaseException as error:
            nursery.clear()
            error.add_note(f"{name}, {births} births, seed {seed}; it complains:\n{complaints.read_text()[-3000:]}")
            raise


def wait_for(condition: Callable[[], bool], pause: threading.Event) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        pause.wait(CHECK)


def over(census: Census, last: float) -> bool:
    """Whether every list was read since then and nothing is left to be said."""
    looked = len(census.looked) == len(TOLD) and all(moment > last for moment in census.looked.values())
    return looked and not census.unsaid and all(told.state is State.SENT for told in census.announcements)


def verdict(storm: Storm, chat: Recording, census: Census) -> str:
    """Hold what the chat has received against what was born. Raises AssertionError."""
    told_of = announced(census)
    once_each(storm, told_of)
    nothing_quiet(storm, told_of)
    copies = received(storm, chat.messages, census)
    edited = {edit.receipt for edit in chat.edits if REPEAT in edit.text}
    marked = 0
    for told in census.announcements:
        if not told.threads:
            continue
        messages = copies[told.number]
        assert messages, f"{told} is marked as sent, and the chat knows nothing of it"
        unmarked = [one for one in messages if REPEAT not in one.text and one.receipt not in edited]
        assert len(unmarked) <= 1, f"said twice: {unmarked}"
        marked += len(messages) - len(unmarked)
    return f"{len(storm.born):,} threads in {len(chat.messages):,} messages, {marked} of them marked as repeats"
