"""The command `err-inbox`: what it says, its exit codes, and that neither holds a secret or a traceback."""

from __future__ import annotations

import os
import shelve
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pageinbox.app import Runtime
from pageinbox.chat.terminal import text
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import VERSION
from pageinbox.shell import main
from pageinbox.words.shell import refusal
from simulator.server import Simulator
from simulator.world import World
from tests.core.test_ledger_versions import load
from tests.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
SECRET = "hunter2-not-for-anybody"


@dataclass
class Said:
    """What a command has said, and its exit code."""

    code: int
    text: str
    error: str


@dataclass
class Shell:
    """A shell in the folder of a bot that isn't running."""

    folder: Path
    simulator: Simulator
    capture: pytest.CaptureFixture[str]
    settings: dict[str, object] = field(default_factory=dict)
    more: str = ""

    @property
    def token(self) -> str:
        return self.simulator.world.page("acme").token

    @property
    def ledger(self) -> Path:
        return self.folder / "data" / "inbox-ledger.sqlite"

    def written(self) -> Path:
        """The bot's config.py, as it is now."""
        acme = {"ID": self.simulator.world.page("acme").id, "TOKEN": self.token}
        inbox = {"PAGES": {"acme": acme}, "GRAPH_URL": self.simulator.url, **self.settings}
        file = self.folder / "config.py"
        file.write_text(f"BOT_DATA_DIR = {str(self.folder / 'data')!r}\nINBOX = {inbox!r}\n{self.more}", "utf-8")
        return file

    def __call__(self, command: str, *arguments: str | Path) -> Said:
        try:
            code = main([command, *map(str, arguments), "--config", str(self.written())], Runtime(paced=False))
        except SystemExit as error:  # of argparse
            code = int(str(error.code))
        out, err = self.capture.readouterr()
        for secret in (self.token, SECRET, "Traceback"):
            assert secret not in out + err
        return Said(code, " ".join(out.split()), " ".join(err.split()))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    (tmp_path / "data").mkdir()
    with Simulator(World.demo(time.time)) as running:
        yield Shell(tmp_path, running, capsys)


def test_before_a_bot_is_started_all_is_examined_and_nothing_made(shell: Shell) -> None:
    said = shell("doctor")
    assert said.code == 0 and said.text.startswith("Nothing needs attention")
    for part in ("Acme · token Meta accepts it", "Ledger not there yet; I make it when I start",
                 "Settings read from config.py", "type !inbox doctor in a direct chat"):  # fmt: skip
        assert part in said.text
    assert list((shell.folder / "data").iterdir()) == []


def test_an_older_ledger_is_neither_brought_up_nor_changed(shell: Shell) -> None:
    load(f"sqlite:///{shell.ledger}", VERSION - 1)
    said = shell("doctor")
    assert said.code == 0 and f"version {VERSION - 1} becomes {VERSION} when I start" in said.text
    assert [file.name for file in shell.ledger.parent.iterdir()] == [shell.ledger.name]
    with closing(open_ledger(shell.ledger)):
        assert f"version {VERSION}, " in shell("doctor").text


def test_what_needs_attention_is_told_by_the_exit_code(shell: Shell) -> None:
    shell.simulator.fail("/conversations", None, code=190, subcode=463)
    said = shell("doctor")
    assert said.code == 1 and "needs attention" in said.text and "190/463" in said.text
    shell.ledger.write_bytes(b"no ledger at all" * 100)
    assert "is damaged" in shell("doctor").text


def test_one_page_is_examined_alone_by_its_name(shell: Shell) -> None:
    said = shell("doctor", "acme")
    assert said.code == 0 and "Ledger" not in said.text
    assert shell("doctor", "ACME").text == said.text
    said = shell("doctor", "acmee")
    assert (said.code, said.error) == (2, "PAGES has no Page of that name; the nearest is acme.")
    assert shell("doctor", "else").error == "PAGES has no Page of that name; it has acme."


def test_first_contact_can_be_made_from_a_shell(shell: Shell) -> None:
    said = shell("doctor", "--deep")
    assert said.code == 0 and said.text.startswith("First contact with Meta's API")


