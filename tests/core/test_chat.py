"""Announcing: through the recording chat, and through Errbot's own objects; what can go wrong, and how it is told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from errbot.backends.base import Message, Room, RoomDoesNotExistError, UserDoesNotExistError
from errbot.backends.text import TextOccupant, TextPerson, TextRoom
from errbot.rendering import text
from markdown.preprocessors import Preprocessor  # type: ignore[import-untyped]

from pageinbox.chat.errbot import content as markdown
from pageinbox.chat.errbot.converters import convert_one_at_a_time
from pageinbox.chat.errbot.ending import end_on_sigterm
from pageinbox.chat.errbot.incoming import hear_names, name_of, overlooked, room_of
from pageinbox.chat.errbot.refusal import trouble
from pageinbox.chat.errbot.send import ErrbotChat
from pageinbox.chat.network import open_chat
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt, NotPinged
from pageinbox.model.post import Post
from pageinbox.model.watch import Ping
from tests.recording import ANYWHERE, How, Recording
from tests.recording_chat import RecordingChat

POST = Post(("New in Acme: ", "Ann"))
TEXT = "**New in Acme: Ann**"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path / "journal") as running:
        yield running


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path / "keyed", "keyed") as running:
        yield running


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@pytest.mark.servers
def test_every_request_is_a_message_unless_keys_count(chat: Recording, keyed: Recording) -> None:
    for recording, count in ((chat, 2), (keyed, 1)):
        client = RecordingChat(recording.url)
        receipts = {client.send("#support", POST, "k1") for _ in range(2)}
        assert len(receipts) == len(recording.messages) == count
        client.send("#sales", POST, "k1")
        client.send("#support", POST, "k2")
        assert len(recording.messages) == count + 2
        assert {message.text for message in recording.messages} == {TEXT}


@pytest.mark.servers
def test_what_was_received_outlives_the_chat(tmp_path: Path) -> None:
    with Recording(tmp_path / "journal", "keyed") as before:
        receipt = RecordingChat(before.url).send("#support", POST, "k1")
    with pytest.raises(ChatError, match="can't be reached") as raised:
        RecordingChat(before.url).send("#support", POST, "k2")
    assert not isinstance(raised.value, ChatDoubt)
    with Recording(tmp_path / "journal", "keyed", before.port) as after:
        assert [message.receipt for message in after.messages] == [receipt]
        assert RecordingChat(before.url).send("#support", POST, "k1") == receipt


@pytest.mark.parametrize("status", [429, 404, 500])
@pytest.mark.servers
def test_a_refusal_is_an_error_for_its_room_alone(chat: Recording, status: int) -> None:
    client = RecordingChat(chat.url)
    chat.misbehave("#support", How.REFUSE, times=2, status=status, retry_after=20)
    for _ in range(2):
        with pytest.raises(ChatError, match=str(status)) as raised:
            client.send("#support", POST, "k1")
        assert not isinstance(raised.value, ChatDoubt) and raised.value.retry_after == 20
    client.send("#sales", POST, "k2")
    client.send("#support", POST, "k1")
    assert [message.room for message in chat.messages] == ["#sales", "#support"]
    assert chat.requests == 4


@pytest.mark.parametrize(("how", "arrived"), [(How.LOSE, 0), (How.BREAK, 1)])
@pytest.mark.servers
def test_a_broken_connection_is_a_doubt_and_each_chat_settles_it(
    chat: Recording, keyed: Recording, how: How, arrived: int
) -> None:
    for recording, settles in ((keyed, "key"), (chat, "history"), (chat, None)):
        client = RecordingChat(recording.url, settles)  # type: ignore[arg-type]
        recording.misbehave(ANYWHERE, how)
        room, before = f"#{settles}", len(recording.messages)
        with pytest.raises(ChatDoubt):
            client.send(room, POST, "k1")
        assert len(recording.messages) == before + arrived
        settled = client.settle(room, "k1", 0.0)
        if settles == "history" and arrived:
            assert settled == recording.messages[-1].receipt
        else:
            assert settled is (Doubt.SAFE if settles else Doubt.OPEN)
        if settled is Doubt.SAFE:
            client.send(room, POST, "k1")
            assert sum(message.room == room for message in recording.messages) == 1


@pytest.mark.servers
def test_a_chat_that_hangs_has_taken_the_message(chat: Recording) -> None:
    chat.misbehave("#support", How.HANG)
    receipts: list[str] = []
    sender = threading.Thread(target=lambda: receipts.append(RecordingChat(chat.url).send("#support", POST, "k1")))
    sender.start()
    chat.wait_for(lambda messages: len(messages) == 1)
    RecordingChat(chat.url).send("#sales", POST, "k2")
    assert not receipts
    chat.release()
    sender.join()
    assert receipts == ["r1"]


@pytest.mark.servers
def test_who_has_no_patience_with_a_hanging_chat_is_left_in_doubt(chat: Recording) -> None:
    chat.misbehave("#support", How.HANG)
    with pytest.raises(ChatDoubt):
        RecordingChat(chat.url, patience=0.01).send("#support", POST, "k1")


@pytest.mark.processes
def test_the_chat_in_a_process_of_its_own_is_waited_for_over_http(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "tests.recording", str(port_file), str(tmp_path / "journal"), "keyed"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline() == b"listening\n"
        url = f"http://127.0.0.1:{port_file.read_text()}"
        heard: list[Any] = []
        listener = threading.Thread(target=lambda: heard.extend(requests.get(f"{url}/wait?count=2").json()))
        listener.start()
        client = RecordingChat(url, "key")
        requests.post(f"{url}/misbehave", json={"room": "", "how": "break", "times": 1})
        with pytest.raises(ChatDoubt):
            client.send("#support", POST, "k1")
        client.send("#support", POST, "k1")
        client.send("#support", POST, "k2")
        listener.join()
        assert [message["key"] for message in heard] == ["k1", "k2"]
        process.stdin.close()
        assert process.wait() == 0


def test_rooms_and_persons_are_named_so_that_errbot_finds_them_again() -> None:
    bot: Any = SimpleNamespace(bot_config=SimpleNamespace(BOT_ADMINS=("@ops",)))
    room, ann = TextRoom("support", bot), TextPerson("ann")
    assert room_of(Message("!inbox", frm=TextOccupant(ann, room), to=room)) == "#support"
    assert room_of(Message("!inbox", frm=ann, to=TextPerson("errbot"))) == "@ann"
    assert name_of("<#C0123|support>") == name_of("<#C0123|renamed|twice>") == "<#C0123>"
    assert name_of("<@U0123>") == "<@U0123>"
    assert name_of("!opaque:example.org") == "!opaque:example.org"


@pytest.mark.servers
def test_an_exception_tells_only_its_type_and_whether_anything_can_have_arrived(chat: Recording) -> None:
    def posted(url: str, path: str = "/send?token=EAAsecret") -> Exception:
        with pytest.raises(requests.RequestException) as raised:
            requests.post(f"{url}{path}", json={"room": "#support", "text": "x"}).raise_for_status()
        return raised.value

    chat.misbehave(ANYWHERE, How.BREAK)
    refused = trouble(posted(f"http://127.0.0.1:{closed_port()}"))
    assert str(refused) == "the chat can't be reached (ConnectionRefusedError)" and type(refused) is ChatError
    unknown = trouble(posted(chat.url))
    assert (
        str(unknown).startswith("the chat did not accept it (HTTPError); it knows nobody")
        and type(unknown) is ChatError
    )
    for error in (posted(chat.url, "/send"), OSError("EAAsecret"), TimeoutError("EAAsecret"), after_a_timeout()):
        assert isinstance(trouble(error), ChatDoubt) and type(error).__name__ in str(trouble(error))
        assert "EAAsecret" not in repr(trouble(error))
    for error in (RoomDoesNotExistError("EAAsecret"), UserDoesNotExistError("EAAsecret")):
        assert type(trouble(error)) is ChatError and "EAAsecret" not in str(trouble(error))


def made(name: str, **what: object) -> Exception:
    """An exception of a network's library that is not installed here."""
    error: Exception = type(name, (Exception,), what)("EAAsecret")
    return error


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (made("Unauthorized"), "; invite me there, or see to my token"),
        (made("Forbidden"), "; invite me there, or let me write"),
        (made("BadRequest"), ""),
        (made("ChatMigrated", new_chat_id=-1001), ""),
        (made("MessageTooLong"), "; it is too long"),
        (made("HTTPException", status=403), "; invite me there, or let me write"),
        (made("NotFound", status=404), "; it knows nobody and nothing of that name"),
        (made("ApiError", status_code=400), ""),
        (made("HTTPError", response=SimpleNamespace(status_code=413)), "; it is too long"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
def test_what_a_network_refuses_has_not_arrived_and_what_to_do_is_said(error: Exception, remedy: str) -> None:
    assert str(trouble(error)) == f"the chat did not accept it ({type(error).__name__}){remedy}"
    assert type(trouble(error)) is ChatError


@pytest.mark.parametrize(
    "error",
    [
        made("TimedOut"),
        made("HTTPError", response=SimpleNamespace(status_code=502)),
        made("HTTPError", response=None),
        made("HTTPException", status=408),
        made("Odd", status="403 Forbidden"),
    ],
    ids=repr,
)
def test_what_a_network_does_not_settle_is_a_doubt(error: Exception) -> None:
    assert isinstance(trouble(error), ChatDoubt)


def test_a_group_that_telegram_has_given_another_id_is_followed() -> None:
    class Upgraded(Backend):
        def send_message(self, message: Message) -> None:
            raise made("ChatMigrated", new_chat_id=-1001)

    chat = ErrbotChat(Upgraded(), markdown.messages)
    with pytest.raises(ChatError):
        chat.send("-123", POST, "k1")
    assert chat.moved() == {"-123": "-1001"}


def after_a_timeout() -> Exception:
    """A second try that was refused, after a first one that may have arrived."""
    with pytest.raises(ConnectionRefusedError) as raised:
        try:
            raise TimeoutError
        except TimeoutError:
            socket.create_connection(("127.0.0.1", closed_port()))
    return raised.value


class Backend:
    """What ErrbotChat uses of a backend."""

    mode = "recording"
    bot_identifier = "@bot"

    def __init__(self) -> None:
        self.sent: list[Message] = []

    build_message = staticmethod(Message)
    build_identifier = staticmethod(str)

    def send_message(self, message: Message) -> None:
        self.sent.append(message)


def test_a_failure_after_the_first_message_is_a_doubt() -> None:
    class Gone(Backend):
        def send_message(self, message: Message) -> None:
            super().send_message(message)
            if len(self.sent) > 1:
                raise RoomDoesNotExistError

    with pytest.raises(ChatDoubt, match=r"did not accept it .*; the first part has arrived"):
        ErrbotChat(Gone(), lambda post: ["one", "two"]).send("#support", POST, "k1")


class Channel(Room):  # type: ignore[misc]
    joined = False


class Irc(Backend):
    """As Errbot's: what can't be sent is dropped without a word."""

    mode = "irc"

    def __init__(self) -> None:
        super().__init__()
        self.connected = False
        self.channel = Channel()
        self.conn = SimpleNamespace(connection=SimpleNamespace(is_connected=lambda: self.connected))

    def build_identifier(self, name: str) -> Any:  # type: ignore[override]
        return self.channel if name.startswith("#") else TextPerson(name)


def test_what_irc_would_drop_without_a_word_is_refused() -> None:
    bot = Irc()
    chat = ErrbotChat(bot, markdown.messages)
    for room in ("#support", "ann"):
        with pytest.raises(ChatError, match="not connected"):
            chat.send(room, POST, "k1")
    bot.connected = True
    chat.send("ann", POST, "k1")
    with pytest.raises(ChatError, match="not in that room"):
        chat.send("#support", POST, "k1")
    bot.channel.joined = True
    chat.send("#support", POST, "k1")
    assert len(bot.sent) == 2


@pytest.mark.parametrize(("mode", "limit", "most"), [("irc", 10_000, 510), ("irc", 505, 505), ("recording", 900, 900)])
def test_no_message_is_longer_than_its_network_takes(mode: str, limit: int, most: int) -> None:
    bot = Irc() if mode == "irc" else Backend()
    if isinstance(bot, Irc):
        bot.connected = bot.channel.joined = True
    config = SimpleNamespace(BOT_PREFIX="!", MESSAGE_SIZE_LIMIT=limit)
    open_chat(bot, config).send("#support", Post(("New",), tuple(("word " * 100,) for _ in range(9))), "k1")
    assert max(len(message.body) for message in bot.sent) <= most - 100
    assert "".join(message.body for message in bot.sent).count("word") == 900


def test_the_backends_exception_is_not_carried_along() -> None:
    class Gone(Backend):
        def send_message(self, message: Message) -> None:
            raise OSError("https://chat.example/?token=EAAsecret")

    with pytest.raises(ChatDoubt) as raised:
        ErrbotChat(Gone(), markdown.messages).send("#support", POST, "k1")
    assert raised.value.__context__ is raised.value.__cause__ is None


class Crowd(Preprocessor):  # type: ignore[misc]
    """Counts how many conversions go on at once, and lets others go first in the middle of each."""

    inside = most = 0

    def run(self, lines: list[str]) -> list[str]:
        self.inside += 1
        os.sched_yield()
        self.most = max(self.most, self.inside)
        self.inside -= 1
        return lines


def test_converters_keep_the_messages_of_different_rooms_apart() -> None:
    bot = SimpleNamespace(md=text(), name="not a converter")
    crowd = Crowd(bot.md)
    bot.md.preprocessors.register(crowd, "crowd", 100)
    convert_one_at_a_time(bot)
    convert_one_at_a_time(bot)
    noted = bot.md.convert("first[^1]\n\n[^1]: of another room")
    assert "of another room" in noted and "of another room" not in bot.md.convert("second")
    with ThreadPoolExecutor(8) as pool:
        rooms = [f"room {number} " * 20 + "." for number in range(80)]
        said = list(pool.map(bot.md.convert, [f"**{room}**\n\n{room}" for room in rooms]))
    assert crowd.most == 1
    assert [set(line.split()) for line in said] == [set(room.split()) for room in rooms]


def test_a_handler_is_installed_in_the_main_thread_only() -> None:
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(end_on_sigterm()))
    thread.start()
    thread.join()
    assert answers == [False]


