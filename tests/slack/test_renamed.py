"""A channel is renamed, and its name given to another, or gets another id: its watch stays with it, and is one."""

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


def test_what_a_channel_may_see_stays_with_it(alone: Workspace) -> None:
    channel = alone.channel()
    name = alone.admin.api("conversations.info", channel=channel)["channel"]["name"]
    settings = {"ROOMS": {f"#{name}": {"DETAIL": "initials"}}}

    def hidden(where: str) -> bool:
        shown = alone.ask(alone.admin, "!inbox spam instagram limit 1", where)
        assert "14 conversations" in shown
        return "A.E." in shown and "ann.example" not in shown

    with alone.running(settings):
        watches(alone, channel)  # with the ledger, which remembers it
        assert hidden(channel) and not hidden(alone.channel()) and not hidden(alone.admin.direct())
    alone.admin.api("conversations.rename", channel=channel, name=f"renamed-{next(names)}")
    other = alone.admin.make(name)
    with alone.running(settings):
        watches(alone, channel)
        assert hidden(channel) and hidden(other) and not hidden(alone.channel())
    settings["ROOMS"] = {"#nowhere": {"DETAIL": "initials"}}
    with alone.running(settings):
        *_, told = alone.hear(alone.admin.direct(), "I can't find everything that the setting ROOMS names.")
        assert "#nowhere" in told.words
        assert hidden(channel) and not hidden(alone.admin.direct()), "any channel may be the one that is meant"


def test_a_watch_follows_its_channel_to_a_new_id(team: Workspace) -> None:
    old, new = team.watch(), team.channel()
    before, after = f"Before {next(names)}", f"After {next(names)}"
    team.writes(before)
    team.hear(old, before)
    changed = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
    team.gateway.deliver(changed | {"event_ts": "1612206778.000000"})
    team.writes(after)
    team.hear(new, after)
    assert not [said for said in team.said(old) if after in said.words]
    assert "watch inbox messenger" in watches(team, new)
    number = team.ask(team.admin, "!inbox unwatch", new).rpartition(" ")[2]
    assert "has ended" in team.ask(team.admin, f"!inbox unwatch {number}", new)


def test_the_admins_are_told_once_whom_the_settings_ping_in_vain(alone: Workspace) -> None:
    channel = alone.channel()
    settings = {"WATCHES": [f"<#{channel}> messenger ping @suport", f"<#{channel}> instagram ping @support"]}
    why = f"WATCHES: I can't ping @suport in <#{channel}>: there is nobody here called that; the nearest is @support"
    with alone.running(settings):
        (told,) = alone.hear(alone.admin.direct(), "I can't find everybody whom WATCHES pings")
        assert told.words.splitlines()[1:] == [why]
        alone.ask(alone.admin, '!plugin config Inbox {"CACHE_TTL": 60}', alone.admin.direct())
        assert "not found" in watches(alone, channel)
        assert [one for one in alone.said(alone.admin.direct()) if "WATCHES" in one.words] == [told]
