"""config_template.py, loaded as Errbot loads it: in a process of its own, with an environment of its own."""

import contextlib
import json
import os
import re
import shelve
import shutil
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from dbm import dumb
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pageinbox.language.watch import describe_watch
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.model.watch import Detail
from pageinbox.settings.docs import ENVIRONMENT
from pageinbox.settings.reading import Settings, read
from pageinbox.settings.table import PAGE_SETTINGS, SETTINGS
from simulator.server import Simulator
from simulator.world import World
from tests.errbot_fork import Fork
from tests.errbot_process import ERRBOT, PATIENCE, ErrbotProcess

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parent.parent
TOKEN = "EAAGtoken0of0one0page"
SECRET = "0123456789abcdef0123456789abcdef"
ONE_PAGE = {"INBOX_PAGE_ID": "100200300", "INBOX_PAGE_NAME": "bakery", "INBOX_PAGE_TOKEN": TOKEN}
SLACK = ONE_PAGE | {"BOT_BACKEND": "SlackV3", "SLACK_BOT_TOKEN": "xoxb-1"}
MATRIX = ONE_PAGE | {
    "BOT_BACKEND": "Matrix",
    "MATRIX_HOMESERVER": "http://127.0.0.1:18008",
    "MATRIX_USERNAME": "@errbot:lab.localhost",
    "MATRIX_PASSWORD": "botpw",
}
SHOW = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("config", sys.argv[1])
config = importlib.util.module_from_spec(spec)
spec.loader.exec_module(config)
print(json.dumps({name: value for name, value in vars(config).items() if name.isupper()}, default=str))
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A copy with nothing beside it but the simulator."""
    (tmp_path / "simulator").symlink_to(ROOT / "simulator")
    return Path(shutil.copy(ROOT / "config_template.py", tmp_path))


def load(template: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = template.with_name("show.py")
    script.write_text(SHOW, "utf-8")
    run = Fork([script, template], template.parent, {"PATH": os.defpath, **environment}, subprocess.DEVNULL)
    assert run.stdout
    with run.stdout as said:
        shown = said.read().decode()
    errors = (template.parent / "stderr.txt").read_text("utf-8")
    return subprocess.CompletedProcess(["show.py"], run.wait(PATIENCE), shown, errors)


def config(template: Path, **environment: str) -> dict[str, Any]:
    """What Errbot would get to see."""
    run = load(template, environment)
    assert run.returncode == 0, run.stderr
    shown: dict[str, Any] = json.loads(run.stdout)
    return shown


def settings(template: Path, **environment: str) -> Settings:
    """What the plugin would make of it."""
    return read(config(template, **environment)["INBOX"], environment=environment)


def test_a_copy_alone_says_what_it_lacks(template: Path) -> None:
    (template.parent / "simulator").unlink()
    run = load(template, {})
    assert run.returncode == 1
    assert "The demo needs the folder simulator of a checkout; to read your own Page, set INBOX_PAGE_ID" in run.stderr
    assert config(template, **ONE_PAGE)["INBOX"]["PAGES"]


def test_the_demo_needs_nothing(template: Path) -> None:
    shown = config(template)
    demo = read(shown["INBOX"], environment={})
    assert demo.pages == {"acme": Page("acme", "200300400", Secret("demo-page-token"))}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", demo.graph_url)
    assert demo.poll_interval == 10
    assert (shown["BACKEND"], shown["BOT_ADMINS"], shown["BOT_PLUGIN_INDEXES"]) == ("Text", ["@admin"], [])
    assert (shown["BOT_DATA_DIR"], shown["BOT_EXTRA_PLUGIN_DIR"]) == (str(template.parent / "data"), None)
    assert shown["BOT_LOG_FILE"] == str(template.parent / "data" / "errbot.log")
    assert stat.S_IMODE((template.parent / "data").stat().st_mode) == 0o700


def test_plugins_beside_it_are_used(template: Path) -> None:
    (template.parent / "plugins").mkdir()
    assert config(template)["BOT_EXTRA_PLUGIN_DIR"] == str(template.parent / "plugins")


def test_three_variables_reach_the_real_graph(template: Path) -> None:
    real = settings(template, **ONE_PAGE)
    at = "env:INBOX_PAGE_TOKEN"
    assert real.pages == {"bakery": Page("bakery", "100200300", Secret(TOKEN), token_at=at)}
    assert (real.graph_url, real.poll_interval) == ("https://graph.facebook.com", 60)


def test_the_demo_can_have_another_address(template: Path) -> None:
    assert settings(template, INBOX_GRAPH_URL="http://127.0.0.1:9").graph_url == "http://127.0.0.1:9"


def test_every_variable_of_the_inbox_and_no_secret_in_it(template: Path) -> None:
    environment = ONE_PAGE | {
        "INBOX_APP_SECRET": SECRET,
        "INBOX_GRAPH_URL": "https://graph.example",
        "INBOX_POLL_INTERVAL": "2.5",
        "INBOX_WATCHES": "#support inbox messenger, #sales inbox\n#spam spam,",
        "INBOX_PUSH_TOKEN": f"{SECRET}-push",
        "INBOX_DATABASE_URL": f"postgresql://u:{SECRET}@h/d",
    }
    shown = config(template, **environment)
    assert TOKEN not in str(shown) and SECRET not in str(shown)
    real = read(shown["INBOX"], environment=environment)
    assert real.pages["bakery"].app_secret == Secret(SECRET)
    assert (real.graph_url, real.poll_interval) == ("https://graph.example", 2.5)
    assert [(room, describe_watch(wish)) for room, wish in real.watches] == [
        ("#support", "inbox messenger"),
        ("#sales", "inbox"),
        ("#spam", "spam"),
    ]
    assert real.push_token == Secret(environment["INBOX_PUSH_TOKEN"])
    assert real.database_url == Secret(environment["INBOX_DATABASE_URL"])


def test_every_setting_has_a_variable(template: Path) -> None:
    elsewhere = {"PAGES", "ID", "TOKEN"}  # INBOX_PAGES_FILE, INBOX_PAGE_ID and INBOX_PAGE_TOKEN
    keys = {setting.key for setting in (*SETTINGS, *PAGE_SETTINGS)} - elsewhere
    assert {f"INBOX_{key}" for key in keys} <= {name for name, _ in ENVIRONMENT}
    real = settings(
        template,
        **ONE_PAGE,
        INBOX_PLATFORMS="instagram",
        INBOX_AUTO_REPLIES="Thanks, we read this soon.\nHi *",
        INBOX_GRAPH_VERSION="v25.0",
        INBOX_POLL_INTERVAL_PUSHED="600",
        INBOX_CACHE_TTL="5",
        INBOX_DETAIL="initials",
        INBOX_ROOMS='#public count, "Board room" name,\n@sam: snippet',
        INBOX_TIMEZONE="Europe/Rome",
        INBOX_RETENTION_DAYS="30",
        INBOX_OPEN="mon-fri 09:00-18:00, sat 10:00-14:00",
    )
    assert real.pages["bakery"].platforms == (Platform.INSTAGRAM,)
    assert len(real.pages["bakery"].auto_replies) == 2
    assert (real.graph_version, real.cache_ttl, real.retention_days) == ("v25.0", 5, 30)
    assert real.poll_interval_pushed == 600
    assert real.pages["bakery"].open is not None
    assert real.rooms == {"#public": Detail.COUNT, "Board room": Detail.NAME, "@sam": Detail.SNIPPET}
    assert (real.detail, str(real.timezone)) == (Detail.INITIALS, "Europe/Rome")


def test_variables_that_hold_a_secret_or_are_of_kubernetes_are_left_alone(template: Path) -> None:
    (template.parent / "pages.toml").write_text('[acme]\nID = 1\nTOKEN = "env:INBOX_ACME"\n')
    others = {"INBOX_SERVICE_HOST": "10.0.0.1", "INBOX_PORT_80_TCP": "tcp://10.0.0.1:80", "INBOX_NONSENSE": " "}
    beside = ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_3141_TCP", "PORT_3141_TCP_ADDR")
    others |= {f"INBOX_BOT_{name}": "tcp://10.0.0.2:3141" for name in beside}
    assert settings(template, INBOX_PAGES_FILE="file:pages.toml", INBOX_ACME=TOKEN, **others).pages


@pytest.mark.parametrize("written", ["U1,U2,", "U1; U2", '["U1", "U2"]', "('U1', 'U2')"])
def test_a_list_may_be_written_as_other_programs_have_it(template: Path, written: str) -> None:
    assert config(template, **SLACK, SLACK_APP_TOKEN="xapp-1", BOT_ADMINS=written)["BOT_ADMINS"] == ["U1", "U2"]


def test_a_list_of_texts_may_be_json(template: Path) -> None:
    watches = ["#support spam", '"the room" inbox messenger']
    listed = {
        "INBOX_WATCHES": json.dumps(watches),
        "INBOX_AUTO_REPLIES": '["Hi, there*"]',
        "INBOX_PLATFORMS": "['instagram']",
    }
    plain = {"INBOX_WATCHES": ",".join(watches), "INBOX_AUTO_REPLIES": "Hi, there*", "INBOX_PLATFORMS": "instagram,"}
    assert settings(template, **ONE_PAGE, **listed) == settings(template, **ONE_PAGE, **plain)
    assert [room for room, _ in settings(template, **ONE_PAGE, INBOX_WATCHES='"the room", "#x"').watches] == [
        "the room",
        "#x",
    ]


def test_an_empty_variable_is_not_set(template: Path) -> None:
    unset, blank = config(template), config(template, **dict.fromkeys([name for name, _ in ENVIRONMENT], " "))
    for shown in (unset, blank):
        shown["INBOX"]["GRAPH_URL"] = "each has a simulator of its own"
    assert blank == unset


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_that_docker_leaves_around_a_value_do_not_count(template: Path, quote: str) -> None:
    given = {**ONE_PAGE, "INBOX_TIMEZONE": "Europe/Rome", "INBOX_POLL_INTERVAL": "30", "INBOX_WATCHES": '"#the room"'}
    quoted = {name: f"{quote}{value}{quote}" for name, value in given.items() if name != "INBOX_WATCHES"}
    assert settings(template, **given | quoted) == settings(template, **given)


def test_every_secret_can_be_in_a_file(template: Path) -> None:
    (template.parent / "secret").write_text(f"\ufeff{SECRET}\r\n", "utf-8")
    file = f"file:{template.parent / 'secret'}"
    ours = ("INBOX_PAGE_TOKEN", "INBOX_APP_SECRET", "INBOX_PUSH_TOKEN")
    shown = config(template, **ONE_PAGE | dict.fromkeys(ours, file))
    assert SECRET not in str(shown)
    real = read(shown["INBOX"], environment={})
    assert {real.pages["bakery"].token, real.pages["bakery"].app_secret, real.push_token} == {Secret(SECRET)}
    for backend, name, key in (
        (SLACK | {"SLACK_SIGNING_SECRET": file}, "SLACK_SIGNING_SECRET", "signing_secret"),
        (MATRIX | {"MATRIX_PASSWORD": file}, "MATRIX_PASSWORD", "password"),
        (MATRIX | {"MATRIX_PASSWORD": "", "MATRIX_ACCESS_TOKEN": file}, "MATRIX_ACCESS_TOKEN", "access_token"),
    ):
        assert config(template, **backend)["BOT_IDENTITY"][key] == SECRET
        gone = load(template, backend | {name: "file:gone"})
        assert (gone.returncode, gone.stderr) == (1, f"{name}: gone can't be read (No such file or directory).\n")
    for kind, name in (("xoxb-1", "SLACK_BOT_TOKEN"), ("xapp-1", "SLACK_APP_TOKEN")):
        (template.parent / "secret").write_text(f"{kind}\n")
        tokens = {"SLACK_BOT_TOKEN": "xoxb-0", "SLACK_APP_TOKEN": "xapp-0", name: file}
        assert kind in config(template, **SLACK | tokens)["BOT_IDENTITY"].values()


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (b"'xoxb-2'\r\n", "'xoxb-2'"),  # a password may have quotes
        ("xoxb-2\r\n".encode("utf-16"), "xoxb-2"),  # as `>` of Windows PowerShell writes it
        (b"\xfe\xff" + "xoxb-2".encode("utf-16-be"), "xoxb-2"),
    ],
)
def test_a_secret_of_the_chats_loses_what_its_editor_added(template: Path, content: bytes, password: str) -> None:
    (template.parent / "secret").write_bytes(content)
    slack = config(template, **SLACK | {"SLACK_BOT_TOKEN": "file:secret", "SLACK_APP_TOKEN": "xapp-1"})
    assert slack["BOT_IDENTITY"]["token"] == "xoxb-2"
    assert config(template, **MATRIX | {"MATRIX_PASSWORD": "file:secret"})["BOT_IDENTITY"]["password"] == password


def web_server(template: Path) -> Any:
    with contextlib.closing(shelve.open(str(template.parent / "data" / "core.db"), protocol=2)) as kept:
        return kept["configs"]["Webserver"]


def test_errbot_is_told_where_its_web_server_listens(template: Path) -> None:
    assert "Webserver" in config(template, **ONE_PAGE, BOT_WEBSERVER="127.0.0.1:3141")["CORE_PLUGINS"]
    assert web_server(template) == {"HOST": "127.0.0.1", "PORT": 3141, "SSL": None}
    with contextlib.closing(shelve.open(str(template.parent / "data" / "core.db"), protocol=2)) as kept:
        kept["configs"] = {"Webserver": {"HOST": "x", "PORT": 1, "SSL": {"enabled": True}}, "Inbox": {"CACHE_TTL": 60}}
    slack = config(template, **SLACK, SLACK_SIGNING_SECRET="s", BOT_WEBSERVER="[::1]:80")
    assert slack["CORE_PLUGINS"].count("Webserver") == 1
    assert web_server(template) == {"HOST": "::1", "PORT": 80, "SSL": {"enabled": True}}
    with contextlib.closing(shelve.open(str(template.parent / "data" / "core.db"), protocol=2)) as kept:
        assert kept["configs"]["Inbox"] == {"CACHE_TTL": 60}
    assert "Webserver" not in config(template, **ONE_PAGE)["CORE_PLUGINS"]


def test_many_pages_come_from_a_file(template: Path) -> None:
    folder = template.parent / "pages"
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "acme").write_text(f"{TOKEN}\n")
    (folder / "pages.toml").write_text(
        '\ufeff[acme]\nID = "1"\nTOKEN = "file:secrets/acme"\n'
        '[zoo]\nID = 2\nTOKEN = "env:ZOO"\nAPP_SECRET = "env:ZOO"\nPLATFORMS = ["instagram"]\n',
        "utf-8",
    )
    environment = {"INBOX_PAGES_FILE": "pages/pages.toml", "INBOX_APP_SECRET": SECRET, "ZOO": "zoo-text"}
    real = settings(template, **environment)
    zoo = Secret("zoo-text")
    secret, file = "env:INBOX_APP_SECRET", f"file:{folder / 'secrets' / 'acme'}"
    assert list(real.pages.values()) == [
        Page("acme", "1", Secret(TOKEN), Secret(SECRET), token_at=file, app_secret_at=secret),
        Page("zoo", "2", zoo, zoo, (Platform.INSTAGRAM,), token_at="env:ZOO", app_secret_at="env:ZOO"),
    ]
    assert real.graph_url == "https://graph.facebook.com"


def test_slack_by_socket(template: Path) -> None:
    shown = config(template, **SLACK, SLACK_APP_TOKEN="xapp-1", SLACK_SIGNING_SECRET="s", BOT_ADMINS="U1, U2")
    assert shown["BOT_IDENTITY"] == {"token": "xoxb-1", "app_token": "xapp-1"}
    assert shown["BOT_ADMINS"] == ["U1", "U2"]
    assert not {"Webserver", "TextCmds"} & set(shown["CORE_PLUGINS"])


def test_slack_by_events(template: Path) -> None:
    shown = config(template, **SLACK, SLACK_SIGNING_SECRET="s")
    assert shown["BOT_IDENTITY"] == {"token": "xoxb-1", "signing_secret": "s"}
    assert "Webserver" in shown["CORE_PLUGINS"]
    assert shown["BOT_ADMINS"] == []


def test_matrix(template: Path) -> None:
    assert config(template, **MATRIX)["BOT_IDENTITY"] == {
        "homeserver": "http://127.0.0.1:18008",
        "username": "@errbot:lab.localhost",
        "password": "botpw",
        "device_id": "ERRBOT",
    }
    token = MATRIX | {
        "MATRIX_PASSWORD": "",
        "MATRIX_ACCESS_TOKEN": "syt_1",
        "MATRIX_INVITES": "@ann:lab.localhost, lab.*",
    }
    assert config(template, **token)["BOT_IDENTITY"] == {
        "homeserver": "http://127.0.0.1:18008",
        "username": "@errbot:lab.localhost",
        "access_token": "syt_1",
        "invites": ["@ann:lab.localhost", "lab.*"],
    }


def test_the_bot_is_called_by_its_name(template: Path) -> None:
    shown = config(template, **MATRIX)
    assert shown["BOT_ALT_PREFIXES"] == ["@errbot:lab.localhost", "@errbot", "errbot:", "errbot,"]
    assert (shown["BOT_ALT_PREFIX_SEPARATORS"], shown["BOT_ALT_PREFIX_CASEINSENSITIVE"]) == ([":", ","], True)


NO_DEMO = (
    "BOT_BACKEND {} needs a Page, since the demo runs only in the terminal: "
    "INBOX_PAGE_ID, INBOX_PAGE_NAME and INBOX_PAGE_TOKEN are not set."
)
NO_HOME = "since there is no such home; write the whole path."
ALL_OF = "To read your own Page, I need all of INBOX_PAGE_ID, INBOX_PAGE_NAME, INBOX_PAGE_TOKEN: "


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"INBOX_PAGE_TOKEN": TOKEN}, ALL_OF + "INBOX_PAGE_ID and INBOX_PAGE_NAME are not set."),
        ({"INBOX_PAGE_ID": "1", "INBOX_PAGE_NAME": "a"}, ALL_OF + "INBOX_PAGE_TOKEN is not set."),
        (ONE_PAGE | {"INBOX_PAGE_ID": " "}, ALL_OF + "INBOX_PAGE_ID is not set."),
        (
            {"INBOX_APP_SECRET": SECRET},
            ALL_OF + "INBOX_PAGE_ID, INBOX_PAGE_NAME and INBOX_PAGE_TOKEN are not set.",
        ),
        (
            {"INBOX_PAGES_FILE": "p.toml", "INBOX_PAGE_ID": "1"},
            "INBOX_PAGES_FILE names every Page, so INBOX_PAGE_ID, INBOX_PAGE_NAME, INBOX_PAGE_TOKEN must not be set.",
        ),
        ({"INBOX_PAGES_FILE": "p.toml"}, "INBOX_PAGES_FILE: {}/p.toml can't be read (No such file or directory)."),
        ({"INBOX_PAGES_FILE": "broken.toml"}, "INBOX_PAGES_FILE: {}/broken.toml is not valid TOML (line 2)."),
        ({"INBOX_PAGES_FILE": "latin.toml"}, "INBOX_PAGES_FILE: {}/latin.toml is not valid TOML."),
        (
            {"INBOX_PAGES_FILE": "flat.toml"},
            "INBOX_PAGES_FILE: in {}/flat.toml, every Page must be a table such as [acme].",
        ),
        (
            {"INBOX_PAGES_FILE": "empty.toml"},
            "INBOX_PAGES_FILE: {}/empty.toml names no Page; each is a table such as [acme].",
        ),
        (
            {"INBOX_PAGES_FILE": "literal.toml"},
            "INBOX_PAGES_FILE: TOKEN of acme must be env:NAME or file:PATH.",
        ),
        ({"INBOX_POLL_INTERVAL": "often"}, "INBOX_POLL_INTERVAL must be a number, such as 60."),
        ({"INBOX_RETENTION_DAYS": "long"}, "INBOX_RETENTION_DAYS must be a number, such as 60."),
        *(
            (
                ONE_PAGE | {"INBOX_ROOMS": written},
                f"INBOX_ROOMS has {written}, which is no room with its level, such as #public count or "
                '"Board room" name, with a comma between rooms.',
            )
            for written in ("#public", "#public count #board name", "#public count; #board name", "Board room name")
        ),
        (
            ONE_PAGE | {"INBOX_ROOMS": "#public count, #public name"},
            'INBOX_ROOMS names "#public" twice; write each room once, such as #public count.',
        ),
        ({"INBOX_PAGE_IDS": "1"}, "There is no variable INBOX_PAGE_IDS; the nearest is INBOX_PAGE_ID."),
        (
            ONE_PAGE | {"INBOX_PAGE_TOKN": TOKEN},
            "There is no variable INBOX_PAGE_TOKN; the nearest is INBOX_PAGE_TOKEN.",
        ),
        (SLACK | {"INBOX_TIMEZON": "UTC"}, "There is no variable INBOX_TIMEZON; the nearest is INBOX_TIMEZONE."),
        ({"BOT_BACKEND": "Matrix"}, NO_DEMO.format("Matrix")),
        ({"BOT_BACKEND": "SlackV3", "INBOX_GRAPH_URL": "http://127.0.0.1:9"}, NO_DEMO.format("SlackV3")),
        ({"BOT_LOG_LEVEL": "LOUD"}, "BOT_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR."),
        *(
            ({"BOT_WEBSERVER": where}, "BOT_WEBSERVER must be an address and a port, such as 127.0.0.1:3141.")
            for where in (
                "3141",
                ":3141",
                "localhost",
                "localhost:http",
                "0.0.0.0:0",
                "0.0.0.0:65536",
                "*:3141",
                "http://127.0.0.1:3141",
                "127.0.0.1:3141/",
                ":::3141",
            )
        ),
        *(
            (given, f"{next(iter(given))}: ~nobody.at.all/x can't be found, {NO_HOME}")
            for given in (
                {"BOT_DATA_DIR": "~nobody.at.all/x"},
                {"INBOX_PAGES_FILE": "~nobody.at.all/x"},
                {"SLACK_BOT_TOKEN": "file:~nobody.at.all/x", **ONE_PAGE, "BOT_BACKEND": "SlackV3"},
            )
        ),
        (MATRIX | {"MATRIX_PASSWORD": "file:empty"}, "MATRIX_PASSWORD: empty is empty; put the secret in that file."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be text or json."),
        ({"BOT_DATA_DIR": "/sys"}, "BOT_DATA_DIR: /sys can't be written to (Permission denied)."),
        ({"BOT_DATA_DIR": "broken.toml/data"}, "BOT_DATA_DIR: {}/broken.toml/data can't be created (Not a directory)."),
        ({"BOT_ADMINS": "U1"}, "BOT_ADMINS must begin with @ for BOT_BACKEND Text."),
        ({"BOT_BACKEND": "IRC"}, "BOT_BACKEND must be Text, SlackV3 or Matrix."),
        (ONE_PAGE | {"BOT_BACKEND": "SlackV3"}, "BOT_BACKEND SlackV3 needs a bot token: SLACK_BOT_TOKEN is not set."),
        (SLACK, "BOT_BACKEND SlackV3 needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET."),
        *(
            (
                MATRIX | {"MATRIX_HOMESERVER": address},
                "MATRIX_HOMESERVER must begin with https://, such as https://matrix.example.org.",
            )
            for address in ("matrix.example.org", "http://matrix.example.org", "http://localhost.example.org")
        ),
        (MATRIX | {"MATRIX_PASSWORD": ""}, "BOT_BACKEND Matrix needs either MATRIX_PASSWORD or MATRIX_ACCESS_TOKEN."),
    ],
)
def test_a_half_set_environment_ends_with_a_sentence(
    template: Path, environment: dict[str, str], sentence: str
) -> None:
    folder = template.parent
    (folder / "broken.toml").write_text(f'[acme]\nTOKEN = {TOKEN}"\n')
    (folder / "latin.toml").write_bytes(b'[acme]\nID = "\xe9"\n')
    (folder / "empty.toml").write_text("# nothing yet\n")
    (folder / "empty").write_text(" \n")
    (folder / "flat.toml").write_text(f'TOKEN = "{TOKEN}"\n')
    (folder / "literal.toml").write_text(f'[acme]\nTOKEN = "{TOKEN}"\n')
    run = load(template, environment)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", sentence.format(folder) + "\n")


@pytest.mark.parametrize("interval", ["nan", "inf", "0", "-1"])
def test_an_interval_that_is_a_number_but_no_interval_is_left_to_the_plugin(template: Path, interval: str) -> None:
    with pytest.raises(ValueError, match=r"POLL_INTERVAL is .*; it must be a number of seconds from 1 to 86400\."):
        settings(template, INBOX_POLL_INTERVAL=interval)


def test_the_document_lists_the_variables_it_reads() -> None:
    text = (ROOT / "config_template.py").read_text("utf-8")
    assert set(re.findall(r'"((?:INBOX|BOT|LOG|SLACK|MATRIX)_[A-Z_]+)"', text)) == {name for name, _ in ENVIRONMENT}


def test_errbot_runs_on_it(template: Path) -> None:
    """The plugin here is a stand-in that prints its settings: the real one has tests of its own."""
    folder = template.parent
    plugin = folder / "plugins" / "stand_in"
    plugin.mkdir(parents=True)
    (plugin / "stand_in.plug").write_text("[Core]\nName = StandIn\nModule = stand_in\n")
    (plugin / "stand_in.py").write_text(
        "from errbot import BotPlugin, botcmd\n"
        "class StandIn(BotPlugin):\n"
        "    @botcmd\n"
        "    def pages(self, message, arguments):\n"
        "        return ' '.join(self.bot_config.INBOX['PAGES'])\n"
    )
    errbot = Path(sys.executable).with_name("errbot")
    with ErrbotProcess([errbot, "-c", template], folder, {"BOT_DATA_DIR": "elsewhere/data", **ONE_PAGE}) as bot:
        assert bot.say("!pages") == "bakery"
        assert "!pages" in bot.say("!help StandIn")
        assert "@admin" in bot.say("!whoami")
    assert (folder / "stderr.txt").read_text() == ""
    log = (folder / "elsewhere" / "data" / "errbot.log").read_text()
    assert 'Processing command "pages"' in log
    assert not re.search(" (WARNING|ERROR|CRITICAL) ", log) and TOKEN not in log
    assert not (folder / "data").exists()


def test_a_log_of_json_has_an_object_a_line(template: Path) -> None:
    folder = template.parent
    (folder / "plugins").symlink_to(ROOT / "plugins")
    world = World.demo(time.time)
    environment = {"LOG_FORMAT": "json", "INBOX_PLATFORMS": "messenger", **ONE_PAGE}
    with (
        Simulator(world) as graph,
        ErrbotProcess(template, folder, environment | {"INBOX_GRAPH_URL": graph.url}) as bot,
    ):
        assert "no longer accepts the Page token" in bot.say("!inbox")
        assert "No log is configured" in bot.say("!log tail")
    logged = [json.loads(line) for line in (folder / "data" / "errbot.log").read_text("utf-8").splitlines()]
    (line,) = (line for line in logged if line["logger"] == "pageinbox.ask.journal")
    assert datetime.now(UTC) - datetime.fromisoformat(line.pop("time")) < timedelta(hours=1)
    assert line == {
        "level": "WARNING",
        "logger": "pageinbox.ask.journal",
        "message": "Bakery · Messenger · inbox can't be read: TokenDead 190 unreadable",
        "page": "bakery",
        "platform": "messenger",
        "folder": "inbox",
        "error": "token_dead",
        "code": "190",
    }


def test_standard_error_has_the_same_lines(template: Path) -> None:
    """Not in a terminal, where people read."""
    (template.parent / "backends").symlink_to(ROOT / "backends")
    nowhere = {"MATRIX_HOMESERVER": "http://127.0.0.1:9", "LOG_FORMAT": "json", "PYTHONPATH": ""}
    errbot = [ERRBOT, "-c", template]
    with subprocess.Popen(errbot, env=os.environ | MATRIX | nowhere, stderr=subprocess.PIPE, text=True) as bot:
        assert bot.stderr
        shown = []
        for line in bot.stderr:
            shown.append(json.loads(line))
            if "I have lost touch with Matrix" in shown[-1]["message"]:
                break
        bot.kill()
    assert shown[-1]["level"] == "WARNING" and shown[-1]["logger"] == "errbot_matrix.connection"
    logged = (template.parent / "data" / "errbot.log").read_text("utf-8").splitlines()
    assert not [line for line in shown if line not in map(json.loads, logged)]


FAIL = """
import logging
try:
    raise KeyError("line\\nline")