def test_elsewhere_nobody_can_be_pinged_and_in_a_terminal_who_reads() -> None:
    with pytest.raises(NotPinged, match="only on Slack and Matrix"):
        ErrbotChat(None, markdown.messages).whom("#support", "here")
    alone = ErrbotChat(None, markdown.messages, alone=True)
    assert alone.whom("#support", "here") == Ping("here")
    with pytest.raises(NotPinged, match="nobody here"):
        alone.whom("#support", "ann")


@pytest.mark.parametrize(
    ("known", "anyhow", "then"),
    [
        ((), False, ("Bot:", "Bot,")),
        (("Bot:", "hey"), False, ("Bot:", "hey", "Bot,")),
        (("bot:",), True, ("bot:", "bot,")),
        ("bot:", True, ("bot:", "bot,")),
    ],
)
def test_names_are_alternate_prefixes_once_however_the_others_are_written(
    known: tuple[str, ...] | str, anyhow: bool, then: tuple[str, ...]
) -> None:
    config = SimpleNamespace(BOT_ALT_PREFIX_CASEINSENSITIVE=anyhow)
    bot = SimpleNamespace(bot_config=config, bot_alt_prefixes=known)
    for _ in range(2):
        hear_names(bot, ("Bot:", "Bot,"))
    assert bot.bot_alt_prefixes == then