def test_first_contact_takes_one_page_that_can_be_asked(shell: Shell) -> None:
    shell.more = "INBOX['PAGES']['beta'] = {'ID': '2', 'TOKEN': 'env:NOWHERE'}"
    said = shell("doctor", "--deep")
    assert said.code == 2 and said.error.endswith("For example: err-inbox doctor --deep acme")
    said = shell("doctor", "--deep", "beta")
    assert (said.code, said.text) == (2, "") and "PAGES.beta.TOKEN is env:NOWHERE" in said.error


def test_what_chat_has_stored_counts(shell: Shell) -> None:
    core, other = shell.folder / "data" / "core.db", shell.folder / "other.sqlite"
    open_ledger(other).close()
    with shelve.open(str(core), protocol=2) as kept:
        kept["configs"] = {"Inbox": {"DATABASE_URL": f"sqlite:///{other}", "CACHE_TTL": 5}}
    said = shell("doctor")
    assert said.code == 0 and "read from config.py and chat" in said.text and "Ledger can be written" in said.text
    with shelve.open(str(core), protocol=2) as kept:
        kept["configs"] = {"Inbox": {"CACHE_TTL": "soon"}}
    said = shell("doctor")
    assert said.code == 1 and "CACHE_TTL" in said.text and "Settings read from config.py" in said.text
    for file in core.parent.glob("core.db*"):
        file.write_bytes(b"\x00broken")
    said = shell("doctor")
    assert said.code == 1 and "core.db" in said.text
    said = shell("backup", shell.folder / "copy")
    assert said.code == 2 and "Say with --ledger where the ledger is." in said.error
    assert shell("backup", shell.folder / "copy", "--ledger", f"sqlite:///{other}").code == 0


def test_a_configuration_may_do_what_any_module_does(shell: Shell) -> None:
    shell.more = (
        "from dataclasses import dataclass\n@dataclass\nclass One:\n    name: 'str'\n"
        "import config\nassert config.INBOX is INBOX and One('x').name == 'x'"
    )
    before = sys.modules.get("config")
    assert shell("doctor").code == 0
    assert sys.modules.get("config") is before


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (f"raise ValueError({SECRET!r})", "config.py can't be read: ValueError in line 3"),
        (f"x = {SECRET!r} +", "config.py can't be read: SyntaxError in line 3"),
        ("raise SystemExit('ACME_TOKEN is not set.')", "config.py can't be read: ACME_TOKEN is not set."),
        ("exit()", "config.py can't be read: it ends the process"),
        ("INBOX = {}", "PAGES names no Page"),
        ("INBOX['PAGES']['acme']['TOKEN'] = 'env:NOWHERE'", "NOWHERE"),
        ("del BOT_DATA_DIR", "doesn't say BOT_DATA_DIR"),
    ],
)
def test_settings_that_cannot_be_read_are_wrong_use(shell: Shell, more: str, told: str) -> None:
    shell.more = more
    said = shell("doctor")
    assert said.code == 2 and told in said.error and said.text == ""


def test_without_a_configuration_it_says_where_it_looked(shell: Shell, tmp_path: Path) -> None:
    assert main(["doctor", "--config", str(tmp_path / "nowhere.py")]) == 2
    assert "nowhere.py can't be read: there is no such file" in shell.capture.readouterr().err


