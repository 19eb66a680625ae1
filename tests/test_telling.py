"""Watches and announcements of a real Errbot, in a recording chat, reading a simulated Graph."""

import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.errbot_process import ChattingErrbot
from tests.postgres import Postgres
from tests.recording import PATIENCE, How, Message, Recording

pytestmark = [pytest.mark.processes, pytest.mark.long]

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
NOW_AND_THEN = 0.2  # seconds until what no message tells of is looked at again
NEW = "New in Acme · Messenger: "
TEAM = ["inbox-alarm"] + ["inbox-look"] * 4 + ["inbox-schedule"] + ["inbox-tell"] * 2 + ["inbox-tokens"]

PROBE = """
import threading
from errbot import BotPlugin, botcmd

class Probe(BotPlugin):
    @botcmd
    def probe(self, msg, args):
        names = [t.name for t in threading.enumerate() if t.name.startswith("inbox-")]
        return " ".join(sorted(name for name in names if name != "inbox-sigterm"))  # that one is the process's
"""


@pytest.fixture
def graph() -> Iterator[Simulator]:
    with Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as running:
        yield running


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path / "journal") as running:
        yield running


class Team:
    """A team with its chat, a Page, and a bot that can be started again and again."""

    def __init__(self, chat: Recording, graph: Simulator, folder: Path) -> None:
        self.chat, self.graph, self.folder = chat, graph, folder
        folder.mkdir(exist_ok=True)
        self.token = graph.world.pages["acme"].token
        plugin = folder / "probe"
        plugin.mkdir(exist_ok=True)
        (plugin / "probe.py").write_text(PROBE, encoding="utf-8")
        (plugin / "probe.plug").write_text("[Core]\nName = Probe\nModule = probe\n", encoding="utf-8")
        self._newcomers = 0

    def bot(
        self, inbox: dict[str, Any] | None = None, environment: dict[str, str] | None = None, **more: Any
    ) -> ChattingErrbot:
        """A bot that looks every second, with these settings over the usual ones."""
        page = {"ID": self.graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
        settings = {"PAGES": {"acme": page}, "GRAPH_URL": self.graph.url, "POLL_INTERVAL": 1} | (inbox or {})
        folders = [str(PLUGINS), str(self.folder / "probe")]
        return ChattingErrbot.start(
            {"BOT_EXTRA_PLUGIN_DIR": folders, "INBOX": settings} | more,
            self.folder,
            self.chat.url,
            {"PAGE_TOKEN": self.token} | (environment or {}),
        )

    def ask(self, person: str, command: str, room: str | None = None) -> str:
        """What the bot answers, without the escapes of Markdown."""
        where = f"#{room}" if room else f"@{person}"
        before = len(answers(self.chat.messages, where))
        self.chat.say(person, command, room)
        return answers(self.chat.wait_for(lambda messages: len(answers(messages, where)) > before), where)[before]

    def ops(self, command: str) -> str:
        """What the bot answers to the admin."""
        return self.ask("ops", command)

    def until(self, met: Callable[[], object]) -> None:
        """Look again with each message of the bot, and now and then. Raises AssertionError when it is never `met`."""
        began = time.monotonic()
        while not met():
            assert time.monotonic() - began < PATIENCE, f"waited in vain; its threads are {self.ops('!probe')}"
            self.chat.requested(self.chat.requests + 1, NOW_AND_THEN)

    def settled(self, lists: int = 1) -> None:
        """Wait until the bot knows what is there in so many lists that it watches."""
        self.until(lambda: self.ops("!inbox status").count(" known") >= lists)

    def writes(self, name: str, text: str = "hello", **how: Any) -> None:
        """Somebody new writes to the Page."""
        self._newcomers += 1
        self.graph.world.write("acme", Person(f"88800{self._newcomers}", name=name), text, **how)

    def hang(self) -> None:
        """Let the next look hang, and return once it does."""
        self.graph.forget()
        self.graph.fail("conversations", kind="hang")
        self.until(lambda: self.graph.requests)

    def let_go(self) -> None:
        """End what hangs."""
        self.graph.stop()
        self.graph.start()

    def hear(self, room: str, *texts: str) -> list[str]:
        """All that was said in a room, once a message with each of the texts is there."""
        there = self.chat.wait_for(
            lambda messages: all(any(text in one for one in said(messages, room)) for text in texts)
        )
        return said(there, room)

    def threads(self) -> list[str]:
        """The kinds of the plugin's threads."""
        return sorted(name.rstrip("-1234") for name in self.ops("!probe").split())


def said(messages: list[Message], room: str) -> list[str]:
    """What was said in a room, without the escapes of Markdown."""
    return [message.text.replace("\\", "") for message in messages if message.room == room]


def answers(messages: list[Message], room: str) -> list[str]:
    """What was said in a room by itself left out."""
    return [
        text for text in said(messages, room) if not re.match(r"\*\*(New|While)\b|.*From now on I'll announce", text)
    ]


@pytest.fixture
def team(chat: Recording, graph: Simulator, tmp_path: Path) -> Team:
    return Team(chat, graph, tmp_path)


def test_what_takes_too_long_to_wait_for_is_said_later(team: Team) -> None:
    team.graph.fail("conversations", None, code=368)
    with team.bot():
        team.chat.say("ops", "!inbox doctor deep")
        heard = team.chat.wait_for(lambda messages: len(answers(messages, "@ops")) > 1)
    begun, report = sorted(answers(heard, "@ops"), key=lambda text: "First contact" in text)
    assert "I'm finding out how Meta's API behaves for Acme" in begun
    assert "I could ask no more (368, HTTP 400)" in report


def test_a_room_and_a_person_watch(team: Team) -> None:
    with team.bot({"WATCHES": ["#sales spam instagram"]}) as bot:
        made = team.ask("ann", "!inbox watch messenger", room="support")
        assert "I'll tell this room about every new conversation in Acme · Messenger · inbox" in made
        assert "An announcement looks like this" in made and "Bo Lindqvist" in made
        assert "already does that" in team.ask("bo", "!inbox watch inbox messenger", room="support")
        own = team.ask("ann", "!inbox watch messenger as initials")
        assert "I'll tell you about every new conversation" in own
        team.ask("carla", "!inbox watch messenger as count")
        team.settled(lists=2)

        team.chat.misbehave("@carla", How.REFUSE, times=1000, status=404)
        team.writes("Zoe Zander", "do you ship to Malta?")
        heard = team.hear("#support", "Zoe Zander")[-1]
        assert heard.startswith(f"**{NEW}Zoe Zander, ") and "do you ship to Malta?" in heard
        assert "Z.Z." in team.hear("@ann", "Z.Z.")[-1]
        assert "Zoe" not in "".join(said(team.chat.messages, "@ann"))
        (ref,) = re.findall(r"· (\w{4})\*\*", heard)

        shown = team.ask("bo", f"!inbox show {ref}", room="support")
        assert shown.startswith(f"**{ref} · Zoe Zander") and "do you ship to Malta?" in shown
        assert "Zoe Zander" in team.ask("dan", f"!inbox show {ref}")

        listed = team.ask("bo", "!inbox watches", room="sales")
        (number,) = re.findall(r"^ +(\d+) +watch spam instagram", listed, re.MULTILINE)
        assert "comes from the setting WATCHES" in team.ask("bo", f"!inbox unwatch {number}", room="sales")
        assert "watch spam instagram" in team.ask("bo", "!inbox watches", room="sales")

        assert "support" in team.ask("ops", f"!inbox why {ref}")
        refused = re.compile(r"carla .*did not accept it \(RoomDoesNotExistError\)", re.DOTALL)
        team.until(lambda: refused.search(team.ask("ops", "!inbox outbox")))
        helped = team.ask("bo", "!help Inbox", room="sales")
        for command in ("watch", "watches", "unwatch", "mute", "unmute", "outbox", "why"):
            assert f"!inbox {command}" in helped

        assert team.ask("bo", f"!inbox mute {ref} for 2h", room="support")
        mine = re.findall(r"^ +(\d+) +watch inbox messenger", team.ask("bo", "!inbox watches", room="support"), re.M)
        assert f"Watch {mine[0]} has ended" in team.ask("bo", f"!inbox unwatch {mine[0]}", room="support")
        team.writes("Yara Young")
        team.hear("@ann", "Y.Y.")
        assert "Yara" not in "".join(said(team.chat.messages, "#support"))
        assert "Traceback" not in bot.log
    assert sum("Zoe Zander, " in text and NEW in text for text in said(team.chat.messages, "#support")) == 1


def test_who_may_not_watch_finds_no_way_round(team: Team) -> None:
    access = {
        "Inbox:inbox_watch": {"allowrooms": ("#support",)},
        "Inbox:inbox_unwatch": {"denyusers": ("@ann",)},
        "Inbox:inbox_status": {"denyrooms": ("#sales",)},
    }
    with team.bot(ACCESS_CONTROLS=access):
        for tried in ("watch", "Watch", "WATCH", "wAtch"):
            answer = team.ask("ann", f"!inbox {tried} messenger", room="sales")
            assert "not allowed" in answer, tried
        for tried in ("status", "STATUS", " Status"):
            assert "allows" not in team.ask("ann", f"!inbox {tried}", room="sales"), tried
        assert "Nothing is being watched here" in team.ask("ann", "!inbox watches", room="sales")
        assert "I'll tell this room" in team.ask("ann", "!inbox Watch messenger", room="support")
        assert "allows" in team.ask("ann", "!inbox Status", room="support")
        assert "not allowed" in team.ask("ann", "!inbox Unwatch 1", room="support")
        assert "watch inbox messenger" in team.ask("ann", "!inbox watches", room="support")
        assert "Watch 1 has ended" in team.ask("bo", "!inbox Unwatch 1", room="support")


def test_what_is_changed_in_the_middle_of_a_look_leaves_one_scheduler(team: Team) -> None:
    with team.bot({"WATCHES": ["#support messenger"]}) as bot:
        team.settled()
        assert team.threads() == TEAM
        changes = {
            "Ria Reload": ["!plugin reload Inbox"],
            "Cora Config": ['!plugin config Inbox {"POLL_INTERVAL": 1.5, "DETAIL": "name"}'],
            "Dora Down": ["!plugin deactivate Inbox", "!plugin activate Inbox"],
        }
        for name, commands in changes.items():
            team.writes(name, "a snippet")
            team.hang()
            for command in commands:
                team.ops(command)
                if "deactivate" in command:
                    assert team.threads() == ["inbox-look"], "nothing but the look that hangs, which nobody waited for"
            team.until(lambda: team.threads() == sorted(["inbox-look", *TEAM]))
            team.let_go()  # a Page has one call in flight, whoever made it
            team.hear("#support", name)
            team.until(lambda: team.threads() == TEAM)
        team.writes("Lea Last", "a snippet")
        heard = team.hear("#support", "Lea Last")
        assert "Traceback" not in bot.log
    assert [text.split(NEW)[1].split(",")[0] for text in heard if NEW in text] == [*changes, "Lea Last"]
    assert ["snippet" in text for text in heard if NEW in text] == [True, False, False, False]


def test_sigterm_in_the_middle_of_a_look_and_of_a_message_and_a_time_without_a_bot(team: Team) -> None:
    watches = {"WATCHES": ["#support messenger"]}
    bot = team.bot(watches)
    team.settled()
    team.writes("Lou Look")
    team.hang()
    assert bot.terminate() == 0
    assert "Traceback" not in bot.log
    team.let_go()

    bot = team.bot(watches)
    team.hear("#support", "Lou Look")
    team.hear("#support", "already there")  # or this would be what hangs
    team.chat.misbehave("#support", How.HANG)
    team.writes("Mia Message")
    team.hear("#support", "Mia Message")
    assert bot.terminate() == 0
    team.chat.release()
    assert "Traceback" not in bot.log

    with team.bot(watches):
        team.hear("#support", "may be a repeat")
    with sqlite3.connect(team.folder / "data" / "inbox-ledger.sqlite") as ledger:
        # As if the bot had been down for two hours.
        ledger.execute("UPDATE inbox_source SET looked = looked - 7200000")
    ledger.close()
    names = [f"Number {number}" for number in range(1, 4)]
    for name in names:
        team.writes(name)
    with team.bot(watches):
        team.hear("#support", "While I was away")
        team.writes("Nia Next")
        heard = team.hear("#support", "Nia Next")
    (missed,) = [text for text in heard if "While I was away" in text]
    assert ": 3 new in Acme · Messenger" in missed and all(name in missed for name in names)
    assert sum(name in text for text in heard for name in names) == len(names)
    told = [text for text in heard if NEW in text]
    assert [text.split(NEW)[1].split(",")[0] for text in told] == ["Lou Look", "Mia Message", "Mia Message", "Nia Next"]
    assert ["may be a repeat" in text for text in told] == [False, False, True, False]


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


def asking(graph: Simulator) -> list[str]:
    """The tokens of those who asked for conversations."""
    return [request.headers["Authorization"].split()[-1] for request in graph.requests]


def test_two_bots_share_one_ledger_and_one_takes_over(team: Team, database: str, tmp_path: Path) -> None:
    inbox = {"WATCHES": ["#support messenger", "#sales messenger"], "DATABASE_URL": database}
    other = Team(team.chat, team.graph, tmp_path / "other")
    other.token = team.graph.world.issue_token("acme")
    bots = {team.token: team.bot(inbox), other.token: other.bot(inbox)}
    try:
        team.settled()
        names = ["Number 1", "Number 2"]
        for name in names:
            team.writes(name)
            team.hear("#support", f"{NEW}{name},")
            team.hear("#sales", f"{NEW}{name},")
        team.graph.forget()
        team.until(lambda: team.graph.requests)
        holder = asking(team.graph)[-1]
        bots.pop(holder).kill()
        team.graph.forget()
        team.writes("Tess Takeover")
        for room in ("#support", "#sales"):
            heard = team.hear(room, "Tess Takeover")
            told = [text.split(NEW)[1].split(",")[0] for text in heard if NEW in text]
            assert told == [*names, "Tess Takeover"]
            assert not [text for text in heard if "repeat" in text]
        assert set(asking(team.graph)) == set(bots)
    finally:
        for bot in bots.values():
            bot.kill()


def test_loading_the_plugin_does_not_load_what_the_ledger_is_made_of() -> None:
    program = "import sys, inbox; print(sorted({'sqlalchemy', 'psycopg', 'inbox'} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PLUGINS / "inbox", capture_output=True, text=True, check=True
    )
    assert done.stdout == "['inbox']\n"


