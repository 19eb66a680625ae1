"""When the bot or the server goes away and comes back, nothing is lost and nothing is said twice."""

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backends.matrix.tests.conftest import PATIENCE, Bot
from errbot_matrix.hearing import PAGE
from tests.matrix.gateway import Gateway
from tests.matrix_human import Event, Human, bodies, is_message
from tests.synapse import PASSWORD, Synapse, free_port


@pytest.fixture(scope="module")
def lasting(synapse: Synapse, ann: Human, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with Bot(tmp_path_factory.mktemp("bot"), synapse, BOT_ADMINS=(ann.user_id,)) as running:
        yield running


@pytest.fixture
def bot(lasting: Bot) -> Bot:
    """The bot of this module, running. A test may leave it stopped."""
    return lasting if lasting.runs else lasting.start()


@pytest.fixture
def room(bot: Bot, ann: Human) -> str:
    """A room of the test's own."""
    made = ann.create_room(bot.user_id)
    ann.wait_for_member(made, bot.user_id, say=bot.say)
    return made


def said(human: Human, room: str, bot: Bot) -> list[str]:
    """Everything the human has heard the bot say in a room."""
    return bodies([event for event in human.heard(room) if is_message(event, bot.user_id)])


def until(human: Human, room: str, text: str, bot: Bot) -> Event:
    return human.wait(room, lambda event: event["content"].get("body") == text, what=text, say=bot.say)


def test_commands_given_while_it_was_down_are_carried_out_and_old_ones_are_not(
    synapse: Synapse, bot: Bot, ann: Human, room: str
) -> None:
    assert ann.ask(room, "!say before", bot.user_id, bot.say) == "before"
    bot.kill()
    synapse.say_in_the_past(ann.user_id, room, "!say an hour ago", time.time() - 3600)
    ann.say(room, "!say while away")
    synapse.say_in_the_past(ann.user_id, room, "!say two minutes ago", time.time() - 120)
    synapse.say_in_the_past(ann.user_id, room, "!say ten seconds ago", time.time() - 10)
    bot.start()
    until(ann, room, "while away", bot)
    until(ann, room, "ten seconds ago", bot)
    ann.ask(room, "!say the end", bot.user_id, bot.say)
    until(ann, room, "the end", bot)
    assert sorted(said(ann, room, bot)) == sorted(["before", "while away", "ten seconds ago", "the end"])


def test_more_was_said_while_it_was_down_than_one_sync_brings(bot: Bot, ann: Human, room: str) -> None:
    assert ann.ask(room, "!say before", bot.user_id, bot.say) == "before"
    bot.kill()
    ann.say(room, "!say first")
    for number in range(PAGE):
        ann.say(room, f"talk {number}")
    ann.say(room, "!say last")
    bot.start()
    until(ann, room, "last", bot)
    until(ann, room, "first", bot)
    assert sorted(said(ann, room, bot)) == ["before", "first", "last"]


def test_a_command_that_was_begun_does_not_run_again_and_a_reaction_is_told_once(
    bot: Bot, ann: Human, room: str
) -> None:
    talk = ann.say(room, "look")
    reactions = [ann.react(room, talk, sign) for sign in "🎉👀"]
    ann.answers(room, reactions[0], bot.user_id, 2, say=bot.say)
    ann.answers(room, ann.say(room, "!wait"), bot.user_id, say=bot.say)
    bot.kill()
    ann.redact(room, reactions[0])
    ann.redact(room, ann.react(room, talk, "✅"))
    ann.react(room, talk, "💤")
    bot.start()
    until(ann, room, f"added 💤 by {ann.user_id}", bot)
    ann.say(room, "!say the end")
    until(ann, room, "the end", bot)
    told = [f"{did} by {ann.user_id}" for did in ("added 🎉", "added 👀", "removed 🎉", "added 💤")]
    assert sorted(said(ann, room, bot)) == sorted([*told, "waiting", "the end"])


def test_without_its_memory_it_answers_nothing_of_before(bot: Bot, ann: Human, room: str) -> None:
    assert ann.ask(room, "!say before", bot.user_id, bot.say) == "before"
    assert bot.interrupt() == 0
    ann.say(room, "!say while away")
    shutil.rmtree(bot.folder / "data")
    bot.start()
    ann.ask(room, "!say the end", bot.user_id, bot.say)
    assert said(ann, room, bot) == ["before", "the end"]


def test_an_event_under_one_key_is_there_once_across_a_restart(bot: Bot, ann: Human, room: str) -> None:
    chat = ann.create_room(bot.user_id, direct=True)
    first = ann.ask(chat, f"!event {room} key text", bot.user_id, bot.say)
    bot.kill()
    bot.start()
    assert ann.ask(chat, f"!event {room} key text", bot.user_id, bot.say) == first
    assert [event["event_id"] for event in ann.messages(room)] == [first]
    assert ann.ask(chat, f"!find {room} key 0", bot.user_id, bot.say) == first


def test_an_answer_waits_for_a_server_that_is_away(
    synapse: Synapse, bot: Bot, ann: Human, room: str, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    before = bot.say().count("Matrix is back")
    assert ann.ask(room, f"!later {pipe}", bot.user_id, bot.say) == "waiting"
    with pipe.open("r+b", buffering=0) as held:  # opened for reading too, so that it does not wait for a reader
        synapse.stop()
        try:
            held.write(b"go\n")
        finally:
            synapse.start()
        until(ann, room, "gone", bot)
    assert ann.ask(room, "!say after", bot.user_id, bot.say) == "after"
    assert said(ann, room, bot) == ["waiting", "gone", "after"]
    assert bot.say().count("Matrix is back") > before


def test_it_is_there_before_the_server(synapse: Synapse, ann: Human, tmp_path: Path) -> None:
    port = free_port()
    bot = Bot(tmp_path, synapse, BOT_ADMINS=(ann.user_id,), identity={"homeserver": f"http://127.0.0.1:{port}"})
    with socket.create_server(("127.0.0.1", port)) as nobody:
        nobody.settimeout(PATIENCE)
        bot.start(wait=False)
        nobody.accept()[0].close()
    try:
        with Gateway(synapse.url, port):
            assert ann.ask(ann.create_room(bot.user_id), "!say hello", bot.user_id, bot.say) == "hello"
    finally:
        bot.kill()


def test_it_joins_and_greets_at_its_start(synapse: Synapse, ann: Human, tmp_path: Path) -> None:
    alias = f"#{tmp_path.name.replace('_', '-')}:{synapse.name}"
    room = ann.create_room(alias=alias[1:].partition(":")[0])
    ann.set_state(room, "m.room.join_rules", {"join_rule": "public"})
    settings = {"CHATROOM_PRESENCE": ("#missing", alias), "TRIAL_GREETS": (ann.user_id, alias)}
    with Bot(tmp_path, synapse, BOT_ADMINS=(ann.user_id,), **settings) as bot:
        until(ann, room, f"welcome {bot.user_id}", bot)
        ann.ask(room, "!say hello", bot.user_id, bot.say)
        until(ann, room, "connected", bot)
        chat = ann.wait_for_invitation(bot.user_id)
        ann.join(chat)
        until(ann, chat, "connected", bot)
        until(ann, chat, f"welcome {ann.user_id}", bot)
        assert ann.ask(chat, "!where", bot.user_id, bot.say).startswith("direct")


def test_an_access_token_will_do(synapse: Synapse, ann: Human, tmp_path: Path) -> None:
    bot = Bot(tmp_path, synapse, BOT_ADMINS=(ann.user_id,))
    who = {"type": "m.id.user", "user": bot.user_id}
    login = ann.call("POST", "/v3/login", {"type": "m.login.password", "identifier": who, "password": PASSWORD})
    bot.settings["BOT_IDENTITY"] |= {"password": "", "access_token": login["access_token"]}
    with bot:
        room = ann.create_room(bot.user_id)
        assert ann.ask(room, "!say hello", bot.user_id, bot.say) == "hello"
        assert login["access_token"] not in bot.say()


@pytest.mark.parametrize(
    ("identity", "sentence"),
    [
        ({"password": "wrong"}, "I can't log in to Matrix"),
        ({"password": "", "access_token": "dead"}, "I can't log in to Matrix"),
        ({"password": ""}, "BOT_IDENTITY must have either password or access_token."),
    ],
)
def test_who_cannot_log_in_ends_with_a_sentence(
    synapse: Synapse, tmp_path: Path, identity: dict[str, str], sentence: str
) -> None:
    bot = Bot(tmp_path, synapse, BOT_ADMINS=(), identity=identity)
    with pytest.raises(AssertionError, match="the bot has ended"):
        bot.start()
    assert sentence in bot.say()
    assert "Traceback" not in bot.say()


def test_it_logs_in_again_when_it_is_logged_out(
    synapse: Synapse, bot: Bot, ann: Human, room: str, person: Callable[[str], Human]
) -> None:
    with Human.login(synapse.url, bot.user_id) as other:
        other.call("POST", "/v3/logout/all", {})
    assert ann.ask(room, "!say hello", bot.user_id, bot.say) == "hello"
