"""How Errbot finds the backend, in a checkout and as a wheel, and that nothing finds it where it should not."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from errbot.plugin_info import PluginInfo
from errbot.plugin_manager import check_python_plug_section
from errbot.utils import collect_roots

from backends.matrix.tests.conftest import HERE, Bot
from tests.matrix_human import Human
from tests.synapse import Synapse

PROJECT = HERE.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out), str(PROJECT)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert not done.returncode, done.stdout
    (made,) = out.glob("*.whl")
    return made


def test_the_wheel_holds_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = {name for name in files.namelist() if ".dist-info/" not in name}
    package = {f"errbot_matrix/{path.name}" for path in (PROJECT / "errbot_matrix").glob("*.py")}
    assert names == package | {"errbot_matrix/matrix.plug", "errbot_matrix/errbot_matrix_backend.py"}


def test_the_wheel_is_found_by_its_entry_point(wheel: Path, synapse: Synapse, ann: Human, tmp_path: Path) -> None:
    installed = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as files:
        files.extractall(installed)
    bot = Bot(tmp_path, synapse, BOT_ADMINS=(ann.user_id,))
    del bot.settings["BOT_EXTRA_BACKEND_DIR"]
    bot.start(environment={"PYTHONPATH": str(installed)})
    try:
        room = ann.create_room(bot.user_id)
        assert ann.ask(room, "!say hello", bot.user_id, bot.say) == "hello"
    finally:
        bot.kill()


def test_the_plug_is_for_python_3() -> None:
    """Without that, Errbot's plugin index shows it as made for Python 2."""
    plug = PluginInfo.load(PROJECT / ".errbot" / "matrix.plug")
    assert plug.python_version == (3, 0, 0)
    assert check_python_plug_section(plug)


def test_a_repository_installed_for_its_plugin_brings_no_backend() -> None:
    """`!repos install` loads every .plug that it finds below the root of the clone."""
    assert collect_roots([str(PROJECT)]) == []
    assert collect_roots([str(PROJECT / ".errbot")]) == [str(PROJECT / ".errbot")]
