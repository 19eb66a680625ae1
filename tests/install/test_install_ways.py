"""The three ways of installing, each for real: an empty folder, the user's commands, an Errbot process that answers."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest

from simulator.server import Simulator
from tests.errbot_process import ERRBOT, ErrbotProcess
from tests.install.conftest import Distributions, Venv, run
from tests.install.constraints import pins

COMPLAINT = re.compile(
    r"\d (WARNING|ERROR|CRITICAL) |Traceback|Computer says nooo|generating errors|did not load|failed to"
)


@pytest.fixture
def settings(simulator: Simulator) -> dict[str, object]:
    """What a user adds to config.py, on an Errbot that is otherwise as it comes."""
    acme = {"ID": simulator.world.page("acme").id, "TOKEN": "env:ACME_PAGE_TOKEN"}
    return {"BOT_ASYNC": True, "INBOX": {"PAGES": {"acme": acme}, "GRAPH_URL": simulator.url}}


@pytest.fixture
def environment(simulator: Simulator) -> dict[str, str]:
    """Where that user keeps the token."""
    return {"ACME_PAGE_TOKEN": simulator.world.page("acme").token}


def ask(bot: ErrbotProcess, line: str) -> str:
    """The whole answer of a bot whose commands run in threads: an admin command first waits for those before it."""
    return bot.say(line) + bot.say("!repos uninstall nothing")


def loaded(bot: ErrbotProcess) -> dict[str, str]:
    """The name of each plugin that has been loaded, with A for those that are active."""
    return {name: state for state, name in re.findall(r"│ (\w) │ (\w+) ", ask(bot, "!status plugins"))}


def complaints(text: str) -> list[str]:
    return [line for line in text.splitlines() if COMPLAINT.search(line)]


def shows_the_inbox(bot: ErrbotProcess, found_again: Collection[str] = ()) -> None:
    """The bot answers with what is in the simulator, and has had nothing to complain of since its start.

    Errbot warns of each plugin in `found_again`, those that it had when it looked for the ones of a new repository.
    """
    assert "ann.example" in ask(bot, "!inbox spam instagram")
    assert complaints(bot.greeting) == []
    expected = tuple(f"WARNING  errbot.plugin_manager     Plugin {name} already loaded." for name in found_again)
    assert [line for line in complaints(bot.log) if not line.endswith(expected)] == []


def test_a_checkout_in_bot_extra_plugin_dir(
    clone: Path, settings: dict[str, object], environment: dict[str, str], tmp_path: Path
) -> None:
    settings |= {"BOT_EXTRA_PLUGIN_DIR": str(clone / "plugins")}
    with ErrbotProcess.start(settings, tmp_path, environment, ERRBOT) as bot:
        assert loaded(bot)["Inbox"] == "A"
        shows_the_inbox(bot)


def test_the_wheel_found_by_its_entry_point(
    demo: Path,
    distributions: Distributions,
    settings: dict[str, object],
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    venv = Venv(demo / ".demo")
    with ErrbotProcess.start(settings, tmp_path, environment) as bot:  # the tests' own Errbot, which has no such wheel
        before = loaded(bot)
    venv.install("--no-index", distributions.wheel)
    try:
        with ErrbotProcess.start(settings | {"AUTOINSTALL_DEPS": True}, tmp_path, environment, venv.errbot) as bot:
            assert loaded(bot) == before | {"Inbox": "A"}
            shows_the_inbox(bot)
            assert "Installing packages" not in bot.log, "pip has done this; Errbot must not do it again at every start"
        examined = run("env", *(f"{name}={value}" for name, value in environment.items()), venv.bin / "err-inbox",
                       "doctor", "--config", tmp_path / "config.py")  # fmt: skip
        assert "Nothing needs attention" in examined and "Meta accepts it" in examined
    finally:
        venv.uninstall("err-inbox")


def installs_from_git(
    clone: Path, settings: dict[str, object], environment: dict[str, str], folder: Path, venv: Venv | None = None
) -> str:
    """`!repos install` of the clone, then a restart; returns all that was said at the installation."""
    errbot = venv.errbot if venv else ERRBOT
    with ErrbotProcess.start(settings, folder, environment, errbot) as bot:
        before = loaded(bot)
        said = ask(bot, f"!repos install {clone}")
        assert loaded(bot) == before | {"Inbox": "A"}
        shows_the_inbox(bot, found_again=before)
    assert complaints(said) == []
    assert "has been installed correctly" in said
    (folder / "errbot.log").unlink()
    with ErrbotProcess.start(settings, folder, environment, errbot) as bot:
        assert loaded(bot) == before | {"Inbox": "A"}
        shows_the_inbox(bot)
    return said


def test_repos_install_where_the_dependencies_are(
    clone: Path, settings: dict[str, object], environment: dict[str, str], tmp_path: Path
) -> None:
    installs_from_git(clone, settings, environment, tmp_path)


@pytest.mark.usefixtures("demo")  # which tells whether there is a package index
def test_repos_install_brings_the_dependencies(
    clone: Path,
    settings: dict[str, object],
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    venv = Venv.with_errbot(tmp_path / "venv")
    # Errbot asks pip for bare names, and pip takes no hashes for those.
    pinned = tmp_path / "pinned.txt"
    pinned.write_text("\n".join(map(str, pins((clone / "constraints/runtime.txt").read_text("utf-8")))), "utf-8")
    environment |= {"PIP_CONSTRAINT": str(pinned)}
    said = installs_from_git(clone, settings | {"AUTOINSTALL_DEPS": True}, environment, tmp_path, venv)
    assert "Successfully installed" in said
