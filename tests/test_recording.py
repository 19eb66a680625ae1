"""A real Errbot in a recording chat: rooms, direct chats, outages, and how SIGTERM ends it."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.server import Simulator
from simulator.world import World
from tests.attached import CSV, GIVING_FILES, PNG
from tests.errbot_process import PATIENCE, ChattingErrbot, ErrbotProcess
from tests.recording import How, Recording

pytestmark = pytest.mark.processes

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path / "journal") as running:
        yield running


def written(folder: Path, name: str, source: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings and environment of a bot with one plugin, which may import the core."""
    plugin = folder / "plugin"
    plugin.mkdir(exist_ok=True)
    (plugin / f"{name.lower()}.py").write_text(source, encoding="utf-8")
    (plugin / f"{name.lower()}.plug").write_text(f"[Core]\nName = {name}\nModule = {name.lower()}\n", encoding="utf-8")
    return {"BOT_EXTRA_PLUGIN_DIR": str(plugin)}, {"PYTHONPATH": str(PLUGINS / "inbox")}


def test_a_bot_answers_in_every_room_and_alone(chat: Recording, tmp_path: Path) -> None:
    with Simulator(World.demo(time.time), instagram_fields="present") as graph:
        page = {"ID": graph.world.pages["acme"].id, "TOKEN": graph.world.pages["acme"].token}
        inbox = {"PAGES": {"acme": page}, "GRAPH_URL": graph.url}
        settings: dict[str, Any] = {"BOT_EXTRA_PLUGIN_DIR": str(PLUGINS), "INBOX": inbox}
        with ChattingErrbot.start(settings, tmp_path, chat.url):
            assert "Acme" in chat.answer("ann", "!inbox status")
            assert "Acme" in chat.answer("ann", "!inbox status", room="support")
            assert "14 conversations" in chat.answer("bo", "!inbox spam instagram limit 3", room="sales")
            assert "4 to 6 of 14" in chat.answer("ann", "!inbox more", room="sales")
            assert "There is no earlier question here" in chat.answer("bo", "!inbox more", room="support")
    assert {message.room for message in chat.messages} == {"@ann", "#support", "#sales"}


def test_help_is_answered_while_meta_hangs_for_many_who_ask(chat: Recording, tmp_path: Path) -> None:
    with Simulator(World.demo(time.time), instagram_fields="present") as graph:
        page = {"ID": graph.world.pages["acme"].id, "TOKEN": graph.world.pages["acme"].token}
        inbox = {"PAGES": {"acme": page}, "GRAPH_URL": graph.url}
        settings: dict[str, Any] = {"BOT_EXTRA_PLUGIN_DIR": str(PLUGINS), "INBOX": inbox}
        with ChattingErrbot.start(settings, tmp_path, chat.url):
            graph.fail("conversations", None, kind="hang")
            for number in range(60):
                chat.say(f"person{number % 6}", f"!inbox user {1602000000000000 + number}")
            chat.say("ann", "!inbox help")
            said = chat.wait_for(lambda messages: any(message.room == "@ann" for message in messages))
            told = [message.text for message in said if message.room != "@ann"]
            waited = [text for text in told if "others here are already waiting" not in text]
            assert len(told) > 40 and len(waited) <= 4, "of sixty, those who may wait for Meta"


ANNOUNCER = """
from errbot import BotPlugin, botcmd
from pageinbox.chat.errbot import content as markdown
from pageinbox.chat.errbot.incoming import room_of
from pageinbox.chat.errbot.send import ErrbotChat
from pageinbox.model.post import Foreign, Post
from pageinbox.model.chat import ChatError

class Announcer(BotPlugin):
    @botcmd(split_args_with=None)
    def announce(self, msg, args):
        room = args[0] if args else room_of(msg)
        chat = ErrbotChat(self._bot, lambda post: markdown.messages(post, "!", 400))
        post = Post(("New: ", Foreign("*Ann*")), notes=tuple((f"note {note} " * 12,) for note in args[1:]))
        try:
            return f"{room}: taken, receipt [{chat.send(room, post, 'k1')}], {chat.settle(room, 'k1', 0.0).name}"
        except ChatError as error:
            return f"{type(error).__name__}: {error} [{error.retry_after}]"
"""


