"""The homeserver goes away and comes back, and so does the bot: nothing is lost, and nothing is said twice."""

import time

import pytest

from tests.matrix.gateway import Fault
from tests.matrix.team import Team, names
from tests.matrix_human import Human

TAKEN, NOT_TAKEN = Fault(taken=True, hangs=True), Fault(hangs=True)


def test_a_homeserver_that_restarts(team: Team) -> None:
    room = team.watch()
    before, during, after = (f"{word} {next(names)}" for word in ("Before", "During", "After"))
    team.writes(before)
    team.hear(room, before)
    team.server.stop()
    try:
        team.writes(during)
        team.gateway.wait_for(lambda: any(room in path for path in team.gateway.in_vain))
    finally:
        team.server.start()
    assert "200300400" in team.ask(team.admin, "!inbox pages", room)
    team.writes(after)
    team.hear(room, before, during, after)
    assert team.stands(room, before, during, after) == [1, 1, 1]
    assert "repeat" not in " ".join(one.body for one in team.said(room))


def test_sigterm_ends_the_bot_and_what_is_asked_while_it_is_down_is_answered(team: Team) -> None:
    room = team.room()
    assert "200300400" in team.ask(team.admin, "!inbox pages", room)
    assert team.bot
    assert team.bot.terminate() == 0
    assert "Traceback" not in team.log()
    team.server.say_in_the_past(team.admin.user_id, room, "!inbox status", time.time() - 3600)
    team.admin.say(room, "!inbox spam instagram")
    team.start()
    team.hear(room, "14 conversations")
    assert team.stands(room, "200300400", "allows", "14 conversations") == [1, 0, 1]


def test_a_session_that_somebody_ended_is_begun_anew(team: Team) -> None:
    room = team.watch()
    with Human.login(team.server.url, team.user_id) as self_care:
        self_care.call("POST", "/v3/logout/all", {})
    assert "200300400" in team.ask(team.admin, "!inbox pages", room)
    name = f"Anew {next(names)}"
    team.writes(name)
    team.hear(room, name)
    assert team.stands(room, name) == [1]


@pytest.mark.parametrize("fault", [TAKEN, NOT_TAKEN], ids=["taken", "not-taken"])
def test_a_bot_killed_in_the_middle_of_a_message_says_it_once(team: Team, fault: Fault) -> None:
    room = team.watch()
    before = len(team.gateway.tries(room))
    team.gateway.fail(fault, room, times=1)
    name, after = f"Killed {next(names)}", f"After {next(names)}"
    team.writes(name)
    team.gateway.wait_for(lambda: any(call.taken or not fault.taken for call in team.gateway.tries(room)[before:]))
    assert team.bot
    team.bot.kill()
    team.gateway.mend()
    team.writes(after)
    team.start()
    team.hear(room, name, after)
    (told,) = [one for one in team.said(room) if name in one.body]
    ref = told.body.splitlines()[0].rpartition(" · ")[2]
    assert f"receipt {told.event_id}" in team.ask(team.admin, f"!inbox why {ref}", room)
    assert team.stands(room, name, after) == [1, 1]
    assert "repeat" not in told.body
    assert "Traceback" not in team.log()
