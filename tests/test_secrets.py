"""A hunt for the token and the app secret: in logs at DEBUG, in chat, in files, in exceptions, in reprs and in URLs."""

import logging
import time
import traceback
from pathlib import Path

import pytest

from pageinbox.graph.budget import Budget
from pageinbox.graph.calls import Calls
from pageinbox.graph.client import GraphClient
from pageinbox.graph.http import open_session
from pageinbox.model.errors import GraphError
from pageinbox.model.source import Folder, Platform
from pageinbox.settings.reading import read
from simulator.errors import TABLE
from simulator.faults import KINDS
from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.errbot_process import ChattingErrbot, ErrbotProcess
from tests.postgres import Postgres
from tests.recording import Recording

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ROOT / "plugins"
SLOW = {"hang", "drip", "slow_head", "continue"}  # tests/core tries these with a clock of its own

COMMANDS = (
    "!inbox",
    "!inbox spam instagram",
    "!inbox more",
    "!inbox show 1",
    "!inbox pages",
    "!inbox status",
    "!inbox watch messenger",
    "!inbox watch messenger",
    "!inbox watches",
    "!inbox mute 1 for 2h",
    "!inbox unmute 1",
    "!inbox why 1",
    "!inbox outbox",
    "!inbox unwatch 1",
    "!inbox unwatch 9",
    "!inbox watch spma",
    "!inbox spma",
    "!plugin config Inbox",
    '!plugin config Inbox {"PAGES": {"acme": {"TOKEN": "pasted-token-in-chat"}}}',
    '!plugin config Inbox {"CACHE_TTL": 0}',
    "!plugin config Inbox",
    "!inbox fb",
    "!status",
    "!history",
    "!log tail 500",
)


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def acme(world: World) -> tuple[str, str]:
    page = world.pages["acme"]
    assert len(page.token) > 8 and len(page.app_secret) > 8
    return page.token, page.app_secret


