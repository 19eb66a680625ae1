"""What Errbot promises plugins and whoever configures it, kept by this backend: a real Errbot on a real Synapse."""

import logging
from collections.abc import Callable, Iterator

import pytest

from backends.matrix.tests.conftest import Bot
from tests.matrix_human import Event, Human, bodies
from tests.synapse import PASSWORD, Synapse


@pytest.fixture(scope="module")
def guarded(ann: Human, synapse: Synapse) -> str:
    """A room with an alias that access controls name."""
    room = ann.create_room(alias="guarded")
    ann.set_state(room, "m.room.join_rules", {"join_rule": "public"})
    return room


@pytest.fixture(scope="module")
def bot(synapse: Synapse, ann: Human, guarded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    settings = {
        "BOT_ADMINS": ann.user_id,
        "BOT_LOG_LEVEL": logging.DEBUG,
        "BOT_ALT_PREFIXES": ("errbot",),
        "BOT_ALT_PREFIX_SEPARATORS": (":", ","),
        "BOT_PREFIX_OPTIONAL_ON_CHAT": True,
        "DIVERT_TO_PRIVATE": ("divert",),
        "DIVERT_TO_THREAD": ("thread",),
        "GROUPCHAT_NICK_PREFIXED": True,
        "MESSAGE_SIZE_LIMIT": 1000,
        "CHATROOM_PRESENCE": (f"#guarded:{synapse.name}",),
        "ACCESS_CONTROLS": {
            "guarded": {"allowrooms": f"#guarded:{synapse.name}", "allowprivate": False},
            "Trial:say": {"denyusers": "@evil*"},
        },
        "identity": {"invites": [synapse.name]},
    }
    with Bot(tmp_path_factory.mktemp("bot"), synapse, **settings) as running:
        yield running


def ask(human: Human, bot: Bot, room: str, text: str, count: int = 1) -> list[Event]:
    return human.answers(room, human.say(room, text), bot.user_id, count, text, bot.say)


def plain(event: Event) -> str:
    """The text of an answer without the name of whoever asked."""
    return str(event["content"]["body"]).partition(": ")[2]


def test_an_answer_in_a_room_names_and_mentions_who_asked(bot: Bot, ann: Human, room: str) -> None:
    (event,) = ask(ann, bot, room, "!say hello")
    name = ann.call("GET", f"/v3/profile/{ann.user_id}")["displayname"]
    assert event["content"]["body"] == f"{name}: hello"
    assert event["content"]["m.mentions"] == {"user_ids": [ann.user_id]}


def test_a_name_is_no_markup(bot: Bot, ann: Human, person: Callable[[str], Human]) -> None:
    evil = person("friend")
    name = "**x** [y](https://e.org) <b>\n# @room"
    evil.call("PUT", f"/v3/profile/{evil.user_id}/displayname", {"displayname": name})
    room = evil.create_room(bot.user_id)
    evil.wait_for_member(room, bot.user_id, say=bot.say)
    (event,) = ask(evil, bot, room, "!say hello")
    assert event["content"]["body"] == "**x** [y](https://e.org) <b> # @room: hello"
    assert "formatted_body" not in event["content"]
    assert event["content"]["m.mentions"] == {"user_ids": [evil.user_id]}


def test_other_prefixes(bot: Bot, ann: Human, room: str, chat: str) -> None:
    assert plain(ask(ann, bot, room, "errbot: say hello")[0]) == "hello"
    assert plain(ask(ann, bot, room, "errbot say hello")[0]) == "hello"
    assert bodies(ask(ann, bot, chat, "say no prefix")) == ["no prefix"]
    assert plain(ask(ann, bot, room, "well, is it raining?")[0]) == "it is raining"


def test_commands_that_yield_parse_and_fail(bot: Bot, ann: Human, chat: str) -> None:
    assert bodies(ask(ann, bot, chat, "!steps", 3)) == ["one", "two", "three"]
    assert bodies(ask(ann, bot, chat, "!greet Bo --times 2")) == ["hello Bo hello Bo "]
    assert bodies(ask(ann, bot, chat, "!fail that is not possible")) == ["that is not possible"]
    assert "Oh no" in bodies(ask(ann, bot, chat, "!fail"))[0]
    assert "nonsense" in bodies(ask(ann, bot, chat, "!nonsense"))[0]


def test_an_answer_over_the_limit_is_cut_into_several(bot: Bot, ann: Human, room: str) -> None:
    asked = ann.say(room, "!whole 100")
    last = ann.wait(room, lambda event: "line 99 " in event["content"].get("body", ""), asked, say=bot.say)
    events = ann.heard(room)
    answer = events[[event["event_id"] for event in events].index(asked) + 1 : events.index(last) + 1]
    assert len(answer) > 1
    assert [event["content"]["m.mentions"] for event in answer[1:]] == [{}] * (len(answer) - 1)
    assert all(len(event["content"]["body"]) <= 1000 for event in answer)


def test_divert_to_private(bot: Bot, ann: Human, room: str, chat: str) -> None:
    before = ann.say(chat, "hm")
    ann.answers(chat, before, bot.user_id, say=bot.say)  # an unknown command, since no prefix is needed here
    asked = ann.say(room, "!divert")
    ann.wait(chat, lambda event: event["content"].get("body") == "diverted", before, say=bot.say)
    ann.answers(room, ann.say(room, "!say the end"), bot.user_id, say=bot.say)
    assert [plain(event) for event in ann.answers(room, asked, bot.user_id)] == ["the end"]


def test_divert_to_private_from_a_thread(bot: Bot, ann: Human, room: str, chat: str) -> None:
    (last,) = ask(ann, bot, chat, "say so far")
    before = last["event_id"]
    ann.say(room, "!divert", thread=ann.say(room, "a thread"))
    event = ann.wait(chat, lambda event: event["content"].get("body") == "diverted", before, say=bot.say)
    assert "m.relates_to" not in event["content"]


def test_divert_to_thread(bot: Bot, ann: Human, room: str) -> None:
    asked = ann.say(room, "!thread")
    (event,) = ann.answers(room, asked, bot.user_id, say=bot.say)
    assert event["content"]["m.relates_to"]["event_id"] == asked
    root = ann.say(room, "a thread")
    (event,) = ann.answers(room, ann.say(room, "!thread", thread=root), bot.user_id, say=bot.say)
    assert event["content"]["m.relates_to"]["event_id"] == root


def test_access_controls(
    bot: Bot, ann: Human, room: str, chat: str, guarded: str, person: Callable[[str], Human]
) -> None:
    assert plain(ask(ann, bot, guarded, "!guarded")[0]) == "come in"
    assert "not allowed" in plain(ask(ann, bot, room, "!guarded")[0])
    assert "not allowed" in bodies(ask(ann, bot, chat, "!guarded"))[0]
    evil = person("evil")
    away = evil.create_room(bot.user_id)
    evil.set_state(away, "m.room.name", {"name": "#guarded"})
    assert "not allowed" in plain(ask(evil, bot, away, "!guarded")[0])
    assert "not allowed" in plain(ask(evil, bot, away, "!say hello")[0])


def test_one_admin_as_a_text(bot: Bot, ann: Human, chat: str, room: str) -> None:
    assert bodies(ask(ann, bot, chat, f"!rooms of mine {room}")) != ["This command requires bot-admin privileges"]


def test_at_debug_the_log_holds_no_secret(bot: Bot, ann: Human, room: str) -> None:
    assert plain(ask(ann, bot, room, "!say hello")[0]) == "hello"
    told = bot.say()
    assert "DEBUG" in told
    assert "syt_" not in told and PASSWORD not in told, "what Synapse's tokens begin with"
