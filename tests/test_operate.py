"""docs/operate.md and the files of deploy/: what they name exists, and what they do works as far as it can be tried."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pageinbox.commands.table import WORDS
from pageinbox.settings.docs import ENVIRONMENT
from pageinbox.settings.table import PAGE_SETTINGS, SETTINGS
from pageinbox.shell import parser

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "operate.md").read_text("utf-8")
UNIT = (ROOT / "deploy" / "err-inbox.service").read_text("utf-8")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text("utf-8")

VARIABLES = {name for name, _ in ENVIRONMENT}
OTHERS = {"MALLOC_ARENA_MAX", "SQLITE_TMPDIR"}
"""Variables of the C library's and of SQLite's."""
OF_PYTHON = {"PATH", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK", "PYTHONDONTWRITEBYTECODE"}
SECRETS = {name for name in VARIABLES if name.endswith(("_TOKEN", "_SECRET", "_PASSWORD", "_URL"))} - {
    "INBOX_GRAPH_URL"
}


def directives(unit: str) -> dict[str, list[str]]:
    """What a unit file sets, by name."""
    found = defaultdict(list)
    for line in unit.splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found[name].append(value)
    return found


def instructions(container: str) -> Iterator[tuple[str, list[str]]]:
    """What a container file does: each instruction with its words, whether written as JSON or not."""
    for line in re.sub(r"\\\n\s*|#.*\n", "", container).splitlines():
        name, _, rest = line.partition(" ")
        command = re.search(r"\[.*\]$", rest)
        if line:
            yield name, [*rest[: command.start()].split(), *json.loads(command[0])] if command else shlex.split(rest)


def assigned(words: list[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words)


SET = directives(UNIT)
STEPS = list(instructions(CONTAINER))
GIVEN = assigned([word for line in SET["Environment"] for word in line.split()])
IN_IMAGE = assigned([word for name, words in STEPS if name == "ENV" for word in words])
HEALTHCHECK = next(words for name, words in STEPS if name == "HEALTHCHECK")


def logged() -> set[str]:
    """Each line that we log, with … for what changes in it."""
    return {
        re.sub(r"%(\.0f|[sdg])", "…", node.args[0].value)
        for folder in ("plugins/inbox", "backends/matrix/errbot_matrix")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("info", "warning", "error")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_line_of_the_log_that_is_explained_is_one() -> None:
    table = DOCUMENT.partition("\n## The log\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(.+?)` \|", table, re.M)
    assert len(explained) > 10
    assert not set(explained) - logged()


def test_every_command_variable_and_setting_exists() -> None:
    commands = re.findall(r"!inbox(?: (\w+))?", DOCUMENT)
    assert len(commands) > 10 and not set(commands) - set(WORDS)
    names = set(re.findall(r"\b(?:INBOX|BOT|LOG|SLACK|MATRIX)_[A-Z_]+\b", DOCUMENT))
    assert len(names) > 8 and not names - VARIABLES
    settings = {setting.key for setting in (*SETTINGS, *PAGE_SETTINGS)}
    assert not set(re.findall(r"\b[A-Z]{4,}_[A-Z_]+\b", DOCUMENT)) - settings - VARIABLES - {"BOT_IDENTITY"}


def test_every_command_of_the_shell_is_one() -> None:
    commands = re.findall(r"err-inbox ((?:doctor|backup|restore|move)\b[^\n`]*)", DOCUMENT)
    assert len(commands) == 6
    for command in commands:
        words = shlex.split(command)
        parser().parse_args([*words, *(["somewhere"] if words in (["restore"], ["move"]) else [])])


def anchors(text: str) -> set[str]:
    """The headings of a document, as links name them."""
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_every_link_and_file_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", DOCUMENT)
    assert len(links) > 8
    for target, anchor in links:
        file = ROOT / "docs" / target
        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text("utf-8")), f"{target}#{anchor}"
    for name in re.findall(r"(?<![\w/])(?:deploy|constraints|backends)/[\w./-]+\w", DOCUMENT):
        assert (ROOT / name).exists(), name


def test_the_web_servers_addresses_are_ours() -> None:
    plugin = "".join(file.read_text("utf-8") for file in (ROOT / "plugins").rglob("*.py"))
    addresses = set(re.findall(r"/inbox/[a-z]+", DOCUMENT + CONTAINER))
    assert len(addresses) > 1 and not [address for address in addresses if f'"{address}"' not in plugin]


def test_the_document_and_both_files_start_the_same_bot() -> None:
    (start,) = SET["ExecStart"]
    *_, (name, command) = STEPS
    assert name == "CMD" and ["/opt/err-inbox/bin/errbot", *command[1:]] == start.split()
    assert "errbot -c config_template.py" in (ROOT / "README.md").read_text("utf-8")
    pip = re.findall(r"pip (install .*)", CONTAINER)
    assert len(pip) == 3 and pip == re.findall(r"bin/pip (install .*)", DOCUMENT)


def test_the_unit_gives_the_bot_what_it_knows_and_no_secret() -> None:
    assert not set(GIVEN) - VARIABLES - OTHERS - OF_PYTHON
    credentials = {line.partition(":")[0] for line in SET["LoadCredential"]}
    assert {name: value for name, value in GIVEN.items() if name in SECRETS} == {
        "INBOX_PAGE_TOKEN": "file:%d/page-token"
    }
    assert credentials == {"page-token"}
    state = f"%S/{SET['StateDirectory'][0]}"
    assert GIVEN["BOT_DATA_DIR"] == GIVEN["SQLITE_TMPDIR"] == SET["WorkingDirectory"][0] == state
    dropped = DOCUMENT.partition("```ini\n")[2].partition("```")[0]
    more = directives(dropped)
    names = assigned([word for line in more["Environment"] for word in line.split()])
    assert names.keys() <= SECRETS
    assert {value.removeprefix("file:%d/") for value in names.values()} == {
        line.partition(":")[0] for line in more["LoadCredential"]
    }
    plain = re.findall(r"^([A-Z_]+)=", DOCUMENT.partition("err-inbox.env`:\n")[2].partition("\nEvery")[0], re.M)
    assert len(plain) == 5 and not SECRETS & set(plain)


def test_the_unit_ends_starts_again_and_is_shut_in() -> None:
    assert (SET["Restart"], SET["ProtectSystem"], SET["User"]) == (["on-failure"], ["strict"], ["err-inbox"])
    assert (SET["NoNewPrivileges"], SET["CapabilityBoundingSet"], SET["UMask"]) == (["yes"], [""], ["0077"])
    assert 10 <= int(SET["TimeoutStopSec"][0]) <= 60
    assert not {"ReadWritePaths", "Group", "AmbientCapabilities", "KillSignal"} & SET.keys()


@pytest.mark.processes
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """Where there is one; nothing else that is tested needs it, so that CI has none."""
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("needs systemd-analyze")
    unit = tmp_path / "err-inbox.service"
    unit.write_text(UNIT.replace("/opt/err-inbox/bin/errbot", sys.executable))
    environment = os.environ | {"SYSTEMD_LOG_LEVEL": "warning", "SYSTEMD_COLORS": "0"}
    checked = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, env=environment)
    assert (checked.returncode, checked.stderr) == (0, "")
    exposed = [analyze, "security", "--offline=true", "--threshold=20", unit]
    secure = subprocess.run(exposed, capture_output=True, text=True, env=environment)
    assert secure.returncode == 0, secure.stdout


def test_the_image_is_made_of_files_that_are_there() -> None:
    bases = [words[0] for name, words in STEPS if name == "FROM"]
    assert bases and all(re.fullmatch(r"python:3\.\d+-slim", base) for base in bases), "a host of its own is named"
    copied = [word for name, words in STEPS if name == "COPY" and words[0] != "--from=build" for word in words[:-1]]
    assert "plugins" in copied and all((ROOT / word).exists() for word in copied)
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    packed = re.findall(r'^(?:readme = |license-files = \[)"(\w+(?:\.\w+)?)"', project, re.M)
    assert packed and set(packed) <= set(copied), "the wheel can't be built without"
    for pinned in re.findall(r"-r (\S+)", CONTAINER):
        assert pinned in copied and "--hash=sha256:" in (ROOT / pinned).read_text("utf-8")


def test_the_image_runs_as_nobody_and_keeps_its_data_in_one_place() -> None:
    last = dict(STEPS)
    assert last["USER"] == ["err-inbox"] and last["VOLUME"] == [IN_IMAGE["BOT_DATA_DIR"]] == [IN_IMAGE["SQLITE_TMPDIR"]]
    assert last["EXPOSE"] == [IN_IMAGE["BOT_WEBSERVER"].partition(":")[2]]
    assert not set(IN_IMAGE) - VARIABLES - OTHERS - OF_PYTHON and not SECRETS & set(IN_IMAGE)


@pytest.mark.processes
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_image_is_as_healthy_as_the_bot_says(status: int, code: int) -> None:
    class Bot(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/inbox/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    *_, flag, program = HEALTHCHECK
    assert flag == "-c"
    with HTTPServer(("127.0.0.1", 0), Bot) as bot:
        bot.timeout = 60  # for whoever never asks
        answering = threading.Thread(target=bot.handle_request)
        answering.start()
        # wherever the bot is told to serve, and whatever proxy it is to ask Meta by
        there = {"BOT_WEBSERVER": f"0.0.0.0:{bot.server_port}", "http_proxy": "http://127.0.0.1:9"}
        asked = subprocess.run([sys.executable, "-c", program], capture_output=True, env={"PATH": os.defpath, **there})
        answering.join()
    assert asked.returncode == code
