"""What the core's tests share: a clock nobody waits for, a simulated Graph, and the core wired up to it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from pageinbox.ask.answers import Answers
from pageinbox.ask.listing import Listing
from pageinbox.ask.refs import Refs
from pageinbox.chat.errbot.content import messages
from pageinbox.graph.budget import Budget
from pageinbox.graph.calls import Calls
from pageinbox.graph.client import GraphClient
from pageinbox.graph.gate import Gate
from pageinbox.graph.http import open_session
from pageinbox.model.chat import Doubt
from pageinbox.model.post import Post
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from pageinbox.settings.reading import read
from simulator.server import Received, Simulator
from simulator.world import World
from tests.attached import plain, with_files
from tests.bot import Bot
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


@dataclass
class Canned:
    """A server that answers everything with one reply, and keeps what it was asked.

    `bodies` are those of the paths that hold a text, the first that fits; anything else gets `body`.
    `gate`, while it is closed, keeps every reply back, and `rest` every body, after its headers.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"data":[]}'
    bodies: dict[str, bytes] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    rest: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        canned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True  # headers and body are two writes, and the second would wait for 40 ms

            def do_GET(self) -> None:
                canned.paths.append(self.path)
                canned.steps.append("in")
                canned.gate.wait()
                body = next((body for part, body in canned.bodies.items() if part in self.path), canned.body)
                canned.steps.append("out")
                self.send_response(canned.status)
                for name, value in canned.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.flush()
                canned.rest.wait()
                self.wfile.write(body)

            def do_POST(self) -> None:
                canned.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                """Nothing."""

        self.gate.set()
        self.rest.set()

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Nothing: a client may leave before it has read everything."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._worker = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._worker.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.gate.set()
        self.rest.set()
        self._server.shutdown()
        self._worker.join()
        self._server.server_close()


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


class Inbox:
    """The whole bot in front of a Graph that answers with what it is given; `now` moves only when told to."""

    PAGE = "200300400"

    def __init__(self, canned: Canned, folder: Path) -> None:
        self.canned, self.now = canned, NOON
        self.heard: list[str] = []
        self._ledger = f"sqlite:///{folder}/ledger.sqlite"
        self._sent = 0
        self._bot: Bot | None = None

    @property
    def bot(self) -> Bot:
        """The bot, which is started where it was not yet."""
        if self._bot is None:
            self.open()
        assert self._bot
        return self._bot

    def open(self, *, platform: str = "messenger", **page: object) -> None:
        """Start, or start anew, with these settings of the Page."""
        self.close()
        mine = {"ID": self.PAGE, "TOKEN": "token", "PLATFORMS": [platform], **page}
        chosen = read({"PAGES": {"acme": mine}, "GRAPH_URL": self.canned.url, "CACHE_TTL": 0}, environment={})
        self._bot = Bot(chosen, self._ledger, self, lambda: self.now, self.wait)

    def close(self) -> None:
        if self._bot is not None:
            self._bot.stop()

    def has(self, *conversations: Mapping[str, Any], **identity: object) -> None:
        """What the Graph answers from now on: a list of conversations, each of them alone, and who the Page is."""
        people = {"data": [{"id": "555001", "name": "Ann Example"}, {"id": self.PAGE, "name": "Acme"}]}
        usual = {"updated_time": "2026-11-23T11:59:00+0000", "participants": people}
        items = [usual | item for item in conversations]
        self.canned.bodies = {
            "/conversations?": json.dumps({"data": items}).encode(),
            f"/{self.PAGE}?": json.dumps({"id": self.PAGE, "name": "Acme", **identity}).encode(),
            **{f"/{item['id']}?": json.dumps(item).encode() for item in items},
        }

    def say(self, command: str) -> str:
        """What the bot answers in a room."""
        return self.shown(self.bot.say("#room", f" {command}"))

    def shown(self, post: Post) -> str:
        return "\n".join(line.rstrip() for line in plain(messages(with_files(post))[0]).splitlines())

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def run(self, seconds: float) -> list[str]:
        """What the room hears meanwhile, edits included."""
        self.bot.run(self.now + seconds)
        heard, self.heard = self.heard, []
        return heard

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        self.heard.append(self.shown(post))
        self._sent += 1
        return f"receipt-{self._sent}"

    def edit(self, room: str, post: Post, receipt: str) -> None:
        self.heard.append(f"{receipt} is now: {self.shown(post)}")

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN


@pytest.fixture
def inbox(canned: Canned, ledger_folder: Path) -> Iterator[Inbox]:
    bot = Inbox(canned, ledger_folder)
    yield bot
    bot.close()
