"""Watches that ping: people of the room, and the whole room where the bot may, and by an edit nobody."""

import time

from simulator.thread import Person
from tests.matrix.team import Team, names
from tests.matrix.test_wire import compare


def test_an_announcement_pings_whom_the_watch_names_and_its_edit_nobody(team: Team) -> None:
    ann = team.people["ann"]
    room = team.room(ann)
    local = ann.user_id[1:].partition(":")[0]
    assert "my power level is too low" in team.ask(team.admin, "!inbox watch messenger ping @room", room)
    levels = team.admin.state(room, "m.room.power_levels")
    team.admin.set_state(room, "m.room.power_levels", levels | {"users": levels["users"] | {team.user_id: 50}})
    made = team.ask(team.admin, f"!inbox watch messenger ping @here @{local}", room)
    assert f"and ping ＠room and @{local}." in made
    name, began = f"Golden {next(names)}", time.time()
    person = Person(f"66600{next(names)}", name=name)
    team.graph.world.write("acme", person, f"@room {ann.user_id} hello", at=began)
    heard = team.hear(room, name)[-1]
    assert heard.content["m.mentions"] == {"user_ids": [ann.user_id], "room": True}
    ref = heard.body.splitlines()[0].rpartition(" · ")[2]
    compare("ping", team.gateway.tries(room)[-1], ref)
    team.graph.world.write("acme", person, "anybody?", at=began + 1)
    team.hear(room, "anybody?")
    edit = team.gateway.tries(room)[-1].content
    assert edit["m.mentions"] == edit["m.new_content"]["m.mentions"] == {}
    number = made.partition(":")[0].removeprefix("Watch ")
    assert "has ended" in team.ask(team.admin, f"!inbox unwatch {number}", room)


def test_who_made_a_room_may_ping_all_of_it_whatever_its_levels_say(team: Team) -> None:
    room = team.room(creators=[team.user_id])
    made = team.ask(team.admin, "!inbox watch messenger ping @room", room)
    assert "and ping ＠room." in made
    name = f"Maker {next(names)}"
    team.writes(name)
    assert team.hear(room, name)[-1].content["m.mentions"] == {"room": True}
    number = made.partition(":")[0].removeprefix("Watch ")
    assert "has ended" in team.ask(team.admin, f"!inbox unwatch {number}", room)


def test_who_is_not_in_the_room_is_refused_with_the_nearest(team: Team) -> None:
    ann = team.people["ann"]
    room = team.room(ann)
    local = ann.user_id[1:].partition(":")[0]
    refused = team.ask(team.admin, f"!inbox watch messenger ping @{local}x", room)
    assert f"I can't ping @{local}x: there is nobody here called that" in refused and f"ping @{local}?" in refused