def bot_with(**config: Any) -> SimpleNamespace:
    defaults = {
        "BOT_PREFIX": "!",
        "BOT_ALT_PREFIXES": ("@Bot",),
        "BOT_ALT_PREFIX_CASEINSENSITIVE": False,
        "BOT_PREFIX_OPTIONAL_ON_CHAT": False,
    }
    known = SimpleNamespace(**defaults | config)
    return SimpleNamespace(bot_config=known, bot_alt_prefixes=known.BOT_ALT_PREFIXES)


@pytest.mark.parametrize(
    "typed",
    [
        " !inbox spam",
        "\u00a0!inbox spam",  # as Slack pastes what was copied there
        "\u200b\ufeff!inbox spam\u200e",
        "`!inbox spam`",
        "```\n!inbox spam\n```",
        "**!inbox spam**",
        "_!inbox spam_ ",
        "！inbox spam",
    ],
)
def test_a_command_that_errbot_overlooks_is_what_was_meant(typed: str) -> None:
    assert overlooked(bot_with(), Message(typed), "inbox") == "!inbox spam"


@pytest.mark.parametrize(
    "typed",
    [
        "!inbox spam",
        "@Bot inbox spam",
        "`!inbox spam` shows the spam, `!inbox pages` the Pages",
        "`!inbox spam`, `!inbox pages`",
        "look at !inbox spam",
        "`!restart`",
        "`inbox`",
        "!inboxes",
        "``",
        "",
    ],
)
def test_what_errbot_sees_and_what_is_no_command_is_left_alone(typed: str) -> None:
    assert overlooked(bot_with(), Message(typed), "inbox") == ""


