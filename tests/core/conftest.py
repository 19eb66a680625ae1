"""What the core's tests share: a clock nobody waits for, a simulated Graph, and the core wired up to it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from pageinbox.ask.answers import Answers
from pageinbox.ask.listing import Listing
from pageinbox.ask.refs import Refs
from pageinbox.graph.budget import Budget
from pageinbox.graph.calls import Calls
from pageinbox.graph.client import GraphClient
from pageinbox.graph.gate import Gate
from pageinbox.graph.http import open_session
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from simulator.server import Received, Simulator
from simulator.world import World
from tests.core.canned import Canned
from tests.core.inbox import Inbox
from tests.core.stage import NOON, Stage


class Clock:
    """A clock that moves only when told to, or when somebody sleeps by it; the pauses are kept."""

    def __init__(self) -> None:
        self.now = NOON
        self.pauses: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.pauses.append(seconds)
            self.now += seconds


class Rig:
    """The core as it is wired for one simulator, or for any address that answers like one."""

    def __init__(self, world: World, url: str, clock: Clock) -> None:
        self.world, self.url, self.clock = world, url, clock
        self._sessions: list[requests.Session] = []

    def client(
        self,
        name: str = "acme",
        *,
        url: str = "",
        paced: bool = False,
        secret: str = "",
        random: Callable[[], float] = lambda: 0.5,
        timer: Callable[[], float] | None = None,
        clock: Callable[[], float] | None = None,
        version: str = "v26.0",
        adapter: HTTPAdapter | None = None,
        gate: Gate | None = None,
    ) -> GraphClient:
        """One Page's client; unpaced unless told otherwise, so that every pause is a retry's."""
        owner = self.world.pages[name]
        page = Page(name, owner.id, Secret(owner.token), Secret(secret) if secret else None)
        session = open_session(url or self.url, {})
        if adapter is not None:
            session.mount("http://", adapter)
        self._sessions.append(session)
        return GraphClient(
            Calls(
                page,
                session,
                Budget(timer or self.clock, self.clock.sleep, paced=paced),
                url=url or self.url,
                version=version,
                clock=clock or self.clock,
                sleep=self.clock.sleep,
                random=random,
                gate=gate,
            )
        )

    def listing(self, *clients: GraphClient, ttl: float = 30) -> Listing:
        """A listing of these clients, or of every Page of the world."""
        mine = clients or tuple(self.client(name) for name in self.world.pages)
        return Listing({client.page.name: client for client in mine}, ttl=ttl, clock=self.clock, timer=self.clock)

    def answers(self, listing: Listing | None = None) -> Answers:
        return Answers(listing or self.listing(), Refs(), self.clock)

    def close(self) -> None:
        for session in self._sessions:
            session.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World.seeded(7, clock, conversations=400)


@pytest.fixture
def sim(world: World) -> Iterator[Simulator]:
    with Simulator(world, rate_limit=False) as running:
        yield running


@pytest.fixture
def rig(world: World, sim: Simulator, clock: Clock) -> Iterator[Rig]:
    made = Rig(world, sim.url, clock)
    yield made
    made.close()


@pytest.fixture
def wire(clock: Clock) -> Iterator[Callable[[Simulator], Rig]]:
    """Wires the core to another simulator than the fixture's."""
    made: list[Rig] = []

    def make(simulator: Simulator) -> Rig:
        made.append(Rig(simulator.world, simulator.url, clock))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.fixture
def canned() -> Iterator[Canned]:
    server = Canned()
    yield server
    server.close()


@pytest.fixture
def calls(sim: Simulator) -> Callable[..., list[Received]]:
    """The requests for conversations so far, those whose query has all of the given pairs."""

    def found(edge: str = "conversations", **query: str) -> list[Received]:
        return [
            request
            for request in sim.requests
            if request.path.endswith(edge) and query.items() <= request.query.items()
        ]

    return found


@pytest.fixture
def threadless() -> Iterator[None]:
    """A machine that gives nobody a thread: the stack of each would be larger than all it can address."""
    before = threading.stack_size(2**47)
    yield
    threading.stack_size(before)


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Callable[..., Stage]]:
    """Makes stages on one ledger, which is a file."""
    made: list[Stage] = []

    def make(**more: Any) -> Stage:
        made.append(Stage(**{"url": f"sqlite:///{ledger_folder}/ledger.sqlite", **more}))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def parked() -> Callable[..., None]:
    """Returns once a thread waits for another one (a condition, an event, a future), has ended, or `unless` holds."""

    def wait(thread: threading.Thread, unless: Callable[[], bool] = lambda: False) -> None:
        while thread.is_alive() and not unless():
            frame = sys._current_frames().get(thread.ident or 0)
            if frame is not None and (frame.f_code.co_filename, frame.f_code.co_name) == (threading.__file__, "wait"):
                return
            thread.join(0.001)

    return wait


@pytest.fixture
def inbox(canned: Canned, ledger_folder: Path) -> Iterator[Inbox]:
    bot = Inbox(canned, ledger_folder)
    yield bot
    bot.close()
