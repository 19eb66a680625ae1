"""Reactions in Slack, through slackv3's own handlers, whatever Slack tells of who made them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from errbot.backends.base import REACTION_ADDED, REACTION_REMOVED, Reaction

from pageinbox.chat.errbot.incoming import person_of, room_of
from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack.send import SlackChat
from pageinbox.model.act import ActKind
from pageinbox.model.post import Foreign, Post
from tests.slack_web import Bot, Clock, Reply, Slack, refusal

POST = Post((Foreign("Sam"), " has it"))
RECEIPT = "1795435200.000000"


class Told(Bot):
    """slackv3, which keeps what it would tell plugins."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self.reactions: list[Reaction] = []

    def callback_reaction(self, reaction: Reaction) -> None:
        self.reactions.append(reaction)


@pytest.fixture
def world() -> Iterator[Slack]:
    running = Slack()
    yield running
    running.close()


@pytest.fixture
def bot(world: Slack) -> Told:
    return Told(world)


@pytest.fixture
def chat(bot: Told) -> SlackChat:
    clock = Clock()
    made = SlackChat(bot, "!", clock=clock, sleep=clock.sleep)
    made.connected()
    made.connected()
    return made


def event(name: str = "eyes", user: str = "U0007", channel: str = "C01", **more: Any) -> dict[str, Any]:
    """What Slack tells of a reaction, to a message of the bot's where nothing else is said."""
    item = {"type": "message", "channel": channel, "ts": RECEIPT}
    about = {"type": "reaction_added", "user": user, "reaction": name, "item": item, "item_user": "U0BOT"}
    return about | {"event_ts": "1795435300.000100"} | more


def heard(bot: Told, event: dict[str, Any]) -> Reaction:
    """The reaction that plugins are told of when Slack tells of an event."""
    bot._generic_wrapper({"event": event})
    return bot.reactions.pop()


def test_a_reaction_is_a_message_below_what_it_is_about(chat: SlackChat, bot: Told) -> None:
    found = chat.reacted(heard(bot, event()))
    assert found and (found.sign.kind, found.taken_back, found.receipt) == (ActKind.CLAIM, False, RECEIPT)
    message = found.message
    assert message.is_group and room_of(message) == "<#C01>" and message.frm.aclattr == "U0007"
    assert person_of(message.frm).id == "<@U0007>" and chat.replied(message) == (RECEIPT,)


def test_a_reaction_to_a_direct_message_is_of_the_person_alone(chat: SlackChat, bot: Told) -> None:
    found = chat.reacted(heard(bot, event(channel="D0007")))
    assert found and found.message.is_direct and room_of(found.message) == "<@U0007>"


def test_a_reaction_is_met_once_and_taking_it_back_is_another(chat: SlackChat, bot: Told) -> None:
    again = event(event_ts="1795435300.000300")
    back = event(type="reaction_removed", event_ts="1795435300.000200")
    found = [chat.reacted(heard(bot, each)) for each in (event(), event(), back, back, again)]
    assert [each and each.taken_back for each in found] == [False, None, True, None, False]
    assert [each.action for each in (heard(bot, event()), heard(bot, back))] == [REACTION_ADDED, REACTION_REMOVED]


@pytest.mark.parametrize(
    "event",
    [
        event("thumbsup"),
        event(user="U0BOT"),
        event(user="USLACKBOT"),
        event(item_user="U0008"),
        event(item={"type": "file", "file": "F1"}),
    ],
    ids=["means nothing", "the bot's own", "Slackbot's", "to somebody's words", "to a file"],
)
def test_what_is_no_reaction_of_a_person_to_what_the_bot_said_is_nothing(
    chat: SlackChat, bot: Told, event: dict[str, Any]
) -> None:
    assert chat.reacted(heard(bot, event)) is None


def test_a_bots_reaction_is_nothing(chat: SlackChat, bot: Told, world: Slack) -> None:
    reaction = heard(bot, event())
    world.answer("users.info", Reply({"ok": True, "user": {"id": "U0007", "is_bot": True, "profile": {}}}))
    assert chat.reacted(reaction) is None


@pytest.mark.parametrize("method", ["users.info", "team.info", "conversations.info"])
@pytest.mark.parametrize(
    "reply",
    [refusal("ratelimited"), refusal("user_not_found"), Reply("<html>", 502), Reply({"ok": True})],
    ids=range(4),
)
def test_no_reaction_is_lost_whatever_slack_says_of_who_and_where(
    chat: SlackChat, bot: Told, world: Slack, method: str, reply: Reply
) -> None:
    world.answer(method, *[reply] * 40)
    found = chat.reacted(heard(bot, event()))
    assert found and found.message.frm.aclattr == "U0007" and room_of(found.message) == "<#C01>"


def test_what_went_wrong_is_said_to_the_person_alone(chat: SlackChat, bot: Told, world: Slack) -> None:
    for channel in ("C01", "D0007"):
        found = chat.reacted(heard(bot, event(channel=channel)))
        assert found
        chat.whisper(found.message, POST)
    (whispered,) = [given for method, given in world.calls if method == "chat.postEphemeral"]
    assert (whispered["channel"], whispered["user"]) == ("C01", "U0007")
    assert whispered["blocks"] == slack.message(POST)["blocks"]
    assert [posted["channel"] for posted in world.posted] == ["D0007"]


def test_who_is_in_the_channel_no_more_is_told_in_a_direct_message(chat: SlackChat, bot: Told, world: Slack) -> None:
    world.answer("chat.postEphemeral", refusal("user_not_in_channel"))
    found = chat.reacted(heard(bot, event()))
    assert found
    chat.whisper(found.message, POST)
    assert [posted["channel"] for posted in world.posted] == ["D0007"]
    [given] = [given for method, given in world.calls if method == "chat.postMessage"]
    assert not given["unfurl_links"] and not given["unfurl_media"], "no preview of what a customer's link leads to"