@pytest.mark.parametrize("words", [(), ("docter",), ("backup",), ("restore",), ("move",), ("doctor", "a", "b")])
def test_wrong_use_shows_how_to_use_it(shell: Shell, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert shell.capture.readouterr().err.startswith("usage: err-inbox")


@pytest.mark.parametrize(("name", "told"), [("none.py", "no such file; name the bot's"), ("it.txt", "end with .py")])
def test_another_file_is_no_configuration(shell: Shell, name: str, told: str) -> None:
    (shell.folder / "it.txt").touch()
    assert main(["doctor", "--config", str(shell.folder / name)]) == 2
    assert told in shell.capture.readouterr().err


def test_a_backup_needs_no_other_setting_and_is_put_back(shell: Shell) -> None:
    open_ledger(shell.ledger).close()
    shell.more = "INBOX['PAGES'] = {}"  # a job at night has no tokens
    copy = shell.folder / "copy.sqlite"
    said = shell("backup", copy)
    assert said.code == 0 and f"The ledger at {shell.ledger} is backed up in {copy}" in said.text
    said = shell("backup", copy)
    assert said.code == 1 and "give --replace" in said.error
    assert shell("backup", copy, "--replace").code == 0
    with closing(open_ledger(shell.ledger)):
        said = shell("restore", copy, "--replace")
        assert said.code == 1 and said.error.endswith("is in use. Stop every bot that uses it, and try again.")
    assert shell("restore", copy).code == 1
    said = shell("restore", copy, "--replace")
    assert said.code == 0 and "possible repeat" in said.text and "is now the backup of " in said.text
    shutil.copy(copy, shell.ledger)
    said = shell("doctor")
    assert said.code == 2  # no Page
    said = shell("restore", "--in-place")
    assert said.code == 0 and "possible repeat" in said.text
    open_ledger(shell.ledger).close()


def test_a_ledger_is_moved_to_a_server_whose_password_nobody_sees(
    shell: Shell, postgres: Postgres, tmp_path: Path
) -> None:
    open_ledger(shell.ledger).close()
    with postgres.database() as url:
        there = tmp_path / "address"
        there.write_text(url.replace("postgres@", f"postgres:{SECRET}@"))
        said = shell("move", f"file:{there}")
        assert said.code == 0 and "was moved to PostgreSQL at localhost, database test_" in said.text
        assert "already" in shell("move", f"file:{there}").text
        said = shell("doctor")
        assert said.code == 1 and "My ledger was moved to PostgreSQL at localhost" in said.text
        shell.settings["DATABASE_URL"] = f"file:{there}"
        said = shell("doctor")
        assert said.code == 0 and "can be written: PostgreSQL" in said.text
        back = shell.folder / "back.sqlite"
        said = shell("move", f"sqlite:///{back}")
        assert said.code == 0 and str(back) in said.text
        shell.more = "raise SystemExit"  # what is named is found without it
        said = shell("move", f"{shell.folder}/third %3F.sqlite", "--ledger", back)
        assert said.code == 0


@pytest.mark.parametrize(
    ("to", "code", "told"),
    [
        ("somewhere", 2, "address, or env:NAME or file:PATH for one, or a file as /PATH."),
        (f"postgresql://u:{SECRET}@host:port/db", 1, "not a valid address"),
        (f"postgresql://u:{SECRET}@host/db?passwd={SECRET}", 1, "has an option"),
        (f"postgresql://u:{SECRET}@127.0.0.1:1/db", 1, "can't be reached"),
        ("env:NOWHERE", 2, "TO is env:NOWHERE, but that environment variable is not set; set it here."),
        ("sqlite:////nowhere/at/all.sqlite", 1, "it is a folder itself. Create the folder, or choose another place."),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    shell: Shell, to: str, code: int, told: str
) -> None:
    open_ledger(shell.ledger).close()
    said = shell("move", to)
    assert said.code == code and told in said.error and "announce" not in said.error
    open_ledger(shell.ledger).close()


def test_of_a_file_no_bot_counts_once_it_is_dead() -> None:
    for where, killed in (("/data/ledger.sqlite", False), ("db.example", True)):
        told = " ".join(text(refusal("move", "used", where), "err-").split())
        assert told.startswith(f"The ledger at {where} is in use. Stop every bot") and ("was killed" in told) is killed


@pytest.mark.processes
def test_it_is_a_module_too(shell: Shell) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins" / "inbox"), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "pageinbox.doctor", "--config", str(shell.written())]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0 and done.stdout.startswith("Nothing needs attention")


@pytest.mark.processes
def test_nobody_has_to_read_to_the_end(shell: Shell) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins" / "inbox")}
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "pageinbox.doctor", "--config", str(shell.written())]
    done = subprocess.run(command, env=environment, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
