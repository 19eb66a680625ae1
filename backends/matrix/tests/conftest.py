"""What the backend's tests share: a real Synapse, people, and real Errbots with the plugin in trial.py."""

import itertools
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from backends.matrix.tests.account import Account, Make
from backends.matrix.tests.scripted import Scripted
from tests.conftest import lacking
from tests.errbot_fork import preload
from tests.errbot_process import ERRBOT, ChattingErrbot, log_in, write_config
from tests.matrix_human import Human
from tests.synapse import PASSWORD, Synapse, Unavailable, shared

HERE = Path(__file__).resolve().parent
BACKEND = HERE.parent / ".errbot"

PATIENCE = 120  # seconds until a bot that does not end counts as hung

numbers = itertools.count(1)


class Bot:
    """An Errbot on Matrix, with its own folder and account. It can be started and ended as often as needed."""

    def __init__(self, folder: Path, server: Synapse, **settings: Any) -> None:
        """Make the account; `settings` go into config.py, and `identity` among them into BOT_IDENTITY."""
        self.folder = folder
        self.user_id = server.register(f"errbot-{next(numbers)}")
        who = {"homeserver": server.url, "username": self.user_id, "password": PASSWORD, "ssl": False}
        self.settings: dict[str, Any] = {
            "BACKEND": "Matrix",
            "BOT_EXTRA_BACKEND_DIR": str(BACKEND),
            "BOT_EXTRA_PLUGIN_DIR": str(folder / "plugins"),
            "BOT_ADMINS_NOTIFICATIONS": (),
            "BOT_IDENTITY": who | settings.pop("identity", {}),
            "CORE_PLUGINS": ("ACLs", "ChatRoom", "CommandNotFoundFilter", "Health", "Help", "Utils"),
            "TRIAL_GREETS": (),
            **settings,
        }
        plugins = folder / "plugins"
        plugins.mkdir()
        shutil.copy(HERE / "trial.py", plugins)
        (plugins / "trial.plug").write_text("[Core]\nName = Trial\nModule = trial\n", "utf-8")
        self.process: ChattingErrbot | None = None

    def start(self, wait: bool = True, environment: dict[str, str] | None = None) -> Self:
        """Start it, and `wait` until it is connected.

        It is forked (see `tests.errbot_fork`), unless Python itself is to find something else in its `environment`.
        """
        config = write_config(self.folder, self.settings)
        command = [ERRBOT, "-c", config] if environment else config
        self.process = ChattingErrbot(command, self.folder, environment, wait)
        return self

    @property
    def runs(self) -> bool:
        """Whether its process is running."""
        return self.process is not None and self.process.process.poll() is None

    def interrupt(self) -> int:
        """Press Ctrl-C, wait until it has ended, and return its exit status."""
        assert self.process
        os.kill(self.process.process.pid, signal.SIGINT)
        try:
            return self.process.process.wait(PATIENCE)
        finally:
            self.kill()

    def kill(self) -> None:
        """SIGKILL."""
        if self.process:
            self.process.kill()

    def say(self) -> str:
        """What it has logged, to explain a failing test."""
        return log_in(self.folder)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


@pytest.fixture(scope="session")
def synapse() -> Synapse:
    """The homeserver that all tests of this process share."""
    preload("nio")
    try:
        return shared()
    except Unavailable as reason:
        lacking(str(reason))


@pytest.fixture
def person(synapse: Synapse) -> Iterator[Callable[[str], Human]]:
    """Makes people, each new to the server."""
    people = []

    def make(name: str) -> Human:
        people.append(Human.login(synapse.url, synapse.register(f"{name}-{next(numbers)}")))
        return people[-1]

    yield make
    for one in people:
        one.close()


@pytest.fixture(scope="module")
def ann(synapse: Synapse) -> Iterator[Human]:
    """The bot's admin in the tests of one module."""
    with Human.login(synapse.url, synapse.register(f"ann-{next(numbers)}")) as human:
        yield human


@pytest.fixture(scope="module")
def bot(synapse: Synapse, ann: Human, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """The bot of one module, with ann as its admin. Anyone on the server but the `uninvited` may invite it."""
    settings = {"BOT_ADMINS": (ann.user_id,), "identity": {"invites": ["@[!u]*:chat.localhost"]}}
    with Bot(tmp_path_factory.mktemp("bot"), synapse, **settings) as running:
        yield running


@pytest.fixture(scope="module")
def room(bot: Bot, ann: Human) -> str:
    """A room with ann and the bot that is not a direct chat."""
    made = ann.create_room(bot.user_id, name="Team", alias=f"backend-{next(numbers)}")
    ann.wait_for_member(made, bot.user_id, say=bot.say)
    return made


@pytest.fixture(scope="module")
def chat(bot: Bot, ann: Human) -> str:
    """The direct chat between ann and the bot."""
    made = ann.create_room(bot.user_id, direct=True)
    ann.wait_for_member(made, bot.user_id, say=bot.say)
    return made


@pytest.fixture
def server() -> Iterator[Scripted]:
    running = Scripted()
    yield running
    running.close()


@pytest.fixture
def make(server: Scripted, tmp_path: Path) -> Iterator[Make]:
    made: list[Account] = []

    def account(folder: Path = tmp_path, **more: Any) -> Account:
        made.append(Account(server, folder, **more))
        return made[-1]

    yield account
    for each in made:
        each.close()
