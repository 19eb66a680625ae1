"""Reactions to announcements: the bot's own to be clicked on, and those of people, which are acts."""

from __future__ import annotations

import re

from tests.matrix.team import Said, Team, names


def stands(team: Team, room: str, event: str, part: str, there: bool = True) -> Said:
    """An announcement, once it says that, or says it no more."""
    return team.until(
        lambda: [one for one in team.said(room) if one.event_id == event and (part in one.body) == there], part
    )[0]


def test_the_bots_reactions_are_there_to_be_clicked_on_and_peoples_are_acts(team: Team) -> None:
    ann, ops = team.people["ann"], team.admin
    room, plain = team.room(ann), team.watch("messenger buttons off")
    assert "I'll tell this room" in team.ask(ops, "!inbox watch messenger", room)
    name = f"Rhea Reaction {next(names)}"
    team.writes(name, "do you ship to Malta?")
    told = team.hear(room, name)[-1].event_id
    team.gateway.wait_for(lambda: sum(call.done for call in team.gateway.reactions(room)) == 3)
    assert [call.content["m.relates_to"] for call in team.gateway.reactions(room)] == [
        {"rel_type": "m.annotation", "event_id": told, "key": sign} for sign in "👀✅💤"
    ]
    claim = ann.react(room, told, "👀")
    said = stands(team, room, told, "has had it since")
    assert team.user_id.partition(":")[0][1:] not in said.body, "the bot's own mean nothing"
    ops.react(room, told, "👀\ufe0f")
    (why,) = team.hear(room, "has had", thread=told)
    assert why.content["m.mentions"] == {"user_ids": [ops.user_id]} and " over" in why.body
    ann.redact(room, claim)
    stands(team, room, told, "has had it since", there=False)
    ann.react(room, ann.say(room, "just talk"), "✅")
    ann.react(room, told, "👍")
    ops.redact(room, ops.react(room, told, "💤"))
    ops.react(room, told, "✅")
    stands(team, room, told, "Done by")
    assert len(team.said(room, told)) == 1, "who was heard was told nothing"
    assert team.hear(plain, name) and team.gateway.reactions(plain) == []
    (number,) = re.findall(r"^(\d+) · watch ", team.ask(ops, "!inbox watches", room), re.MULTILINE)
    assert "has ended" in team.ask(ops, f"!inbox unwatch {number}", room)
