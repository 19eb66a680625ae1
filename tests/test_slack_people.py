"""Who is who on Slack: whom a ping means, and who wrote a command, also where Slack would rather not tell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from errbot.backends.base import Message
from slackv3.person import SlackPerson
from slackv3.room import SlackRoom, SlackRoomOccupant

from pageinbox.chat.errbot import examining
from pageinbox.chat.errbot.incoming import identified, name_of
from pageinbox.chat.slack.examining import MOST
from pageinbox.chat.slack.hearing import Lookups, wait_when_asked
from pageinbox.chat.slack.send import SlackChat
from pageinbox.model.act import Person
from pageinbox.model.chat import ChatError, NotPinged
from pageinbox.model.checkup import Admins, Unreached, Unseen
from pageinbox.model.finding import State
from pageinbox.model.post import Mention, Post
from pageinbox.model.watch import Ping
from tests.slack_web import Bot, Clock, Reply, Slack, refusal

PUT_OFF = Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "0"})
HELLO = Post(("hello",))


@pytest.fixture
def world() -> Iterator[Slack]:
    running = Slack()
    yield running
    running.close()


@pytest.fixture
def bot(world: Slack) -> Bot:
    return Bot(world)


@pytest.fixture
def chat(bot: Bot) -> SlackChat:
    clock = Clock()
    chat = SlackChat(bot, "!", clock=clock, sleep=clock.sleep)
    chat.connected()
    chat.connected()  # as Errbot tells plugins twice
    return chat


PINGS = {
    "here": Ping("here", "here"),
    "Here": Ping("here", "here"),
    "support-team": Ping("support-team", "S0TEAM"),
    "Customer Support": Ping("support-team", "S0TEAM"),
    "S0TEAM": Ping("support-team", "S0TEAM"),
    "ann": Ping("ann", "U0007"),
    "U0007": Ping("ann", "U0007"),
    "BO": Ping("bo.lindqvist", "U0008"),
    "Bo.Lindqvist": Ping("bo.lindqvist", "U0008"),
    "sam.two": Ping("sam.two", "U0010"),
}


@pytest.mark.parametrize("name", PINGS)
@pytest.mark.parametrize("page", [2, 200])
def test_whom_a_name_means(chat: SlackChat, world: Slack, name: str, page: int) -> None:
    world.page = page
    found = chat.whom("<#C01>", name)
    assert (found.name, found.id) == (PINGS[name].name, PINGS[name].id)


NOBODY = {
    "suport-team": ("nobody here", "support-team"),
    "an": ("nobody here", "ann"),
    "Sam": ("several", "sam.one"),
    "channel": ("who isn't there", "here"),
    "everyone": ("who isn't there", "here"),
    "gone": ("nobody here", ""),
    "robot": ("nobody here", ""),
    "<!channel>": ("nobody here", ""),
}


@pytest.mark.parametrize("name", NOBODY)
def test_who_is_not_there_is_refused_with_the_nearest(chat: SlackChat, name: str) -> None:
    why, nearest = NOBODY[name]
    with pytest.raises(NotPinged, match=why) as refused:
        chat.whom("<#C01>", name)
    assert refused.value.nearest == nearest


def test_without_the_scope_people_are_found_and_for_groups_the_scope_is_named(chat: SlackChat, world: Slack) -> None:
    world.answer("usergroups.list", *[refusal("missing_scope", needed="usergroups:read")] * 3)
    assert chat.whom("<#C01>", "ann").id == "U0007"
    assert chat.whom("<#C01>", "S0TEAM").id == "S0TEAM"
    with pytest.raises(ChatError, match="the scope usergroups:read; add it"):
        chat.whom("<#C01>", "support-team")


def test_where_groups_have_to_be_paid_for_there_are_none(chat: SlackChat, world: Slack) -> None:
    world.answer("usergroups.list", *[refusal("paid_teams_only")] * 2)
    assert chat.whom("<#C01>", "ann").id == "U0007"
    with pytest.raises(NotPinged, match="there is nobody here called that"):
        chat.whom("<#C01>", "support-team")


def test_a_ping_that_a_workspace_forbids_costs_no_announcement(chat: SlackChat, world: Slack) -> None:
    world.answer("chat.postMessage", refusal("restricted_action"))
    chat.send("<#C01>", Post((Mention("here", "here"), " hello")), "k1")
    [posted] = world.posted
    assert posted["text"].endswith("＠here hello") and "broadcast" not in str(posted["blocks"])
    world.answer("chat.postMessage", *[refusal("restricted_action_read_only_channel")] * 2)
    with pytest.raises(ChatError, match="allow my app in its permissions"):
        chat.send("<#C01>", Post((Mention("here", "here"), " hello")), "k2")
    world.answer("chat.postMessage", refusal("restricted_action"))
    with pytest.raises(ChatError, match="settings don't allow it"):
        chat.send("<#C01>", HELLO, "k3")
    assert world.count("chat.postMessage") == 5


def test_a_person_of_another_workspace_is_pinged_by_id(chat: SlackChat, world: Slack) -> None:
    world.answer("users.info", refusal("user_not_found"))
    found = chat.whom("<#C01>", "U0FOREIGN")
    assert (found.name, found.id) == ("U0FOREIGN", "U0FOREIGN")


@pytest.mark.parametrize(
    ("user", "why"), [({"deleted": True}, "is deactivated"), ({"is_bot": True}, "an app, and no person")]
)
def test_who_reads_nothing_is_not_pinged_and_given_nothing(
    chat: SlackChat, world: Slack, user: dict[str, bool], why: str
) -> None:
    """Slack takes a message to somebody who has left, and says nothing (slackapi/python-slack-sdk#1156)."""
    world.answer("users.info", *[Reply({"ok": True, "user": {"name": "gone", **user}})] * 2)
    for ask in (chat.whom, chat.member):
        with pytest.raises(NotPinged, match=why):
            ask("<#C01>", "U0011")


def test_a_checkup_tells_of_who_has_left(chat: SlackChat, world: Slack) -> None:
    world.answer("users.info", Reply({"ok": True, "user": {"deleted": True}}))
    gone, *others = chat.examine(["<@U0011>", "<@U0007>", "<#C01>", "<@W0FOREIGN>"])[2:]
    assert isinstance(gone.fact, Unreached) and gone.fact.room == "<@U0011>" and "deactivated" in gone.fact.why
    unseen = [each.fact.rooms for each in others if isinstance(each.fact, Unseen)]
    assert unseen == [("<#C01>",), ("<@U0007>", "<@W0FOREIGN>")]
    world.calls.clear()
    chat.examine([f"<@U{number}>" for number in range(MOST + 5)])
    assert world.count("users.info") == MOST, "Slack counts"


@pytest.mark.parametrize(("admins", "good"), [("U0007", True), ("<@U0007>", False), ("@ann", False)])
def test_admins_are_who_errbot_takes_for_them(bot: Bot, admins: str, good: bool) -> None:
    """Errbot compares ids: a name is found, and gives nobody rights (errbotio/errbot#1133)."""
    bot.bot_config.BOT_ADMINS = (admins,)
    found = examining.admins(bot)
    assert found.state is (State.GOOD if good else State.ATTENTION)
    assert found.fact == Admins(1, (), () if good else ((admins, "U0007"),))


@pytest.mark.parametrize("room", ["C01", "#C01", "<#C01>", "<#C01|support>", "<#C01|>", "#support"])
def test_a_channel_is_found_by_whatever_people_copy(bot: Bot, room: str) -> None:
    """Slack's own links have lost the name at times (alleyinteractive/hubot-code-review#52)."""
    assert name_of(identified(bot, room)) == "<#C01>"


def test_whoever_is_given_a_conversation_is_one_person(chat: SlackChat, world: Slack) -> None:
    """By the name that a message to them is sent to, which is theirs in a room as well."""
    assert chat.member("<#C1>", "BO") == (Person("<@U0008>", "bo.lindqvist"), Mention("U0008", "bo.lindqvist"))
    for group in ("here", "support-team"):
        with pytest.raises(NotPinged, match="not one person"):
            chat.member("<#C1>", group)


def test_a_lookup_that_slack_puts_off_is_made_again(chat: SlackChat, world: Slack) -> None:
    world.answer("users.list", PUT_OFF)
    assert chat.whom("<#C01>", "ann").id == "U0007"
    assert world.count("users.list") == 2


def test_a_lookup_that_slack_puts_off_for_an_hour_holds_up_nobody(chat: SlackChat, bot: Bot, world: Slack) -> None:
    hour = Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3600"})
    world.answer("users.list", hour)
    with pytest.raises(ChatError, match="slow down") as told:
        chat.whom("<#C01>", "ann")
    assert told.value.retry_after == 3600 and world.count("users.list") == 1
    wait_when_asked(bot.slack_web)
    world.answer("users.info", hour)
    assert Lookups(bot.slack_web).users_info(user="U0007")["user"]["id"] == "U0007"
    assert world.count("users.info") == 1


def test_blocks_that_slack_does_not_take_ping_as_text(chat: SlackChat, world: Slack) -> None:
    world.answer("chat.postMessage", refusal("invalid_blocks"))
    chat.send("<#C01>", Post((Mention("S0GONE", "team"), " hello")), "k1")
    [posted] = world.posted
    assert "blocks" not in posted and posted["text"] == "<!subteam^S0GONE> hello"


def taken_in(bot: Bot, channel: str) -> Message:
    """A command as slackv3 makes it of an event, with a client that is never at a loss."""
    client = Lookups(bot.slack_web)
    event = {"channel": channel, "user": "U0007", "ts": "1795435300.000100"}
    message = Message("!inbox", extras={"slack_event": event})
    if channel.startswith("D"):
        message.frm = message.to = SlackPerson(client, "U0007", channel)
    else:
        message.frm = SlackRoomOccupant(client, "U0007", channel, bot)
        message.to = SlackRoom(webclient=client, channelid=channel, bot=bot)
    return message


LOOKUPS = ("users.info", "team.info", "conversations.info")
AT_A_LOSS = {
    "put off": (PUT_OFF,),
    "ratelimited": (refusal("ratelimited"),) * 40,
    "user_not_found": (refusal("user_not_found"),) * 40,
    "channel_not_found": (refusal("channel_not_found"),) * 40,
    "missing_scope": (refusal("missing_scope", needed="team:read"),) * 40,
    "a server's page": (Reply("<html>", 502),) * 40,
    "nothing": (Reply({"ok": True}),) * 40,
    "half of it": (Reply({"ok": True, "user": {"id": "U0007"}, "channel": {"id": "C9"}, "team": {}}),) * 40,
}


@pytest.mark.parametrize("channel", ["C01", "D0007"])
@pytest.mark.parametrize("method", LOOKUPS)
@pytest.mark.parametrize("how", AT_A_LOSS)
def test_a_command_is_answered_whatever_slack_says_of_who_and_where(
    chat: SlackChat, bot: Bot, world: Slack, channel: str, method: str, how: str
) -> None:
    world.answer(method, *AT_A_LOSS[how])
    message = taken_in(bot, channel)
    assert message.frm.aclattr == "U0007" and message.is_group == (channel == "C01")
    chat.answer(message, HELLO, private=False, threaded=False)
    assert [posted["channel"] for posted in world.posted] == [channel]


def test_what_slack_tells_is_known_as_ever(chat: SlackChat, bot: Bot) -> None:
    message = taken_in(bot, "C01")
    assert (message.frm.fullname, message.frm.domain, message.to.name) == ("Ann B", "acme", "support")


def test_who_has_no_name_is_not_named_in_the_answer(chat: SlackChat, bot: Bot, world: Slack) -> None:
    bot.bot_config.GROUPCHAT_NICK_PREFIXED = True
    world.answer("users.info", *[refusal("user_not_found")] * 9)
    chat.answer(taken_in(bot, "C01"), HELLO, private=False, threaded=False)
    assert world.posted[0]["text"] == "hello"


def test_a_private_answer_waits_where_slack_puts_off_its_channel(chat: SlackChat, bot: Bot, world: Slack) -> None:
    world.answer("conversations.open", PUT_OFF)
    chat.answer(taken_in(bot, "C01"), HELLO, private=True, threaded=False)
    assert [posted["channel"] for posted in world.posted] == ["D0007"]


def test_an_announcement_whose_channel_took_long_to_find_is_put_off(bot: Bot, world: Slack) -> None:
    ticks = count(step=11)
    chat = SlackChat(bot, "!", clock=lambda: float(next(ticks)), sleep=lambda seconds: None)
    with pytest.raises(ChatError, match="slow down"):
        chat.send("#support", HELLO, "k1")
    assert not world.posted, "another bot may have sent it meanwhile"