def test_prefixes_of_any_kind_are_seen_behind_what_shows_nothing() -> None:
    assert overlooked(bot_with(), Message("\u200b@Bot: inbox"), "inbox") == "@Bot: inbox"
    assert overlooked(bot_with(), Message("@bot: Inbox"), "inbox") == "@Bot: Inbox"
    assert overlooked(bot_with(BOT_PREFIX="err "), Message("Err inbox spam"), "inbox") == "err inbox spam"
    assert overlooked(bot_with(BOT_PREFIX="err "), Message("Errors in the inbox"), "inbox") == ""
    anyhow = bot_with(BOT_ALT_PREFIXES=("@bot",), BOT_ALT_PREFIX_CASEINSENSITIVE=True)
    assert overlooked(anyhow, Message("\u00a0@BOT inbox"), "inbox") == "@bot inbox"
    assert overlooked(bot_with(BOT_ALT_PREFIXES=()), Message("`>>inbox`"), "inbox") == ""
    assert overlooked(bot_with(BOT_PREFIX=">>", BOT_ALT_PREFIXES=()), Message("`>>inbox`"), "inbox") == ">>inbox"
    direct = Message("`inbox`", frm=TextPerson("@ann"), to=TextPerson("@errbot"))
    assert overlooked(bot_with(BOT_PREFIX_OPTIONAL_ON_CHAT=True), direct, "inbox") == "", "Errbot tries its patterns"
