"""Watches that ping: whom people name, as Slack writes it, is notified by announcements, and nobody else is."""

import time

import pytest

from simulator.thread import Person
from tests.slack.gateway import Call, refusal
from tests.slack.test_wire import compare
from tests.slack.workspace import Workspace, names

# What the bot says goes the same way in both modes.
pytestmark = pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")

NOTIFYING = {"broadcast", "usergroup", "user"}


def pings(call: Call) -> tuple[list[dict[str, str]], str]:
    """Whom a message notifies: the elements of its blocks, and what its text has in angle brackets."""
    said = [block for block in call.arguments["blocks"] if block["type"] == "rich_text"]
    sections = [part for block in said for part in block["elements"]]
    elements = [one for part in sections for one in part["elements"] if one["type"] in NOTIFYING]
    text = call.arguments["text"]
    return elements, text[: text.rindex("> ") + 2] if "<" in text else ""


def test_an_announcement_pings_whom_the_watch_names_and_its_edit_nobody(team: Workspace) -> None:
    channel, ann = team.channel(), team.people["ann"]
    before = len(team.said(channel))
    team.admin.say(
        channel,
        "!inbox watch messenger ping @here @support @ann",
        wire=f"!inbox watch messenger ping <!here> <!subteam^S0SUPPORT|@support> <@{ann.id}>",
    )
    (made,) = team.until(lambda: team.said(channel)[before:], "the answer")
    assert "ping @here, @support and @ann." in made.words and "<" not in made.text
    name = f"Golden {next(names)}"
    person = Person(f"66600{next(names)}", name=name)
    began = time.time()
    team.graph.world.write("acme", person, f"<!channel> <@{ann.id}> <!subteam^S0SUPPORT> @here", at=began)
    heard = team.hear(channel, name)[-1]
    ref = heard.words.splitlines()[-1].rpartition(" · ")[2]
    announced = next(call for call in team.gateway.calls if call.taken.get("ts") == heard.ts)
    assert pings(announced) == (
        [
            {"type": "broadcast", "range": "here"},
            {"type": "usergroup", "usergroup_id": "S0SUPPORT"},
            {"type": "user", "user_id": ann.id},
        ],
        f"<!here> <!subteam^S0SUPPORT> <@{ann.id}> ",
    )
    compare("ping", announced, ref)
    team.graph.world.write("acme", person, "is anybody there?", at=began + 1)
    team.hear(channel, "is anybody there?")
    edited = [call for call in team.gateway.calls if call.method == "chat.update" and call.channel == channel][-1]
    assert pings(edited) == ([], "")
    number = made.words.partition(":")[0].removeprefix("Watch ")
    assert "has ended" in team.ask(team.admin, f"!inbox unwatch {number}", channel)


def test_whom_nobody_knows_is_refused_with_the_nearest(team: Workspace) -> None:
    channel = team.channel()
    refused = team.ask(team.admin, "!inbox watch messenger ping @suport", channel)
    assert "I can't ping @suport" in refused and "!inbox watch inbox messenger ping @support" in refused
    team.gateway.fail(refusal("missing_scope", needed="usergroups:read"), "usergroups.list")
    assert "usergroups:read" in team.ask(team.admin, "!inbox watch messenger ping @support", channel)
    assert "Nothing is being watched here" in team.ask(team.admin, "!inbox watches", channel)
