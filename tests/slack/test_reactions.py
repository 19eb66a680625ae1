"""Reactions to announcements in the real slackv3 backend: an act of who reacted, once, and its end."""

import re

from tests.slack.conftest import BARRED
from tests.slack.emulator import BOT_USER
from tests.slack.gateway import refusal
from tests.slack.workspace import Workspace, names


def whispers(team: Workspace, channel: str) -> list[tuple[str, str]]:
    """To whom alone something was said in a channel, and what."""
    said = [call.arguments for call in team.gateway.calls if call.method == "chat.postEphemeral"]
    return [(given["user"], given["text"]) for given in said if given["channel"] == channel]


def stands(team: Workspace, channel: str, ts: str, part: str, there: bool = True) -> None:
    """Wait until a message of the bot's says that, or says it no more."""
    team.until(lambda: [one for one in team.said(channel) if one.ts == ts and (part in one.words) == there], part)


def test_reactions_are_acts_and_taking_them_back_ends_them(team: Workspace) -> None:
    ann, bo, barred = (team.people[name] for name in ("ann", "bo", BARRED))
    channel = team.watch()
    for person in (ann, bo, barred):
        team.admin.api("conversations.invite", channel=channel, users=person.id)
    name = f"Rhea Reaction {next(names)}"
    team.writes(name, "do you ship to Malta?")
    root = team.hear(channel, name)[-1].ts
    (ref,) = re.findall(r"· ([a-z0-9]{4,})\b", team.hear(channel, name)[-1].words)
    claimed = ann.react(channel, root, "eyes")
    stands(team, channel, root, "ann has had it")
    bo.react(channel, root, "eyes::skin-tone-3")
    team.gateway.wait_for(lambda _: bool(whispers(team, channel)))
    team.gateway.fail(refusal("user_not_found"), "users.info", times=4)
    ann.react(channel, root, "eyes", back=True)
    stands(team, channel, root, "ann has had it", there=False)
    team.gateway.mend()
    team.gateway.deliver(claimed, event_id=f"Ev{claimed['event_ts']}", attempt=1)
    team.gateway.deliver(claimed | {"user": BOT_USER, "event_ts": "1795900000.000001"})
    ann.react(channel, root, "thumbsup")
    ann.react(channel, team.admin.say(channel, "just talk")["ts"], "eyes")
    barred.react(channel, root, "zzz")
    bo.react(channel, root, "white_check_mark")
    stands(team, channel, root, "Done by bo")
    late, denied = whispers(team, channel)
    assert late[0] == bo.id and "ann has had" in late[1]
    assert denied[0] == barred.id and denied[1].startswith("!inbox snooze is not allowed here")
    history = team.ask(ann, f"!inbox why {ref}", ann.direct())
    assert [history.count(act) for act in ("claimed it", "marked it as done", "snoozed")] == [1, 1, 0], history