def test_announcements_by_way_of_errbot(chat: Recording, tmp_path: Path) -> None:
    settings, environment = written(tmp_path, "Announcer", ANNOUNCER)
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment):
        assert chat.answer("ann", "!announce #support") == "#support: taken, receipt [], OPEN"
        assert chat.answer("ann", "!announce @bo") == "@bo: taken, receipt [], OPEN"
        assert [(message.room, message.text) for message in chat.messages[::2]] == [
            ("#support", r"**New: \*Ann\***"),
            ("@bo", r"**New: \*Ann\***"),
        ]
        chat.say("ann", "!announce", room="sales")
        there = chat.wait_for(lambda messages: len(messages) == 6)
        assert [message.room for message in there[4:]] == ["#sales"] * 2
        assert there[5].text == "#sales: taken, receipt [], OPEN"
        chat.say("ann", "!announce")
        there = chat.wait_for(lambda messages: len(messages) == 8)
        assert [message.room for message in there[6:]] == ["@ann"] * 2

        assert chat.answer("ann", "!announce nowhere") == "ChatError: I can't find nowhere (ValueError) [0.0]"
        chat.misbehave("#support", How.REFUSE, status=404)
        assert chat.answer("ann", "!announce #support") == (
            "ChatError: the chat did not accept it (RoomDoesNotExistError) [0.0]"
        )
        chat.misbehave("#support", How.REFUSE, status=429, retry_after=7.5)
        assert (
            chat.answer("ann", "!announce #support") == "ChatError: the chat asks me to slow down (RateLimited) [7.5]"
        )
        for how in (How.REFUSE, How.LOSE, How.BREAK):
            chat.misbehave("#support", how)
            answer = chat.answer("ann", "!announce #support")
            assert answer.startswith("ChatDoubt: the chat failed, but may have sent it all the same (")
        assert sum(message.room == "#support" for message in chat.messages) == 2
        assert chat.url.removeprefix("http://") not in "".join(message.text for message in chat.messages)


def test_an_announcement_of_several_messages(chat: Recording, tmp_path: Path) -> None:
    settings, environment = written(tmp_path, "Announcer", ANNOUNCER)
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment):
        assert chat.answer("ann", "!announce #support 1 2 3 4 5 6") == "#support: taken, receipt [], OPEN"
        parts = [message.text for message in chat.messages if message.room == "#support"]
        assert len(parts) > 1 and [text.count("note 1") for text in parts][1:] == [0] * (len(parts) - 1)
        chat.misbehave("#sales", How.REFUSE, status=404)
        assert chat.answer("ann", "!announce #sales 1 2 3 4 5 6").startswith("ChatError: the chat did not accept it")


def test_a_bot_outlives_the_chat_and_the_chat_the_bot(tmp_path: Path) -> None:
    settings, environment = written(tmp_path, "Announcer", ANNOUNCER)
    with Recording(tmp_path / "journal") as before:
        bot = ChattingErrbot.start(settings, tmp_path, before.url, environment)
        before.answer("ann", "!announce #support")
    with Recording(tmp_path / "journal", port=before.port) as after:
        assert "taken" in after.answer("ann", "!announce #support")
        bot.kill()
        assert bot.process.returncode == -signal.SIGKILL
        with ChattingErrbot.start(settings, tmp_path, after.url, environment):
            assert "taken" in after.answer("ann", "!announce #support")
        assert [message.room for message in after.messages] == ["#support", "@ann"] * 3


GUARD = """
from errbot import BotPlugin, botcmd
from pageinbox.chat.errbot.incoming import may

class Guard(BotPlugin):
    @botcmd
    def outer(self, msg, args):
        return " ".join(f"{name}:{may(self._bot, msg, name)}" for name in ("outer", "inner", "reserved", "none"))

    @botcmd
    def inner(self, msg, args):
        return "inner"

    @botcmd(admin_only=True)
    def reserved(self, msg, args):
        return "reserved"
"""


def test_access_controls_can_be_asked_about_another_command(chat: Recording, tmp_path: Path) -> None:
    settings, environment = written(tmp_path, "Guard", GUARD)
    access = {"Guard:inner": {"allowrooms": ("#ops",), "allowusers": ("@a*", "@ops")}}
    with ChattingErrbot.start(settings | {"ACCESS_CONTROLS": access}, tmp_path, chat.url, environment):
        for person, room, inner, reserved in (
            ("ann", "ops", True, False),
            ("ann", "sales", False, False),
            ("bo", "ops", False, False),
            ("ann", None, True, False),
            ("bo", None, False, False),
            ("ops", None, True, True),
        ):
            said = chat.answer(person, "!outer", room)
            assert said == f"outer:True inner:{inner} reserved:{reserved} none:False", (person, room)


