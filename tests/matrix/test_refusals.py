"""The homeserver refuses, limits, breaks off: what waits is told in the outbox, and nothing is lost or doubled."""

import re
import time
from functools import partial

from tests.matrix.gateway import LOST, Fault, limited
from tests.matrix.team import PATIENCE, Team, names

BROKEN = Fault({"errcode": "M_UNKNOWN", "error": "Internal server error"}, 500)


def refused(team: Team, room: str, before: int) -> bool:
    """Whether the homeserver has refused an event for a room, after so many."""
    return any(call.status >= 400 for call in team.gateway.tries(room)[before:])


def barred(team: Team, room: str, before: int) -> bool:
    """Whether the homeserver has refused anything about a room, after so many refusals."""
    return any(room in path for path in team.gateway.refused[before:])


def in_outbox(team: Team, expected: dict[str, str]) -> None:
    """Ask elsewhere for `!inbox outbox` until it said of each of these rooms what is expected there."""
    missing, told = dict(expected), ""
    give_up = time.monotonic() + PATIENCE
    while missing:
        told = team.ask(team.admin, "!inbox outbox", team.direct(team.admin))
        for line in told.splitlines():
            for room in [room for room, text in missing.items() if line.startswith(room[:20]) and text in line]:
                del missing[room]
        assert time.monotonic() < give_up, f"{missing} in\n{told}"


def examined(team: Team) -> str:
    """What a checkup says."""
    return team.ask(team.admin, "!inbox doctor", team.direct(team.admin))


def test_what_the_homeserver_refuses_waits_with_a_sentence_and_is_said_once_mended(team: Team) -> None:
    silenced, kicked, limit, broken = (team.watch() for _ in range(4))
    powers = team.admin.state(silenced, "m.room.power_levels")
    team.admin.set_state(silenced, "m.room.power_levels", powers | {"events_default": 50})
    team.admin.call("POST", f"/v3/rooms/{kicked}/kick", {"user_id": team.user_id, "reason": "a break"})
    lacks = {silenced: "my power level is too low", kicked: "I'm no longer in that room"}
    give_up = time.monotonic() + PATIENCE
    # The bot learns of both by a sync, and may be asked before that.
    while not all(re.search(f"^{re.escape(room)}: {why}", examined(team), re.MULTILINE) for room, why in lacks.items()):
        assert time.monotonic() < give_up, examined(team)
    team.gateway.fail(limited(3), limit)
    team.gateway.fail(BROKEN, broken)
    rooms = (silenced, kicked, limit, broken)
    before = {room: len(team.gateway.tries(room)) for room in rooms}
    name = f"Refused {next(names)}"
    team.writes(name)
    for room in (silenced, limit, broken):
        team.gateway.wait_for(partial(refused, team, room, before[room]))
    away = "I'm no longer in that room, or not allowed to write there; invite me"
    in_outbox(team, {silenced: away, kicked: away, limit: "slow down", broken: "in doubt"})

    team.admin.set_state(silenced, "m.room.power_levels", powers)
    team.admin.invite(kicked, team.user_id)
    team.gateway.mend()
    for room in rooms:
        team.hear(room, name)
    for room in rooms:
        assert team.stands(room, name) == [1]
    first, again, *_ = team.gateway.tries(limit)[before[limit] :]
    assert again.at - first.at >= 3, "retry_after_ms is obeyed"
    assert "repeat" not in " ".join(one.body for one in team.said(broken))


def test_an_account_that_is_suspended_or_locked_for_a_while_loses_nothing(team: Team) -> None:
    room = team.watch()
    for bar in (team.server.suspend, team.server.lock):
        name = f"Barred {next(names)}"
        bar(team.user_id, True)
        before = len(team.gateway.refused)
        team.writes(name)
        # The message, or the question before it whether the room is encrypted.
        team.gateway.wait_for(partial(barred, team, room, before))
        bar(team.user_id, False)
        team.hear(room, name)
        assert team.stands(room, name) == [1]
    assert "200300400" in team.ask(team.admin, "!inbox pages", room)


def test_an_answer_waits_as_long_as_the_homeserver_wants(team: Team) -> None:
    room = team.room()
    team.gateway.fail(limited(2), room, times=1)
    assert "200300400" in team.ask(team.admin, "!inbox pages", room)
    first, again = team.gateway.tries(room)
    assert again.at - first.at >= 2


def test_a_receipt_that_was_lost_is_found_and_nothing_is_said_twice(team: Team) -> None:
    room = team.watch()
    team.gateway.fail(LOST, room, times=1)
    name, later = f"Lost {next(names)}", f"Later {next(names)}"
    team.writes(name)
    heard = team.hear(room, name)[-1]
    ref = heard.body.splitlines()[0].rpartition(" · ")[2]
    team.writes(later)
    team.hear(room, later)
    assert f"receipt {heard.event_id}" in team.ask(team.admin, f"!inbox why {ref}", room)
    assert team.stands(room, name, later) == [1, 1]
    assert "repeat" not in " ".join(one.body for one in team.said(room))
