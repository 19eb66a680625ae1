"""A Slack workspace: people, channels, and the real slackv3 backend in a real Errbot that reads a simulated Graph."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from simulator.server import Simulator
from simulator.thread import Person
from tests.attached import GIVING_FILES
from tests.errbot_fork import Fork
from tests.errbot_process import CORE, ERRBOT, PATIENCE, ChattingErrbot, log_in, write_config
from tests.slack.emulator import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.slack.gateway import Call, Gateway, Mode
from tests.slack.human import Human
from tests.slack.limits import read
from tests.synapse import free_port

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"

# The backend has no setting for where Slack is, so config.py says it.
CLIENT = """
import slack_sdk.web

class Client(slack_sdk.web.WebClient):
    def __init__(self, *args, **more):
        super().__init__(*args, **(more | {{"base_url": {url!r}}}))

slack_sdk.web.WebClient = Client
"""

PROBE = """
from errbot import BotPlugin, botcmd

class Probe(BotPlugin):
    def callback_connect(self):
        print("connected", flush=True)

    @botcmd
    def held(self, msg, args):
        with open(args) as pipe:
            return pipe.read()
"""
PROBE += GIVING_FILES

DIRECT = {name: "" for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}
"""slack_sdk would ask a proxy for a loopback address."""

SAID = ("chat.postMessage", "chat.update")

names = count(1)


@dataclass(frozen=True)
class Said:
    """One message of the bot, as it stands now; `thread` is empty outside of one."""

    channel: str
    ts: str
    thread: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    times: int
    """How often it was edited."""

    @property
    def words(self) -> str:
        """What a person reads, without any markup of blocks, whatever the message is made of."""
        return read(list(self.blocks)) if self.blocks else self.text


def said(calls: Sequence[Call], channel: str = "", thread: str | None = None) -> list[Said]:
    """What the bot has said by these calls: in a channel or anywhere, in a thread, outside of one (empty) or both."""
    there: dict[tuple[str, str], Said] = {}
    for call in calls:
        if call.method not in SAID or not call.taken.get("ok") or channel not in ("", call.channel):
            continue
        given, key = call.arguments, (call.channel, str(call.taken.get("ts")))
        if call.method == SAID[0]:
            below, text, blocks = given.get("thread_ts", ""), given.get("text", ""), given.get("blocks") or ()
            there[key] = Said(*key, below, text, tuple(blocks), 0)
        elif key in there:
            old = there[key]
            there[key] = Said(*key, old.thread, given.get("text", ""), tuple(given.get("blocks") or ()), old.times + 1)
    return [one for one in there.values() if thread is None or one.thread == thread]


class Workspace:
    """All of it. `people` have accounts; the first of them is the bot's admin."""

    def __init__(
        self,
        emulator: str,
        gateway: Gateway,
        graph: Simulator,
        folder: Path,
        people: Sequence[str],
        mode: Mode,
        port: int,
    ) -> None:
        self.gateway, self.graph, self.folder, self.mode, self.port = gateway, graph, folder, mode, port
        self.people = {name: Human(name, emulator, gateway) for name in people}
        self.admin = self.people[people[0]]
        self.token = graph.world.pages["acme"].token
        self.bot: ChattingErrbot | None = None
        self._watches: list[tuple[str, str]] = []
        plugin = folder / "probe"
        plugin.mkdir(exist_ok=True)
        (plugin / "probe.py").write_text(PROBE, encoding="utf-8")
        (plugin / "probe.plug").write_text("[Core]\nName = Probe\nModule = probe\n", encoding="utf-8")

    def start(self, inbox: dict[str, Any] | None = None, **more: Any) -> ChattingErrbot:
        """A bot that looks every second, with these settings over the usual ones, once it is connected."""
        page = {"ID": self.graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
        settings = {"PAGES": {"acme": page}, "GRAPH_URL": self.graph.url, "POLL_INTERVAL": 1} | (inbox or {})
        identity = {"token": BOT_TOKEN} | (
            {"app_token": APP_TOKEN} if self.mode == "socket" else {"signing_secret": SIGNING_SECRET}
        )
        config = write_config(
            self.folder,
            {
                "BACKEND": "SlackV3",
                "BOT_IDENTITY": identity,
                "BOT_ADMINS": (self.admin.id,),
                "BOT_EXTRA_PLUGIN_DIR": [str(PLUGINS), str(self.folder / "probe")],
                "CORE_PLUGINS": CORE + (("Webserver",) if self.mode == "events" else ()),
                "BOT_PLUGIN_INDEXES": (),
                "AUTOINSTALL_DEPS": False,
                "SUPPRESS_CMD_NOT_FOUND": True,
                "BOT_ALT_PREFIXES": ("errbot:",),
                "BOT_ALT_PREFIX_SEPARATORS": (":", ","),
                "BOT_ALT_PREFIX_CASEINSENSITIVE": True,
                "INBOX": settings,
            }
            | more,
        )
        with config.open("a", encoding="utf-8") as file:
            file.write(CLIENT.format(url=self.gateway.url))
        if self.mode == "events":
            self._open_port(config)
        self.bot = ChattingErrbot(config, self.folder, DIRECT | {"PAGE_TOKEN": self.token})
        return self.bot

    def _open_port(self, config: Path) -> None:
        """Switch on Errbot's web server before the first start, as docs/slack.md says: nobody can tell it in chat."""
        if list((self.folder / "data").glob("core*")):
            return
        server = {"HOST": "127.0.0.1", "PORT": self.port, "SSL": None}
        errbot = Fork([ERRBOT, "-c", config, "--storage-set", "core"], self.folder, os.environ, subprocess.PIPE)
        assert errbot.stdin and errbot.stdout
        with errbot.stdout as told:
            with errbot.stdin as typed:
                typed.write(repr({"configs": {"Webserver": server}}).encode())
            told.read()
        assert errbot.wait(PATIENCE) == 0, log_in(self.folder)

    @contextmanager
    def running(self, inbox: dict[str, Any] | None = None, **more: Any) -> Iterator[ChattingErrbot]:
        """A bot for one block, ended by SIGTERM as an init system ends it, or killed when the block fails."""
        bot = self.start(inbox, **more)
        try:
            yield bot
        except BaseException:
            bot.kill()
            raise
        assert bot.terminate() == 0

    def writes(self, name: str, text: str = "hello") -> None:
        """Somebody new writes to the Page."""
        self.graph.world.write("acme", Person(f"88800{next(names)}", name=name), text)

    def channel(self, *people: Human, **how: Any) -> str:
        """A new channel, made by the admin, with the bot and these people in it."""
        return self.admin.make(f"team-{next(names)}-{self.mode}", *people, **how)

    def settled(self) -> None:
        """Wait until the bot knows what is there in a list that it watches: a first look is quiet."""
        channel, give_up = self.channel(), time.monotonic() + PATIENCE
        while " known" not in (told := self.ask(self.admin, "!inbox status", channel)):
            assert time.monotonic() < give_up, told

    def idle(self) -> None:
        """Wait until every command given so far is carried out: Errbot begins one for admins alone only then."""
        direct = self.admin.direct()
        before = len(self.said(direct))
        self.admin.say(direct, "!plugin info Probe")
        # What else the admin has asked may be answered before.
        self.until(lambda: [one for one in self.said(direct)[before:] if "name: Probe" in one.words], "Probe's info")

    def watch(self, wish: str = "messenger") -> str:
        """A new channel that watches."""
        channel = self.channel()
        answer = self.ask(self.admin, f"!inbox watch {wish}", channel)
        made = re.match(r"Watch (\d+): I'll tell this room about every new conversation", answer)
        assert made, answer
        self._watches.append((channel, made[1]))
        return channel

    def unwatch(self) -> None:
        """End every watch made so, without waiting for what the bot says to that."""
        for channel, number in self._watches:
            self.admin.say(channel, f"!inbox unwatch {number}")
        self._watches.clear()

    def ask(self, person: Human, text: str, channel: str, thread: str = "") -> str:
        """What the bot answers, all of its first message, in the channel or in the thread."""
        before = len(self.said(channel, thread))
        person.say(channel, text, thread)
        return self.until(lambda: self.said(channel, thread)[before:], text)[0].words

    def said(self, channel: str = "", thread: str | None = None) -> list[Said]:
        """What the bot has said so far."""
        return said(self.gateway.calls, channel, thread)

    def until(self, there: Callable[[], list[Said]], what: str = "") -> list[Said]:
        """What `there` gives, as soon as it is not empty. Raises AssertionError when it stays so."""
        try:
            self.gateway.wait_for(lambda _: bool(there()))
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}\nthe bot logged:\n{self.log[-6000:]}") from None
        return there()

    def hear(self, channel: str, *parts: str, thread: str | None = None) -> list[Said]:
        """All that was said in a channel, once each of the parts was, in whatever message."""

        def complete() -> list[Said]:
            there = self.said(channel, thread)
            return there if all(any(part in one.words for one in there) for part in parts) else []

        return self.until(complete, f"to hear {parts}")

    @property
    def address(self) -> str:
        """Where the bot takes events in Events mode."""
        return events_url(self.port)

    @property
    def log(self) -> str:
        """All that the bot has logged."""
        return self.bot.log if self.bot else ""


def events_url(port: int) -> str:
    """The address of slackv3's end of the Events API on Errbot's web server."""
    return f"http://127.0.0.1:{port}/slack/events"


def clicks_url(port: int) -> str:
    """The address of the plugin's own on Errbot's web server, for what is no event."""
    return f"http://127.0.0.1:{port}/inbox/slack"


@contextmanager
def workspace(emulator: str, graph: Simulator, folder: Path, people: Sequence[str], mode: Mode) -> Iterator[Workspace]:
    """A workspace for one block, without a bot as yet; whatever bot is left at the end is killed."""
    port = free_port() if mode == "events" else 0
    with Gateway(emulator, mode, events_url(port), clicks_url(port)) as gateway:
        made = Workspace(emulator, gateway, graph, folder, people, mode, port)
        try:
            yield made
        finally:
            if made.bot:
                made.bot.kill()
