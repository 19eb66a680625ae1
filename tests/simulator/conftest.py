"""What the simulator's tests share: a clock that stands still, a small world, and a client that asks for things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from simulator.server import Simulator
from simulator.world import World

NOON = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Client:
    """Asks one simulator, as the Page acme unless told otherwise."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.session = requests.Session()
        self.session.trust_env = False
        self.version = "v26.0"

    def get(self, path: str, token: str | None = None, **query: Any) -> requests.Response:
        """The reply to `path`; a token of '' sends none. `query` is sent as it is."""
        text = self.simulator.world.pages["acme"].token if token is None else token
        headers = {"Authorization": f"Bearer {text}"} if text else {}
        url = f"{self.simulator.url}/{self.version}/{path}".replace("//v", "/v")
        return self.session.get(url, params=query, headers=headers, allow_redirects=False)

    def body(self, path: str, **query: Any) -> Any:
        """The body of a reply that must be good."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def error(self, path: str, **query: Any) -> Any:
        """The error of a reply that must not be good."""
        reply = self.get(path, **query)
        assert reply.status_code >= 400, reply.text
        return reply.json()["error"]

    def conversations(self, **query: Any) -> Any:
        """The body of acme's conversations."""
        return self.body(f"{self.simulator.world.pages['acme'].id}/conversations", **query)

    def walk(self, between: Callable[[], None] = lambda: None, **query: Any) -> list[list[str]]:
        """The ids of all of acme's conversations, page by page, as Meta's SDK pages: by `after` while `next`."""
        pages = []
        while True:
            body = self.conversations(**query)
            pages.append([row["id"] for row in body["data"]])
            if "next" not in body.get("paging", {}):
                return pages
            query["after"] = body["paging"]["cursors"]["after"]
            between()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World.seeded(7, clock, conversations=400)


@pytest.fixture
def simulator(world: World) -> Iterator[Simulator]:
    with Simulator(world, rate_limit=False) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Client:
    return Client(simulator)


@pytest.fixture
def connect() -> Callable[[Simulator], Client]:
    """Makes a client of another simulator than the fixture's."""
    return Client