except KeyError:
    logging.exception("It\\nfailed: %s", "\\u2028\\ud83d", extra={"ref": "k7fq", "room": "#a"})
"""


def test_an_exception_is_a_field_of_its_line(template: Path) -> None:
    (template.parent / "fail.py").write_text(SHOW + FAIL)
    environment = {"PATH": os.defpath, "PYTHONUTF8": "1", "LOG_FORMAT": "json", **ONE_PAGE}
    command = [sys.executable, "fail.py", template.name]
    subprocess.run(command, env=environment, cwd=template.parent, check=True, capture_output=True)
    (line,) = (template.parent / "data" / "errbot.log").read_text("ascii").splitlines()
    told = json.loads(line)
    assert list(told) == ["time", "level", "logger", "message", "ref", "exception"]
    assert (told["message"], told["ref"]) == ("It\nfailed: \u2028\ud83d", "k7fq")
    assert re.fullmatch(r"Traceback .*\n  .*\nKeyError: 'line\\nline'", told["exception"], re.DOTALL)


def test_a_record_whose_arguments_do_not_fit_is_a_line_without_them(template: Path) -> None:
    failing = (
        "logging.getLogger('other').warning('%d of %s', 'hunter2')\nlogging.getLogger('other').warning(Unsayable())"
    )
    unsayable = "class Unsayable:\n    __str__ = None\n"
    (template.parent / "fail.py").write_text(f"{SHOW}import logging\n{unsayable}{failing}\n", "utf-8")
    environment = {"PATH": os.defpath, "PYTHONUTF8": "1", "LOG_FORMAT": "json", **ONE_PAGE}
    command = [sys.executable, "fail.py", template.name]
    ended = subprocess.run(command, env=environment, cwd=template.parent, check=True, capture_output=True, text=True)
    lines = (template.parent / "data" / "errbot.log").read_text("ascii").splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["%d of %s (TypeError)", " (TypeError)"]
    assert "hunter2" not in ended.stderr


def spoilt(path: Path, how: str) -> None:
    """Leave a file as a kill may."""
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[: len(whole) // 2], "zeros": bytes(len(whole)), "garbage": b"\xff\x13" * 40}[how])


@pytest.mark.parametrize("how", ["cut", "zeros", "garbage"])
@pytest.mark.parametrize("part", ["dat", "dir"])
def test_an_unreadable_database_is_set_aside_with_a_sentence(template: Path, part: str, how: str) -> None:
    data = template.parent / "data"
    data.mkdir()
    for name in ("core.db", "Inbox.db"):
        with contextlib.closing(shelve.Shelf(dumb.open(str(data / name), "c"), protocol=2)) as made:
            made["configs"] = {"Inbox": {"CACHE_TTL": 60}}
    spoilt(data / f"core.db.{part}", how)
    whole = (data / "Inbox.db.dat").read_bytes()
    config(template, **ONE_PAGE)
    (told,) = (data / "errbot.log").read_text().splitlines()
    assert re.search(
        rf" WARNING .* {data}/core\.db was unreadable \(\w+\) and has been set aside as core\.db…\.unread", told
    )
    assert not list(data.glob("core.db.*[a-z]")) and list(data.glob(f"core.db.{part}.unreadable-*"))
    assert (data / "Inbox.db.dat").read_bytes() == whole
    config(template, **ONE_PAGE)
    assert len((data / "errbot.log").read_text().splitlines()) == 1


def test_what_a_running_bot_has_open_is_left_alone_by_whoever_only_examines(template: Path) -> None:
    data, own = template.parent / "data", template.with_name("own.py")
    data.mkdir()
    own.write_text(f"from {template.stem} import *\n", "utf-8")
    with contextlib.closing(shelve.Shelf(dumb.open(str(data / "core.db"), "c"), protocol=2)) as kept:
        kept["configs"] = {"Inbox": {"CACHE_TTL": 60}}
        kept.sync()
        kept["configs"] = {"Inbox": {"CACHE_TTL": 60, "DETAIL": "name"}}  # of which the index tells only in the end
        before = {file.name: file.read_bytes() for file in data.iterdir()}
        environment = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), **ONE_PAGE}
        ended = subprocess.run(
            [sys.executable, "-m", "pageinbox.shell", "backup", "copy", "--config", str(own)],
            env=environment | {"BOT_WEBSERVER": "127.0.0.1:3141"}, cwd=template.parent, capture_output=True, text=True,
        )  # fmt: skip
        assert ended.returncode == 1 and ended.stderr.startswith("There is no ledger at"), "its settings were read"
        after = {file.name: file.read_bytes() for file in data.iterdir() if file.name != "errbot.log"}
        assert after == before


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"garbage" * 99])
def test_a_database_of_one_file_is_set_aside_too(template: Path, content: bytes) -> None:
    data = template.parent / "data"
    data.mkdir()
    for name in ("core.db", "Inbox.db"):
        (data / name).write_bytes(content)
    config(template, **ONE_PAGE)
    assert sorted(path.name.partition(".db.")[0] for path in data.glob("*.unreadable-*")) == ["Inbox", "core"]


def test_a_database_that_only_another_python_can_read_stays_where_it_is(template: Path) -> None:
    data = template.parent / "data"
    data.mkdir()
    lacking = {"dbm.gnu": b"\xce\x9aW\x13", "dbm.sqlite3": b"SQLite format 3\0"}
    present = {"dbm.gnu": find_spec("_gdbm"), "dbm.sqlite3": find_spec("dbm.sqlite3")}
    for module in [module for module in lacking if not present[module]]:
        (data / "core.db").write_bytes(lacking[module] + bytes(4096))
        run = load(template, ONE_PAGE)
        assert f"core.db was written with {module}, which this Python lacks. Run me with the Python" in run.stderr
        assert run.returncode == 1 and not list(data.glob("*.unreadable-*"))


def test_what_sqlite_keeps_beside_a_database_goes_with_it(template: Path) -> None:
    data = template.parent / "data"
    data.mkdir()
    for ending in ("", "-wal", "-shm"):  # as Python 3.13 makes them
        (data / f"core.db{ending}").write_bytes(b"garbage" * 99)
    config(template, **ONE_PAGE)
    kept = sorted(path.name.partition(".unreadable-")[0] for path in data.glob("core.db*"))
    assert kept == ["core.db", "core.db-shm", "core.db-wal"] and not (data / "core.db-wal").exists()


def test_what_was_set_aside_is_told_in_json_too(template: Path) -> None:
    data = template.parent / "data"
    data.mkdir()
    (data / "core.db").write_bytes(b"garbage" * 99)
    config(template, **ONE_PAGE, LOG_FORMAT="json")
    (told,) = (data / "errbot.log").read_text().splitlines()
    assert (json.loads(told)["level"], json.loads(told)["logger"]) == ("WARNING", "errbot.config")


def test_errbot_starts_beside_what_was_set_aside(template: Path) -> None:
    data = template.parent / "data"
    data.mkdir()
    (data / "core.db.dir").write_bytes(b"'configs', (0, 60)\n")
    (data / "core.db.dat").write_bytes(b"")
    with ErrbotProcess(template, template.parent, ONE_PAGE) as bot:
        assert "@admin" in bot.say("!whoami")
    assert "core.db was unreadable" in (data / "errbot.log").read_text()
