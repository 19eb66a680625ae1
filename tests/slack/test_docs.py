"""docs/slack.md, tried: its variables and commands start a bot, and its manifests give just what the emulator gives."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pageinbox.chat.slack.arriving import PATH as CLICKS
from simulator.server import Simulator
from tests.errbot_process import ERRBOT, ChattingErrbot
from tests.slack.conftest import PEOPLE
from tests.slack.emulator import APP_TOKEN, BOT_SCOPES, BOT_TOKEN, SIGNING_SECRET
from tests.slack.gateway import Mode
from tests.slack.workspace import CLIENT, DIRECT, PLUGINS, workspace

ROOT = PLUGINS.parent
PAGE = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))


def entries(name: str, text: str) -> list[str]:
    """The entries of each list of this name in the page's YAML, one after the other."""
    lists = re.findall(rf"^ *{name}:\n((?: *- \S+\n)+)", text, re.MULTILINE)
    return [entry for found in lists for entry in re.findall(r"- (\S+)", found)]


def test_the_manifests_ask_for_the_scopes_and_events_that_all_tests_get_by_with() -> None:
    whole, instead = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert tuple(entries("bot", whole)) == BOT_SCOPES
    assert entries("bot_events", whole) == entries("bot_events", instead)
    assert "app_home_opened" in entries("bot_events", whole) and "command: /inbox\n" in whole
    for manifest in (whole, instead):
        assert "interactivity:\n    is_enabled: true\n" in manifest
    assert PAGE.count(f"https://bot.example.com{CLICKS}") == 3, "the slash command, the manifest and the proxy"
    missed = re.findall(r"^\| `([a-z]+(?::[a-z]+)?)` \|", PAGE, re.MULTILINE)
    assert sorted(missed) == sorted(BOT_SCOPES), "each scope is said to be for something"


@pytest.mark.parametrize("how", ["socket", "events"])
def test_the_template_starts_from_these_variables(emulator: str, graph: Simulator, tmp_path: Path, how: Mode) -> None:
    with workspace(emulator, graph, tmp_path, PEOPLE, how) as made:
        tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "BOT_ADMINS": made.admin.id}
        given = {
            name: tokens.get(name, value) for name, value in re.findall(r"^export (\w+)=(\S+)$", SHELL, re.MULTILINE)
        }
        assert tokens.keys() < given.keys()
        if how == "events":
            del given["SLACK_APP_TOKEN"]
            given["SLACK_SIGNING_SECRET"] = SIGNING_SECRET
        given |= {"INBOX_PAGE_TOKEN": made.token, "INBOX_GRAPH_URL": graph.url, "INBOX_POLL_INTERVAL": "1"}

        config = tmp_path / "config_template.py"
        template = (ROOT / config.name).read_text(encoding="utf-8")
        config.write_text(template + CLIENT.format(url=made.gateway.url), encoding="utf-8")
        shutil.copytree(PLUGINS / "inbox", tmp_path / "plugins" / "inbox")
        (tmp_path / "probe").rename(tmp_path / "plugins" / "probe")
        if how == "events":
            (server,) = re.findall(r'echo "(\{.*\})"', SHELL)
            told = ast.literal_eval(server)
            told["configs"]["Webserver"]["PORT"] = made.port
            subprocess.run(
                [ERRBOT, "-c", config, "--storage-merge", "core"],
                input=repr(told),
                env=DIRECT | given,
                text=True,
                check=True,
                capture_output=True,
            )
        made.bot = ChattingErrbot(config, tmp_path, DIRECT | given)
        channel = made.channel(made.people["ann"])
        # Errbot connects plugins one by one, and answers before it is through with them.
        while "200300400" not in made.ask(made.people["ann"], "!inbox pages", channel):
            pass
        assert "Plugin activation done" in (tmp_path / "data" / "errbot.log").read_text(encoding="utf-8")
