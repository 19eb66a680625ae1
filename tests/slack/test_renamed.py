"""A channel of the settings is renamed, and its name given to another: its watch stays with it, and is one."""

from tests.slack.workspace import Workspace, names


def watches(team: Workspace, channel: str) -> str:
    """What is watched in a channel, once that is known."""
    return team.ask(team.admin, "!inbox watches", channel)


def test_a_watch_of_the_settings_follows_its_channel(alone: Workspace) -> None:
    channel = alone.channel()
    name = alone.admin.api("conversations.info", channel=channel)["channel"]["name"]
    settings = {"WATCHES": [f"#{name} messenger ping @support"]}
    with alone.running(settings):
        before = watches(alone, channel)
        assert "watch inbox messenger ping @support" in before and "not found" not in before
        alone.settled()
    alone.admin.api("conversations.rename", channel=channel, name=f"renamed-{next(names)}")
    with alone.running(settings):
        assert watches(alone, channel) == before
        alone.writes("Renamed Rita")
        alone.hear(channel, "Renamed Rita")
    other = alone.admin.make(name)
    with alone.running(settings):
        assert watches(alone, channel) == before
        assert "Nothing is being watched here" in watches(alone, other)
        alone.writes("Other Otto")
        alone.hear(channel, "Other Otto")
        alone.idle()
        assert not [said for said in alone.said(other) if "Otto" in said.words]
