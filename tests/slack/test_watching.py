"""Watches in the real slackv3 backend: announcements, bursts, mutes and reloads."""

import re

from tests.slack.workspace import Workspace, names


def told(team: Workspace, channel: str) -> list[str]:
    """The announcements in a channel, each as what a person reads."""
    return [
        one.words
        for one in team.said(channel)
        if re.search("[Nn]ew in Acme", one.words) and "An announcement looks like this" not in one.words
    ]


def test_a_watch_announces_once_and_its_ref_is_known(team: Workspace) -> None:
    channel = team.watch()
    name = f"Zoe Zander {next(names)}"
    team.writes(name, "do you ship to Malta?")
    heard = team.hear(channel, name)[-1]
    assert "do you ship to Malta?" in heard.words and heard.thread == ""
    (ref,) = re.findall(r"· ([a-z0-9]{4,})\b", heard.words)
    ann = team.people["ann"]
    assert "do you ship to Malta?" in team.ask(ann, f"!inbox show {ref}", channel)
    assert channel in team.ask(team.admin, f"!inbox why {ref}", team.admin.direct())
    assert channel not in team.ask(ann, f"!inbox why {ref}", ann.direct())
    assert [name in text for text in told(team, channel)] == [True]
    shown = [message for message in team.admin.history(channel) if message["ts"] == heard.ts]
    assert len(shown) == 1, "what the gateway wrote down is what stands in Slack"


def test_a_command_in_the_thread_of_an_announcement_is_about_it(team: Workspace) -> None:
    channel = team.watch()
    name = f"Rita Reply {next(names)}"
    team.writes(name, "do you ship to Malta?")
    root = team.hear(channel, name)[-1].ts
    assert "do you ship to Malta?" in team.ask(team.admin, "!inbox show", channel, root)
    assert "Muted here until" in team.ask(team.admin, "!inbox mute for 2h", channel, root)
    assert root in team.ask(team.admin, "!inbox why", channel, root)
    assert "Which conversation?" in team.ask(team.admin, "!inbox show", channel)


def test_a_burst_is_one_card_and_each_is_told_once(team: Workspace) -> None:
    channel = team.watch("messenger as name")
    burst = [f"Burst {next(names)}" for _ in range(12)]
    with team.graph.world.lock:
        for name in burst:
            team.writes(name)
    team.hear(channel, "12 new in Acme")
    (card,) = told(team, channel)
    assert burst[0] in card
    closing = f"Closing {next(names)}"
    team.writes(closing)
    team.hear(channel, closing)
    assert len(told(team, channel)) == 2


def test_a_muted_watch_is_silent_in_its_channel_alone(team: Workspace) -> None:
    muted, other = team.watch(), team.watch()
    (number,) = re.findall(r"(\d+)\W+watch inbox messenger", team.ask(team.admin, "!inbox watches", muted))
    assert "until" in team.ask(team.admin, f"!inbox mute {number} for 2h", muted)
    name = f"Mute {next(names)}"
    team.writes(name)
    team.hear(other, name)
    assert number in team.ask(team.admin, f"!inbox unmute {number}", muted)
    later = f"Later {next(names)}"
    team.writes(later)
    team.hear(muted, later)
    assert not [text for text in told(team, muted) if name in text]


def test_a_reload_loses_nothing_and_says_nothing_twice(team: Workspace) -> None:
    channel = team.watch()
    before, during, after = (f"{word} {next(names)}" for word in ("Before", "During", "After"))
    team.writes(before)
    team.hear(channel, before)
    direct = team.admin.direct()
    team.writes(during)
    assert "Plugin Inbox reloaded" in team.ask(team.admin, "!plugin reload Inbox", direct)
    team.writes(after)
    team.hear(channel, before, during, after)
    everything = " ".join(told(team, channel))
    assert [everything.count(name) for name in (before, during, after)] == [1, 1, 1]