def test_a_ledger_that_cannot_be_opened_yet(team: Team, postgres: Postgres, database: str, tmp_path: Path) -> None:
    socket_file = tmp_path / ".s.PGSQL.5432"
    url = database.replace("postgres@", "postgres:hunted-password@").replace(str(postgres.folder), str(tmp_path))
    inbox = {"WATCHES": ["#support messenger"], "DATABASE_URL": "env:LEDGER"}
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(socket_file))
        silent.listen()
        bot = team.bot(inbox, {"LEDGER": url})
        assert team.threads() == ["inbox-alarm", "inbox-open"], "nobody waits for it"
        assert team.graph.requests == []
        assert "14 conversations" in team.ask("ann", "!inbox spam instagram")
        for command in ("watch messenger", "watches"):
            answer = team.ask("ann", f"!inbox {command}")
            assert answer.startswith("**My ledger, localhost, can't be reached.")
    with bot:
        socket_file.unlink()
        status = team.ask("ann", "!inbox status")
        assert "My ledger, localhost, can't be reached." in status and "14 conversations" in status
        assert "hello, is this still available?" in team.ask("ann", "!inbox show 1")
        socket_file.symlink_to(postgres.folder / socket_file.name)
        # Who waited in vain spares the next ones that for a while.
        team.until(lambda: "watch inbox messenger" in team.ask("ann", "!inbox watches", room="support"))
        team.settled()
        team.writes("Zoe Zander")
        team.hear("#support", "Zoe Zander")
        assert "ledger localhost works again" in bot.log and "Traceback" not in bot.log
        assert "hunted-password" not in bot.log + str(team.chat.messages)


def test_an_answer_that_the_backend_does_not_send_leaves_no_words_in_the_log(team: Team) -> None:
    with team.bot() as bot:
        team.chat.misbehave("@sam", How.REFUSE)
        team.chat.say("sam", '!inbox @"Zerlina Quandt"')
        team.until(lambda: "I could not answer inbox" in bot.log or "Quandt" in bot.log)
        assert "ann quandt" in team.chat.answer("sam", '!inbox @"Ann Quandt"')
        assert "Quandt" not in bot.log and "Traceback" not in bot.log
