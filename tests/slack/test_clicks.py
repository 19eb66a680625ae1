"""Clicks, forms, slash commands and the App Home with the real backend in a real Errbot, in both modes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from simulator.thread import Person
from tests.slack.conftest import BARRED
from tests.slack.events import signed
from tests.slack.gateway import PATIENCE, TEAM_ID, Call
from tests.slack.limits import read
from tests.slack.payloads import clicked, clicked_in_view, element_action, submitted
from tests.slack.workspace import Said, Workspace, clicks_url, names


def told(team: Workspace, method: str, *parts: str, **about: str) -> Call:
    """The latest call of a method about this that says all parts, as soon as there is one."""

    def there(calls: list[Call]) -> list[Call]:
        return [
            call
            for call in calls
            if call.method == method
            and call.done
            and all(call.arguments.get(key) == value for key, value in about.items())
            and all(part in said_by(call) for part in parts)
        ]

    return there(team.gateway.wait_for(lambda calls: bool(there(calls))))[-1]


def said_by(call: Call) -> str:
    """What a call lets people read, in a message or in a window."""
    view = call.arguments.get("view") or {}
    return read(call.arguments.get("blocks") or view.get("blocks") or []) or str(call.arguments.get("text", ""))


def announced(team: Workspace, channel: str, words: str = "hello there") -> Said:
    name = f"Clicked {next(names)}"
    team.graph.world.write("acme", Person(f"77700{next(names)}", name=name), words, at=time.time())
    [said] = [one for one in team.hear(channel, name) if name in one.words]
    return said


def test_a_claim_is_told_to_who_clicks_and_seen_by_all(team: Workspace) -> None:
    channel = team.watch()
    said = announced(team, channel)
    ann = team.people["ann"]
    ann.api("conversations.join", channel=channel)
    ann.click(channel, said.ts, said.blocks, "I take it")
    told(team, "chat.postEphemeral", channel=channel, user=ann.id)
    edited = told(team, "chat.update", "has had it since", ts=said.ts)
    buttons = [one["text"]["text"] for one in edited.arguments["blocks"][-1]["elements"] if one["type"] == "button"]
    assert buttons[0] == "Release"
    team.admin.click(channel, said.ts, said.blocks, "I take it")
    told(team, "chat.postEphemeral", "over", channel=channel, user=team.admin.id)
    team.admin.click(channel, said.ts, said.blocks, "Snooze", "for 2 hours")
    told(team, "chat.postEphemeral", "nooze", channel=channel, user=team.admin.id)


def test_to_show_opens_a_window_with_the_thread_and_says_nothing_in_the_channel(team: Workspace) -> None:
    channel = team.watch()
    said = announced(team, channel, "is *this* still <!here> there?")
    before = len(team.said(channel))
    team.admin.click(channel, said.ts, said.blocks, "Show")
    opened = told(team, "views.open", "One moment")
    view = opened.taken["view"]
    shown = told(team, "views.update", "is *this* still <!here> there?", view_id=view["id"])
    [note] = [
        one
        for one in shown.arguments["view"]["blocks"][-1]["elements"]
        if str(one.get("value")).startswith("inbox note")
    ]
    team.admin.does(clicked_in_view(team.admin.id, view, element_action(note), TEAM_ID))
    asked = told(team, "views.update", "What should the team know?", view_id=view["id"]).arguments["view"]
    answer = team.admin.does(submitted(team.admin.id, asked | {"id": view["id"]}, "calls back", TEAM_ID))
    assert answer["response_action"] == "update"
    told(team, "views.update", "oted", view_id=view["id"])
    assert len(team.said(channel)) == before


def refused(call: Call, channel: str, person: str) -> bool:
    """Whether somebody was told alone in this channel that they may not."""
    place = call.arguments.get("channel"), call.arguments.get("user")
    return call.method == "chat.postEphemeral" and place == (channel, person) and "not allowed here" in said_by(call)


def test_who_may_not_is_told_so_alone_and_nothing_changes(team: Workspace) -> None:
    channel = team.watch()
    said = announced(team, channel)
    barred = team.people[BARRED]
    barred.api("conversations.join", channel=channel)
    barred.click(channel, said.ts, said.blocks, "Snooze", "for 2 hours")
    told(team, "chat.postEphemeral", "inbox snooze is not allowed here", channel=channel, user=barred.id)
    barred.slash(channel, f"snooze {said.words.rpartition(' · ')[2]} for 3h")
    team.gateway.wait_for(lambda calls: sum(refused(call, channel, barred.id) for call in calls) == 2)
    assert "snoozed" not in team.ask(team.admin, f"!inbox why {said.words.rpartition(' · ')[2]}", channel)


def test_a_slash_command_answers_the_asker_or_all(team: Workspace) -> None:
    channel = team.channel(team.people["ann"])
    team.people["ann"].slash(channel, "spam instagram limit 2")
    told(team, "chat.postEphemeral", "14 conversations", channel=channel, user=team.people["ann"].id)
    team.people["ann"].slash(channel, "spam instagram limit 2 in channel")
    team.hear(channel, "14 conversations")


def test_a_slash_command_where_the_bot_is_not(team: Workspace) -> None:
    channel = team.admin.make(f"private-{next(names)}", private=True, invite=False)
    team.admin.slash(channel, "pages", address=team.gateway.url + "response-1")
    told(team, "response-1", "200300400", response_type="ephemeral")
    assert "response-1" not in team.log


def test_the_app_home(team: Workspace) -> None:
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": team.admin.id,
        "tab": "home",
        "event_ts": "1795900002.1",
    }
    team.gateway.deliver(event)
    told(team, "views.publish", "Messenger", user_id=team.admin.id)


def test_what_is_forged_changes_nothing(team: Workspace) -> None:
    channel = team.watch()
    said = announced(team, channel)
    action = {"type": "button", "action_id": "inbox:1", "block_id": "b", "value": "inbox unwatch 1\n", "action_ts": "1"}
    for payload, answer in (
        (clicked(team.admin.id, channel, action, message={"ts": said.ts}, team=TEAM_ID), "I don't know that button"),
        (clicked(team.admin.id, channel, action, message={"ts": said.ts}, team="T0OTHER"), "my own workspace"),
    ):
        team.admin.does(payload)
        told(team, "chat.postEphemeral", answer, user=team.admin.id)


@pytest.mark.parametrize("mode", ["events"], indirect=True, scope="session")
def test_a_click_that_slack_did_not_sign_runs_nothing(team: Workspace) -> None:
    body = b"payload=" + json.dumps({"type": "block_actions"}).encode()
    forged, late = signed(body, 0, secret="guessed"), signed(body, 0, at=time.time() - 600)
    for headers in (forged, late):
        answer = requests.post(clicks_url(team.port), data=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code == 403
