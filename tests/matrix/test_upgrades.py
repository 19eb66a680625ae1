"""Rooms are upgraded: their watches go on in the rooms that replace them, and nothing is lost or said twice."""

import re

from tests.matrix.team import Team, names
from tests.matrix.test_refusals import in_outbox
from tests.matrix_human import Human

PUBLIC = {"join_rule": "public"}


def upgraded(person: Human, room: str) -> str:
    """The room that replaces another one now."""
    new: str = person.call("POST", f"/v3/rooms/{room}/upgrade", {"new_version": "12"})["replacement_room"]
    return new


def test_a_watch_goes_on_where_its_room_does(team: Team) -> None:
    room, other = team.watch(), team.watch()
    team.admin.set_state(room, "m.room.join_rules", PUBLIC)
    before, after = f"Before {next(names)}", f"After {next(names)}"
    team.writes(before)
    team.hear(room, before)
    new = upgraded(team.admin, room)
    team.admin.wait_for_member(new, team.user_id, say=team.log)
    team.writes(after)
    team.hear(new, after)
    team.hear(other, before, after)
    assert team.stands(room, before, after) == [1, 0] and team.stands(new, before, after) == [0, 1]
    assert "watch inbox messenger" in team.ask(team.admin, "!inbox watches", new)
    assert "doesn't say so itself" not in team.log()


def test_what_a_room_was_to_hear_waits_until_the_bot_is_invited_where_it_goes_on(team: Team) -> None:
    room, name = team.watch(), f"Wanda Wait {next(names)}"
    direct = team.direct(team.admin)
    new = upgraded(team.admin, room)
    team.hear(direct, f"has replaced the room {room} by {new}, which I can't join")
    team.writes(name)
    in_outbox(team, {new.partition(":")[0]: "I'm no longer in that room, or not allowed to write there; invite me"})
    team.admin.invite(new, team.user_id)
    team.hear(new, name)
    assert team.stands(room, name) == [0] and team.stands(new, name) == [1]


def test_a_room_of_the_settings_is_followed_while_the_bot_is_down_and_stays_followed(alone: Team) -> None:
    room = alone.admin.create_room(alone.user_id, alias="upgraded")
    alone.admin.set_state(room, "m.room.join_rules", PUBLIC)
    by_id = alone.admin.create_room(alone.user_id)
    alone.admin.set_state(by_id, "m.room.join_rules", PUBLIC)
    inbox = {"WATCHES": ["#upgraded:chat.localhost inbox messenger", f"{by_id} inbox messenger"]}
    with alone.running(inbox):
        alone.hear(room, "From now on")
        alone.hear(by_id, "From now on")
    new, other = upgraded(alone.admin, room), upgraded(alone.admin, by_id)
    alone.writes("Dora Down")
    for name in ("Dora Down", "Rhea Restart"):
        with alone.running(inbox):
            for where in (new, other):
                alone.admin.wait_for_member(where, alone.user_id, say=alone.log)
                alone.hear(where, name)
                assert (
                    alone.ask(alone.admin, "!inbox watches", where).count("watch inbox messenger · from the settings")
                    == 1
                )
        alone.writes("Rhea Restart")
    for where in (new, other):
        told = "\n".join(one.body for one in alone.said(where))
        assert [told.count(name) for name in ("Dora Down", "Rhea Restart")] == [1, 1]


def test_a_persons_watch_goes_on_in_the_direct_chat_that_replaces_theirs(team: Team) -> None:
    with Human.login(team.server.url, team.server.register(f"dora{next(names)}")) as dora:
        chat = dora.create_room(team.user_id, direct=True)
        dora.wait_for_member(chat, team.user_id, say=team.log)
        assert "I'll tell you" in team.ask(dora, "!inbox watch messenger", chat)
        new = upgraded(dora, chat)
        dora.invite(new, team.user_id)
        dora.wait_for_member(new, team.user_id, say=team.log)
        name = f"Dina Direct {next(names)}"
        team.writes(name)
        team.hear(new, name, person=dora)
        (number,) = re.findall(r"^(\d+) · watch ", team.ask(dora, "!inbox watches", new), re.MULTILINE)
        assert "has ended" in team.ask(dora, f"!inbox unwatch {number}", new)
        assert not [one for one in team.said(chat, person=dora) if name in one.body]