def test_no_exception_repr_log_or_url_holds_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    world = World.seeded(3, clock, conversations=20)
    secrets = acme(world)
    told: list[str] = []
    with Simulator(world, rate_limit=False) as graph:
        pages = {"acme": {"ID": world.pages["acme"].id, "TOKEN": secrets[0], "APP_SECRET": secrets[1]}}
        chosen = read({"PAGES": pages, "GRAPH_URL": graph.url}, environment={})
        page = chosen.pages["acme"]
        session = open_session(graph.url, {})
        faults: list[dict[str, object]] = [
            {"name": error.name} if error.name else {"code": error.code, "subcode": error.subcode} for error in TABLE
        ]
        faults += [{"kind": kind} for kind in KINDS if kind not in SLOW]
        for fault in faults:
            client = GraphClient(
                Calls(
                    page,
                    session,
                    Budget(clock, clock.wait),
                    url=graph.url,
                    version="v26.0",
                    clock=clock,
                    sleep=clock.wait,
                    random=lambda: 0.5,
                )
            )
            graph.clear()
            graph.fail("v26", times=None, **fault)  # type: ignore[arg-type]
            for ask in (
                lambda client=client: client.conversations(Platform.INSTAGRAM, folder=Folder.SPAM),
                lambda client=client: client.thread("t_1", Platform.MESSENGER),
                lambda client=client: client.identity(),
            ):
                try:
                    told.append(repr(ask()))
                except GraphError as error:
                    told += [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
        told += [repr(chosen), str(page), f"{page.token}", repr(vars(client)), repr(session.headers)]
        urls = [f"{request.path} {request.query}" for request in graph.requests]
    assert len(urls) > len(TABLE)
    assert "http" in caplog.text  # urllib3 did log each call, address and all
    for secret in secrets:
        for text in (*told, *urls, caplog.text):
            assert secret not in text


@pytest.mark.processes
def test_a_real_bot_at_debug_tells_no_secret(tmp_path: Path) -> None:
    world = World.demo(time.time)
    token, secret = world.issue_token("acme"), world.pages["acme"].app_secret
    (tmp_path / "secret.txt").write_text(secret)
    said: list[str] = []
    with Simulator(world) as graph:
        page = {"ID": world.pages["acme"].id, "TOKEN": "env:HUNTED", "APP_SECRET": f"file:{tmp_path / 'secret.txt'}"}
        settings = {
            "BOT_EXTRA_PLUGIN_DIR": str(PLUGINS),
            "BOT_LOG_LEVEL": logging.DEBUG,
            "INBOX": {"PAGES": {"acme": page}, "GRAPH_URL": graph.url},
        }
        with ErrbotProcess.start(settings, tmp_path, {"HUNTED": token}) as bot:
            said += [bot.say(command) for command in COMMANDS]
            for kind in ("html", "redirect", "reset", "wrong_types"):
                graph.fail("conversations", kind=kind)
                said.append(bot.say("!inbox messenger"))
            graph.fail("conversations", times=None, code=190, subcode=460)
            said.append(bot.say("!inbox"))
        log = bot.log
    assert "14 conversations" in said[1] and "no longer accepts the Page token" in said[-1], said
    assert "conversations?" in log, "the log at DEBUG does not even hold the calls"
    (tmp_path / "secret.txt").unlink()
    files = {file.name: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert "errbot.log" in files
    for hidden in (token, secret):
        assert not [text for text in said if hidden in text]
        assert not [name for name, content in files.items() if hidden.encode() in content]
    # What somebody pastes, Errbot has logged at DEBUG before any plugin sees it; at least no answer repeats it.
    repeated = [command for command, text in zip(COMMANDS, said, strict=False) if "pasted-token-in-chat" in text]
    assert repeated == ["!log tail 500"]


def test_a_bot_that_announces_at_debug_tells_no_secret(tmp_path: Path, postgres: Postgres) -> None:
    world = World.demo(time.time)
    token, secret, password = world.issue_token("acme"), world.pages["acme"].app_secret, "hunted-ledger-password"
    environment = {"HUNTED": token, "HUNTED_SECRET": secret}
    page = {"ID": world.pages["acme"].id, "TOKEN": "env:HUNTED", "APP_SECRET": "env:HUNTED_SECRET"}
    with Recording(tmp_path / "journal") as chat, Simulator(world) as graph, postgres.database() as database:
        inbox = {"PAGES": {"acme": page}, "GRAPH_URL": graph.url, "POLL_INTERVAL": 1, "WATCHES": ["#support messenger"]}
        settings = {"BOT_EXTRA_PLUGIN_DIR": str(PLUGINS), "BOT_LOG_LEVEL": logging.DEBUG, "INBOX": inbox}
        for ledger in (
            None,
            database.replace("postgres@", f"postgres:{password}@"),
            f"postgresql://u:{password}@{password}:{password}@127.0.0.1/d",
        ):
            name = f"Customer of {len(chat.messages)}"
            address = {} if ledger is None else {"DATABASE_URL": "env:HUNTED_LEDGER"}
            with ChattingErrbot.start(
                settings | {"INBOX": inbox | address}, tmp_path, chat.url, environment | {"HUNTED_LEDGER": ledger or ""}
            ):
                answer = chat.answer("ops", "!inbox watches", room="sales")
                opened = not any(word in answer for word in ("My ledger", "is not a valid address"))
                assert opened == (ledger is None or "postgres:" in ledger)
                if opened:
                    while " known" not in chat.answer("ops", "!inbox status", room="sales"):
                        pass
                    graph.fail("conversations", kind="html")
                    world.write("acme", Person(name, name=name), "hello")
                    chat.wait_for(lambda messages, name=name: any(name in one.text for one in messages))
                graph.fail("conversations", times=None, code=190, subcode=460)
                assert "no longer accepts the Page token" in chat.answer("ops", "!inbox spam instagram", room="sales")
                chat.answer("ops", "!plugin config Inbox", room="sales")
            graph.clear()
        told = [message.text for message in chat.messages]
    files = {file.name: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert {"errbot.log", "inbox-ledger.sqlite"} <= files.keys() and b"conversations?" in files["errbot.log"]
    for hidden in (token, secret, password):
        assert not [text for text in told if hidden in text]
        assert not [name for name, content in files.items() if hidden.encode() in content]