TRACE = """
import signal, sys, threading
from pathlib import Path
from errbot import BotPlugin, botcmd
from pageinbox.chat.errbot.ending import end_on_sigterm

class Trace(BotPlugin):
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        if self.bot_config.TRACE == "foreign":
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
        if self.bot_config.TRACE == "stuck":
            threading.Thread(target=self.never).start()
            end_on_sigterm(patience=0.1)
        elif self.bot_config.TRACE != "late":
            self.log.info("SIGTERM ends me: %s", end_on_sigterm())

    def never(self):
        threading.Event().wait()

    def activate(self):
        super().activate()
        self["activated"] = self.get("activated", 0) + 1

    def deactivate(self):
        Path("trace").write_text("deactivated")
        super().deactivate()

    @botcmd
    def late(self, msg, args):
        return f"SIGTERM ends me: {end_on_sigterm()}"

    @botcmd
    def activated(self, msg, args):
        return str(self["activated"])
"""


def traced(folder: Path, trace: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings and environment of a bot with a plugin that tells of its end."""
    settings, environment = written(folder, "Trace", TRACE)
    return settings | {"TRACE": trace}, environment


def test_sigterm_ends_a_bot_as_ctrl_c_does(chat: Recording, tmp_path: Path) -> None:
    settings, environment = traced(tmp_path, "early")
    for run in ("1", "2"):
        bot = ChattingErrbot.start(settings, tmp_path, chat.url, environment)
        assert chat.answer("ann", "!activated") == run, "the shelf of the last run was closed"
        assert bot.terminate() == 0
        assert (tmp_path / "trace").read_text() == "deactivated"
        assert "Traceback" not in bot.log
        (tmp_path / "trace").unlink()


def test_sigterm_ends_a_bot_whose_plugin_was_reloaded_in_another_thread(chat: Recording, tmp_path: Path) -> None:
    settings, environment = traced(tmp_path, "early")
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment) as bot:
        assert "Trace" in chat.answer("ops", "!plugin reload Trace")
        assert chat.answer("ann", "!late") == "SIGTERM ends me: True"
        (tmp_path / "trace").unlink()
        assert bot.terminate() == 0
    assert (tmp_path / "trace").exists()


def test_sigterm_ends_a_bot_in_a_terminal(tmp_path: Path) -> None:
    settings, environment = traced(tmp_path, "early")
    with ErrbotProcess.start(settings, tmp_path, environment) as bot:
        bot.process.terminate()
        assert bot.process.wait(PATIENCE) == 0
        assert "Traceback" not in bot.log
    assert (tmp_path / "trace").exists()


def test_a_bot_that_does_not_end_tells_which_thread_is_in_the_way_and_ends(chat: Recording, tmp_path: Path) -> None:
    settings, environment = traced(tmp_path, "stuck")
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment) as bot:
        assert bot.terminate() == 1
        assert "in never" in bot.log and "Timeout" in bot.log


def test_in_another_thread_no_handler_can_be_had_and_that_is_said(chat: Recording, tmp_path: Path) -> None:
    settings, environment = traced(tmp_path, "late")
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment) as bot:
        assert chat.answer("ann", "!late") == "SIGTERM ends me: False"
        assert bot.terminate() == -signal.SIGTERM
    assert not (tmp_path / "trace").exists()


def test_somebody_elses_handler_is_left_alone(chat: Recording, tmp_path: Path) -> None:
    settings, environment = traced(tmp_path, "foreign")
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment) as bot:
        assert chat.answer("ann", "!late") == "SIGTERM ends me: False"
        assert bot.terminate() == 7


FILING = f"from errbot import BotPlugin, botcmd\n\nclass Filing(BotPlugin):\n{GIVING_FILES}"


def test_files_by_way_of_errbot(chat: Recording, tmp_path: Path) -> None:
    settings, environment = written(tmp_path, "Filing", FILING)
    with ChattingErrbot.start(settings, tmp_path, chat.url, environment):
        chat.say("ann", "!attached")
        chat.wait_for(lambda messages: len(messages) == 3)
        chat.say("ann", "!attached #support", room="sales")
        said = chat.wait_for(lambda messages: len(messages) == 6)
    files = [f"[file stats.png, image/png, {len(PNG)} bytes]", f"[file stats.csv, text/csv, {len(CSV)} bytes]"]
    assert [message.text for message in said] == ["**Acme: 4 new**", *files] * 2
    assert [message.room for message in said] == ["@ann"] * 3 + ["#support"] * 3
