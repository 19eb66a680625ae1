"""What Slack tells twice, late, or after all differently: a command runs once."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests

from tests.slack.emulator import BOT_USER
from tests.slack.events import signed
from tests.slack.gateway import PATIENCE, Call, payload
from tests.slack.workspace import Said, Workspace, names


def answers(team: Workspace, channel: str) -> list[str]:
    """What the bot has said in a channel, once it is through with every command."""
    team.ask(team.admin, "!inbox help", channel)
    team.idle()
    return [one.words for one in team.said(channel)]


def test_a_redelivered_event_and_an_edit_run_no_command_again(team: Workspace) -> None:
    channel = team.channel()
    event = team.admin.say(channel, "!inbox pages")
    team.hear(channel, "200300400")
    team.admin.again(event)
    team.admin.edit(event, "!inbox pages please")
    said = answers(team, channel)
    assert ["200300400" in text for text in said] == [True, False]


def test_an_event_that_comes_again_before_the_first_is_answered(team: Workspace) -> None:
    channel = team.channel()
    team.admin.again(team.admin.say(channel, "!inbox pages"))
    assert sum("200300400" in text for text in answers(team, channel)) == 1


@pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")
def test_an_acknowledgement_that_is_lost_with_its_connection(team: Workspace) -> None:
    channel = team.channel()
    assert team.gateway.socket_mode
    team.gateway.socket_mode.deaf = 1
    team.admin.say(channel, "!inbox pages")
    assert team.gateway.socket_mode.deaf == 0, "the first acknowledgement got lost"
    said = answers(team, channel)
    assert ["200300400" in text for text in said] == [True, False]


@pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")
def test_slack_wants_a_new_connection(team: Workspace) -> None:
    channel = team.channel()
    opened = sum(call.method == "apps.connections.open" for call in team.gateway.calls)
    team.gateway.refresh()
    assert "200300400" in team.ask(team.admin, "!inbox pages", channel)
    assert sum(call.method == "apps.connections.open" for call in team.gateway.calls) == opened + 1


@pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")
def test_socket_mode_is_switched_off_and_on(team: Workspace) -> None:
    channel = team.channel()
    team.gateway.disable()
    assert "200300400" in team.ask(team.admin, "!inbox pages", channel)


@pytest.mark.parametrize("mode", ["events"], indirect=True, scope="session")
def test_a_request_that_slack_did_not_sign_runs_nothing(team: Workspace) -> None:
    channel = team.channel()
    event = {"type": "message", "user": team.admin.id, "text": "!inbox pages", "channel": channel, "ts": "1.1"}
    body = json.dumps(payload(event | {"event_ts": "1.1"}, "EvFORGED")).encode()
    forged = signed(body, 0, secret="guessed")
    late = signed(body, 0, at=time.time() - 600)
    for headers in (forged, late):
        answer = requests.post(team.address, data=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code in (403, 500), "slackeventsapi means 403 and stumbles on its way there"
    assert not [text for text in answers(team, channel) if "200300400" in text]


@pytest.mark.parametrize("mode", ["events"], indirect=True, scope="session")
def test_slack_asks_whether_the_address_is_the_bots(team: Workspace) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "is it you?"}).encode()
    answer = requests.post(team.address, data=body, headers=signed(body, 0), timeout=PATIENCE)
    assert answer.json() == {"challenge": "is it you?"}


def test_what_is_typed_while_an_admins_command_waits_for_others_is_carried_out(team: Workspace) -> None:
    # Errbot closes its pool of threads until nothing runs in it any more.
    admin, ann, bo = (team.people[name] for name in ("ops", "ann", "bo"))
    channels = [team.channel(ann), admin.direct(), team.channel(bo), team.channel(bo)]
    said_before = [len(team.said(channel)) for channel in channels]
    pipe = team.folder / f"pipe{next(names)}"
    os.mkfifo(pipe)
    said = (
        (ann, f"!held {pipe}"),
        (admin, "!plugin info Probe"),
        (bo, "!inbox pages"),
        (bo, "`!inbox pages`"),  # which Errbot finds no command in
    )
    with ThreadPoolExecutor(len(said)) as threads:
        done = []
        for channel, (person, text) in zip(channels, said, strict=True):
            before = len(team.gateway.calls)
            done.append(threads.submit(person.say, channel, text, wire=text))
            team.gateway.wait_for(partial(looked_up, channel, before))
        with pipe.open("w") as held:
            held.write("held until now")
        for each in done:
            each.result()
    expected = ("held until now", "name: Probe", "200300400", "200300400")
    for channel, told, old in zip(channels, expected, said_before, strict=True):
        team.until(partial(said_since, team, channel, old, told), told)
    team.idle()
    for channel, told, old in zip(channels, expected, said_before, strict=True):
        # The admin has asked for the same once more by now.
        assert len(said_since(team, channel, old, told)) == (2 if channel == admin.direct() else 1)


def said_since(team: Workspace, channel: str, old: int, part: str) -> list[Said]:
    """What the bot has said in a channel with this in it, but for so many messages that are old."""
    return [one for one in team.said(channel)[old:] if part in one.words]


def looked_up(channel: str, before: int, calls: list[Call]) -> bool:
    """Whether the bot has asked what channel this is, as it does just before it carries out a command given there."""
    lookups = (call for call in calls[before:] if call.method == "conversations.info" and call.done)
    return channel in [call.arguments["channel"] for call in lookups]


def test_a_mention_is_a_prefix(team: Workspace) -> None:
    channel = team.channel()
    team.people["ann"].say(channel, "@errbot inbox pages", wire=f"<@{BOT_USER}> inbox pages")
    team.hear(channel, "200300400")


def test_what_no_person_has_typed_as_usual_is_heard_or_passed_by(team: Workspace) -> None:
    ann = team.people["ann"]
    commands: list[dict[str, Any]] = [
        {"subtype": "thread_broadcast", "user": ann.id, "thread_ts": "1795900000.000001"},
        {"subtype": "file_share", "user": ann.id, "files": [{"id": "F1"}]},
        {"subtype": "me_message", "user": ann.id},
        {"subtype": "bot_message", "bot_id": "B0WORKFLOW", "username": "A workflow"},
        {"user": "USLACKBOT"},
        {"user": "W0FOREIGN", "user_team": "T0OTHER"},
        {"user": ann.id, "text": "\u00a0`!inbox pages`"},  # as pasted from an answer
    ]
    others: list[dict[str, Any]] = [
        {"subtype": "bot_message", "bot_id": "B0HOOK", "text": None, "attachments": [{"text": "!inbox pages"}]},
        {"subtype": "bot_message", "text": "Pssst!"},
        {
            "subtype": "message_changed",
            "message": {"subtype": "bot_message", "bot_id": "B0HOOK", "text": "!inbox pages"},
        },
        {"subtype": "channel_join", "user": BOT_USER, "text": f"<@{BOT_USER}> inbox pages"},
        {"type": "app_mention", "user": ann.id, "text": f"<@{BOT_USER}> inbox pages"},
    ]
    heard, unheard = ([team.channel() for _ in events] for events in (commands, others))
    for number, (channel, event) in enumerate(zip([*unheard, *heard], [*others, *commands], strict=True)):
        ts = f"1795900001.{number:06}"
        about = {"type": "message", "channel": channel, "channel_type": "channel", "ts": ts, "event_ts": ts}
        team.gateway.deliver(about | {"text": "!inbox pages"} | event)
    for channel in heard:
        team.hear(channel, "200300400")
    team.idle()
    assert not [said for said in team.said() if said.channel in unheard]
