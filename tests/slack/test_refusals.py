"""Slack refuses, limits, breaks off: what waits is told in the outbox in a sentence, and nothing is lost or doubled."""

import time
from collections.abc import Iterable
from itertools import pairwise

import pytest

from tests.slack.gateway import LOST, PATIENCE, Call, broken, limited, missing_scope, refusal
from tests.slack.workspace import Workspace, names

# What the bot says goes the same way in both modes.
pytestmark = pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")

SPACING = 1.0
"""Seconds between two messages in a channel: docs.slack.dev, "Rate limits"."""


def tries(calls: list[Call], channel: str) -> list[Call]:
    """The messages that were to be said in a channel, whatever became of them."""
    return [call for call in calls if call.method == "chat.postMessage" and call.arguments["channel"] == channel]


def tried(team: Workspace, channels: Iterable[str], since: int) -> None:
    """Wait until the bot tried to say something in each of the channels, among the calls after the first `since`."""
    for channel in channels:

        def ended(calls: list[Call], channel: str = channel) -> bool:
            return any(call.done for call in tries(calls[since:], channel))

        team.gateway.wait_for(ended)


def heard_once(team: Workspace, name: str, *channels: str) -> None:
    """Wait until the conversation was told in each of the channels, and see that Slack has it there once."""
    for channel in channels:
        team.hear(channel, name)
    team.idle()
    for channel in channels:
        stands = [message for message in team.admin.history(channel) if name in str(message)]
        assert len(stands) == 1, f"{name} stands {len(stands)} times in {channel}"


def in_outbox(team: Workspace, expected: dict[str, str]) -> None:
    """Ask for `!inbox outbox` in a direct chat until it says of each of these channels what is expected there.

    What Slack has refused is told there a moment later, when the bot has written it down.
    """
    channel, told = team.admin.direct(), ""
    give_up = time.monotonic() + PATIENCE
    while missing := {
        where: sentence
        for where, sentence in expected.items()
        if not any(where in line and sentence in line for line in told.split("\n"))
    }:
        assert time.monotonic() < give_up, f"{missing} in\n{told}"
        told = team.ask(team.admin, "!inbox outbox", channel)


REFUSALS = {
    "not_in_channel": (refusal("not_in_channel"), "invite me"),
    "channel_not_found": (refusal("channel_not_found"), "can't see that channel"),
    "channel_is_archived": (refusal("channel_is_archived"), "archived"),
    "missing_scope": (missing_scope("chat:write"), "chat:write"),
    "token_revoked": (refusal("token_revoked"), "token"),
    "invalid_auth": (refusal("invalid_auth"), "token"),
    "restricted_action": (refusal("restricted_action"), "allow it"),
    "503": (broken(503), "503"),
    "429": (limited(3), "slow down"),
}


def test_what_slack_refuses_waits_with_a_sentence_and_is_said_once_mended(team: Workspace) -> None:
    channels = {name: team.watch() for name in REFUSALS}
    archived, lost, blind = team.watch(), team.watch(), team.watch()
    for name, (fault, _) in REFUSALS.items():
        team.gateway.fail(fault, "chat.postMessage", channels[name])
    for channel in (lost, blind):
        team.gateway.fail(LOST, "chat.postMessage", channel, times=1)
    team.gateway.fail(missing_scope("channels:history"), "conversations.history", blind)
    team.admin.api("conversations.archive", channel=archived)
    before = len(team.gateway.calls)
    name = f"Refused {next(names)}"
    team.writes(name)
    everywhere = (*channels.values(), archived, lost)
    try:
        tried(team, (*everywhere, blind), before)
        in_outbox(team, {archived: "archived"} | {channels[kind]: told for kind, (_, told) in REFUSALS.items()})
        team.hear(blind, "may be a repeat")
    finally:
        team.gateway.mend()
        team.admin.api("conversations.unarchive", channel=archived)
    heard_once(team, name, *everywhere)
    refused, *again = tries(team.gateway.calls[before:], channels["429"])
    assert refused.status == 429 and again
    assert all(later.at - sooner.at >= 3 for sooner, later in pairwise([refused, *again]))
    looked = [call.channel for call in team.gateway.calls[before:] if call.method == "conversations.history"]
    assert {lost, channels["503"]} <= set(looked), "what may have arrived is looked for"
    assert not [one for channel in everywhere for one in team.said(channel) if "repeat" in one.words]


def test_an_answer_waits_as_long_as_slack_wants(team: Workspace) -> None:
    channel = team.channel()
    team.gateway.fail(limited(2), "chat.postMessage", channel, times=1)
    assert "200300400" in team.ask(team.admin, "!inbox pages", channel)
    refused, again = tries(team.gateway.calls, channel)
    assert refused.status == 429 and again.at - refused.at >= 2


def test_one_message_a_second_and_channel(team: Workspace) -> None:
    channel = team.watch()
    before = len(tries(team.gateway.calls, channel))
    name = f"Paced {next(names)}"
    team.writes(name)
    for _ in range(3):
        team.admin.say(channel, "!inbox pages")
    team.hear(channel, name)
    team.idle()
    times = [call.at for call in tries(team.gateway.calls, channel)[before - 1 :]]
    assert len(times) == 5
    assert all(later - sooner >= SPACING for sooner, later in pairwise(times)), times


def test_blocks_that_slack_takes_no_more_arrive_as_text(team: Workspace) -> None:
    channel = team.channel()
    team.gateway.fail(refusal("invalid_blocks"), "chat.postMessage", channel, times=1)
    team.admin.say(channel, "!inbox spam instagram")
    (plain,) = team.hear(channel, "14 conversations")
    assert not plain.blocks and "hello, is this still available?" in plain.words


def test_a_token_that_is_revoked_for_a_while_loses_no_announcement(team: Workspace) -> None:
    channel = team.watch()
    team.gateway.fail(refusal("token_revoked"))
    before = len(team.gateway.calls)
    name = f"Revoked {next(names)}"
    team.writes(name)
    try:
        tried(team, [channel], before)
    finally:
        team.gateway.mend()
    heard_once(team, name, channel)
