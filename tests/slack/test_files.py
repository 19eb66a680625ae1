"""Files in Slack: what the real backend sends, and what stands in the channel then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attached import ALT, CSV, PNG
from tests.slack.gateway import Call, missing_scope
from tests.slack.workspace import Workspace, names

# What the bot says goes the same way in both modes.
pytestmark = pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")

ASK, DONE = "files.getUploadURLExternal", "files.completeUploadExternal"


def shared(team: Workspace, channel: str, count: int) -> list[Call]:
    """The calls that share files in a channel, once there are so many."""

    def there(calls: list[Call]) -> list[Call]:
        return [one for one in calls if one.method == DONE and one.arguments["channel_id"] == channel and one.done]

    return there(team.gateway.wait_for(lambda calls: len(there(calls)) >= count))


def files(messages: list[dict[str, Any]]) -> list[str]:
    """The name of each file, in the order of the messages they are in."""
    return [file["name"] for message in messages for file in message.get("files", ())]


def test_files_stand_below_their_text_in_the_channel_or_in_the_thread(team: Workspace) -> None:
    channel = team.channel()
    before = len(team.gateway.calls)
    team.admin.say(channel, "!attached")
    shared(team, channel, 2)
    calls = [call for call in team.gateway.calls[before:] if call.method in (ASK, DONE)]
    picture, table = {"filename": "stats.png", "length": str(len(PNG))}, {"filename": "stats.csv"}
    assert calls[0].arguments == picture | {"alt_txt": ALT}
    assert calls[2].arguments == table | {"length": str(len(CSV))}
    for asked, done in (calls[:2], calls[2:]):
        title = {"id": asked.taken["file_id"], "title": asked.arguments["filename"]}
        assert done.arguments == {"files": [title], "channel_id": channel}
    assert team.gateway.uploads[-2:] == [PNG, CSV]
    history = team.admin.history(channel)
    assert [message.get("text") for message in history[1:]] == ["Acme: 4 new", "", ""]
    assert files(history) == ["stats.png", "stats.csv"]

    root = team.admin.say(channel, "something else")["ts"]
    team.admin.say(channel, "!attached", root)
    assert [call.arguments.get("thread_ts") for call in shared(team, channel, 4)[2:]] == [root, root]
    assert len(files(team.admin.thread(channel, root))) == 2 and len(files(team.admin.history(channel))) == 2


def test_files_of_an_announcement_follow_it(team: Workspace) -> None:
    channel = team.channel()
    team.admin.say(team.channel(), f"!attached {channel}")
    shared(team, channel, 2)
    history = team.admin.history(channel)
    assert [message.get("text") for message in history] == ["Acme: 4 new", "", ""] and len(files(history)) == 2


def test_without_the_scope_the_text_comes_with_a_sentence(team: Workspace) -> None:
    channel = team.channel()
    team.gateway.fail(missing_scope("files:write"), ASK)
    team.admin.say(channel, "!attached")
    why = "My Slack app lacks the scope files:write; add it and reinstall the app."
    told = team.hear(channel, f"I couldn't send stats.csv. {why}")
    assert [one.words for one in told] == [
        "Acme: 4 new",
        f"I couldn't send the chart. {why}",
        f"I couldn't send stats.csv. {why}",
    ]
    assert "The file stats.csv could not be sent: My Slack app lacks the scope files:write" in team.log


def test_stats_come_with_their_chart_and_as_a_table(team: Workspace) -> None:
    channel = team.watch()
    name = f"Stat {next(names)}"
    team.writes(name)
    team.hear(channel, name)
    before = len(team.gateway.uploads)
    assert "last 7 days: " in team.ask(team.admin, "!inbox stats 7d", channel)
    shared(team, channel, 1)
    team.ask(team.admin, "!inbox stats csv 7d", channel)
    picture, table = (call.taken["files"][0]["id"] for call in shared(team, channel, 2))
    asked = {call.taken["file_id"]: call.arguments for call in team.gateway.calls if call.method == ASK and call.taken}
    chart, rows = team.gateway.uploads[before:]
    assert chart.startswith(PNG[:8]) and len(chart) > 20_000
    assert asked[picture]["filename"] == "stats.png" and asked[picture]["alt_txt"].startswith("Chart for ")
    assert asked[table]["filename"].endswith(".csv") and rows.decode("utf-8-sig").startswith("kind,page,")
