"""The emulated Slack, and a workspace with a running bot in each of the two modes, shared by all tests of a process."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from simulator.server import Simulator
from simulator.world import World
from tests.conftest import lacking
from tests.errbot_fork import preload
from tests.slack.emulator import Emulator, Unavailable
from tests.slack.gateway import Mode
from tests.slack.workspace import Workspace, workspace

BARRED = "colleague0"
"""Who may snooze nothing, by the shared bot's access rules."""

PEOPLE = ("ops", "ann", "bo", *(f"colleague{number}" for number in range(16)))


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The address of a Slack that nobody here wrote."""
    preload("aiohttp", "slack_sdk.rtm.v2", "slackeventsapi")
    try:
        running = Emulator(PEOPLE)
    except Unavailable as reason:
        lacking(str(reason))
    with running:
        yield running.url


@pytest.fixture
def graph() -> Iterator[Simulator]:
    """A Page of a test's own."""
    with Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as running:
        yield running


@pytest.fixture(scope="session", params=["events", "socket"])
def mode(request: pytest.FixtureRequest) -> Mode:
    """How the shared bot is told of what happens."""
    return cast(Mode, request.param)


@pytest.fixture(scope="session")
def shared(mode: Mode, emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose bot runs and knows the inbox."""
    with (
        Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as graph,
        workspace(emulator, graph, tmp_path_factory.mktemp(mode), PEOPLE, mode) as made,
        made.running(
            BOT_ALT_PREFIXES=("@errbot",), ACCESS_CONTROLS={"inbox_snooze": {"denyusers": (made.people[BARRED].id,)}}
        ),
    ):
        made.ask(made.admin, "!inbox watch messenger", made.channel())
        made.settled()
        yield made


@pytest.fixture
def team(shared: Workspace) -> Iterator[Workspace]:
    """The shared workspace: a test makes channels of its own, whose watches end with it."""
    yield shared
    shared.gateway.mend()
    shared.unwatch()


@pytest.fixture
def alone(emulator: str, graph: Simulator, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of a test's own, in Socket Mode, whose bot the test starts and ends as it likes."""
    with workspace(emulator, graph, tmp_path, PEOPLE, "socket") as made:
        yield made
