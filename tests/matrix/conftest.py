"""A real Synapse, and a team whose bot runs, shared by all tests of a process."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.server import Simulator
from simulator.world import World
from tests.conftest import lacking
from tests.errbot_fork import preload
from tests.matrix.team import Team, opened
from tests.synapse import Synapse, Unavailable
from tests.synapse import shared as running_synapse

PEOPLE = ("ops", "ann", "bo")


@pytest.fixture(scope="session")
def synapse() -> Synapse:
    """The homeserver."""
    preload("nio")
    try:
        return running_synapse()
    except Unavailable as reason:
        lacking(str(reason))


@pytest.fixture
def graph() -> Iterator[Simulator]:
    """A Page of a test's own."""
    with Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as running:
        yield running


@pytest.fixture(scope="session")
def shared(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A team whose bot knows the inbox."""
    with (
        Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as graph,
        opened(synapse, graph, tmp_path_factory.mktemp("team"), PEOPLE) as made,
    ):
        made.start()
        made.ask(made.admin, "!inbox watch messenger", made.room())
        made.settled()
        yield made


@pytest.fixture
def team(shared: Team) -> Iterator[Team]:
    """The shared team: a test makes rooms of its own, whose watches end with it, and leaves the bot running."""
    if shared.bot is None or shared.bot.process.poll() is not None:
        shared.start()
    yield shared
    shared.gateway.mend()
    shared.unwatch()


@pytest.fixture
def alone(synapse: Synapse, graph: Simulator, tmp_path: Path) -> Iterator[Team]:
    """A team of a test's own, whose bot the test starts and ends as it likes."""
    with opened(synapse, graph, tmp_path, PEOPLE) as made:
        yield made
